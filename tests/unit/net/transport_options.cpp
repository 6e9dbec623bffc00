#include <scrapingpros/net/transport_options.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "fetch.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

/// `code at place` of a transport that cannot be made.
std::string refusal(const std::function<void(transport_options&)>& change)
{
    boost::asio::io_context context;
    transport_options options;
    change(options);
    diagnostics diag;
    const auto made = make_beast_transport(context.get_executor(), std::move(options), diag);
    if (made.has_value()) return "made";
    CHECK_EQ(made.error(), cond::invalid_input);
    return (made.error() == errc::bad_option ? "bad_option at " : "other at ") + diag.place;
}

}  // namespace

TEST_SUITE("net.transport_options")
{
    TEST_CASE("the defaults can be worked with")
    {
        CHECK_EQ(refusal([](transport_options&) {}), "made");
        CHECK_EQ(transport_options{}.user_agent, "scrapingpros-cpp/0.1.0");
    }

    TEST_CASE("a value that cannot be worked with is named")
    {
        using o = transport_options;
        const std::pair<std::function<void(o&)>, const char*> rows[] = {
            {[](o& x) { x.connect_timeout = 0ms; }, "connect_timeout"},
            {[](o& x) { x.connect_timeout = milliseconds::max(); }, "connect_timeout"},
            {[](o& x) { x.handshake_timeout = -1ms; }, "handshake_timeout"},
            {[](o& x) { x.silence = 0ms; }, "silence"},
            {[](o& x) { x.pool_timeout = 0ms; }, "pool_timeout"},
            {[](o& x) { x.idle_age = -1ms; }, "idle_age"},
            {[](o& x) { x.max_connections = 0; }, "max_connections"},
            {[](o& x) { x.read_buffer_bytes = 100; }, "read_buffer_bytes"},
            {[](o& x) { x.max_head_bytes = 100; }, "max_head_bytes"},
            {[](o& x) { x.max_head_bytes = x.read_buffer_bytes + 1; }, "max_head_bytes"},
            {[](o& x) { x.user_agent = "a\r\nX: y"; }, "user_agent"},
            {[](o& x) { x.tls.key_file = "key.pem"; }, "tls.certificate_file, tls.key_file"},
            {[](o& x) { x.proxy.mode = proxy_mode::explicit_url; }, "proxy.url"},
        };
        for (const auto& [change, place] : rows) {
            CAPTURE(place);
            CHECK_EQ(refusal(change), std::string("bad_option at ") + place);
        }
        CHECK_EQ(refusal([](o& x) { x.pool_timeout.reset(); }), "made");
        CHECK_EQ(refusal([](o& x) { x.idle_age = 0ms; }), "made");
    }

    TEST_CASE("a proxy's password is in no error")
    {
        boost::asio::io_context context;
        transport_options options;
        options.proxy = {
            .mode = proxy_mode::explicit_url, .url = secret("socks5://me:hunter2@proxy:1")};
        diagnostics diag;
        const auto made = make_beast_transport(context.get_executor(), options, diag);
        REQUIRE(made.has_error());
        CHECK_EQ(describe(made.error(), diag).find("hunter2"), std::string::npos);
    }
}
