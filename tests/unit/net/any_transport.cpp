#include <scrapingpros/net/any_transport.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "scripted_transport.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;
namespace asio = boost::asio;

namespace {

/// Counts the living; too large to be kept inside if `Padding` is.
template <std::size_t Padding>
class counted {
public:
    explicit counted(std::shared_ptr<int> alive) : alive_(std::move(alive)) {}
    void async_send(const http_request&, send_handler) {}
    void async_read_some(asio::mutable_buffer, read_handler) {}
    exchange_progress progress() const { return {.body_bytes = Padding}; }

private:
    std::shared_ptr<int> alive_;
    std::array<char, Padding> padding_{};
};

}  // namespace

TEST_SUITE("net.any_transport")
{
    TEST_CASE("an erased exchange is destroyed once, wherever it is kept")
    {
        const auto alive = std::make_shared<int>();
        const auto check = [&](auto exchange) {
            const auto padding = exchange.progress().body_bytes;
            CHECK_EQ(alive.use_count(), 2);
            any_exchange first(std::move(exchange));
            CHECK_EQ(alive.use_count(), 2);
            any_exchange second(std::move(first));
            CHECK_FALSE(bool(first));
            CHECK_EQ(second.progress().body_bytes, padding);
            first = std::move(second);
            CHECK_EQ(first.progress().body_bytes, padding);
            CHECK_EQ(alive.use_count(), 2);
            first = any_exchange();
            CHECK_EQ(alive.use_count(), 1);
            CHECK_EQ(first.progress(), exchange_progress{});
        };
        check(counted<8>(alive));
        check(counted<500>(alive));
        CHECK_EQ(alive.use_count(), 1);
    }

    TEST_CASE("an erased transport passes everything through, and copies share it")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(answer(201, "hello").with_field("X-Name", "value"));
        any_transport first(script);
        any_transport second = first;
        CHECK(second.get_executor() == context.get_executor());

        http_request request;
        request.target = "/a";
        auto exchange = second.open();
        std::string body(10, ' ');
        int completions = 0;
        exchange.async_send(request, [&](error_code ec, http_response_head head) {
            ++completions;
            CHECK_FALSE(ec);
            CHECK_EQ(head.status, 201u);
            CHECK_EQ(head.fields.find("x-name"), "value");
            exchange.async_read_some(asio::buffer(body), [&](error_code failure, std::size_t n) {
                ++completions;
                CHECK_FALSE(failure);
                body.resize(n);
            });
        });
        CHECK_EQ(completions, 0);
        context.run();
        CHECK_EQ(completions, 2);
        CHECK_EQ(body, "hello");
        CHECK_EQ(exchange.progress().body_bytes, 5u);
        REQUIRE_EQ(script.seen().size(), 1u);
        CHECK_EQ(script.seen()[0].target, "/a");
    }

    TEST_CASE("an erased exchange can be moved and not copied, a transport is a handle")
    {
        CHECK(std::is_nothrow_move_constructible_v<any_exchange>);
        CHECK_FALSE(std::copy_constructible<any_exchange>);
        CHECK(std::copyable<any_transport>);
    }
}
