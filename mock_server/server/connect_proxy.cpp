#include "server/connect_proxy.hpp"

// g++ 12 at -O1 takes Asio's coroutine frames for mismatched, which they are not.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <charconv>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "server/plan_writer.hpp"
#include "text.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// Where a request wants to go: `host:port` as it was written, and the path for plain requests.
struct target {
    std::string authority;
    std::string path;
};

target parse_target(bool is_connect, std::string_view text)
{
    if (is_connect) return {.authority = std::string{text}, .path = {}};
    constexpr std::string_view scheme = "http://";
    if (!beast::iequals(text.substr(0, scheme.size()), scheme)) return {};
    text.remove_prefix(scheme.size());
    const auto slash = std::min(text.find_first_of("/?"), text.size());
    target out{.authority = std::string{text.substr(0, slash)}, .path = "/"};
    // The path may be missing though there is a query.
    if (slash < text.size() && text[slash] == '?') out.path.append(text.substr(slash));
    if (slash < text.size() && text[slash] == '/') out.path = text.substr(slash);
    if (out.authority.find(':', out.authority.rfind(']') + 1) == std::string::npos)
        out.authority += ":80";
    return out;
}

// Loopback addresses only: a test that forgets to map a name must not reach out.
std::optional<tcp::endpoint> resolve(const proxy_options& options, std::string_view authority)
{
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::uint16_t port = 0;
    const auto digits = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
    if (error != std::errc{} || end != digits.end()) return std::nullopt;
    if (options.everything_to)
        return tcp::endpoint{asio::ip::address_v4::loopback(), *options.everything_to};
    auto host = authority.substr(0, colon);
    if (host == "localhost") return tcp::endpoint{asio::ip::address_v4::loopback(), port};
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (ec || !address.is_loopback()) return std::nullopt;
    return tcp::endpoint{address, port};
}

// The head of a plain request as its origin is to see it.
std::string origin_head(const http::request<http::empty_body>& message, const target& to)
{
    std::string out;
    out.append(message.method_string()).append(" ").append(to.path).append(" HTTP/1.1\r\n");
    for (const auto& field : message) {
        const auto name = field.name_string();
        if (beast::iequals(name, "Connection") || name.starts_with("Proxy-")) continue;
        out.append(name).append(": ").append(field.value()).append("\r\n");
    }
    return out.append("Connection: close\r\n\r\n");
}

asio::awaitable<void> pump(tcp::socket& from, tcp::socket& to)
{
    std::array<char, 32 * 1024> buffer;
    error_code ignored;
    for (;;) {
        const auto [read_ec, size] = co_await from.async_read_some(asio::buffer(buffer), as_result);
        if (read_ec == asio::error::eof) {
            to.shutdown(tcp::socket::shutdown_send, ignored);
            co_return;
        }
        if (read_ec) break;
        const auto [write_ec, written] =
            co_await asio::async_write(to, asio::buffer(buffer, size), as_result);
        if (write_ec) break;
    }
    // A reset on one side is one on the other.
    for (auto* socket : {&from, &to}) {
        socket->set_option(asio::socket_base::linger{true, 0}, ignored);
        socket->close(ignored);
    }
}

// Takes the text by reference: g++ 12 destroys temporaries in the arguments of an awaited coroutine
// twice.
asio::awaitable<void> send_text(tcp::socket& to, const std::string& text)
{
    co_await asio::async_write(to, asio::buffer(text), as_result);
}

std::string refusal_text(unsigned status)
{
    auto plan = refusal(status, "refused by the proxy");
    if (status == 407)
        plan.headers.push_back({"Proxy-Authenticate", R"(Basic realm="mock proxy")"});
    return write_plan(plan, {.keep_alive = false}).bytes;
}

}  // namespace

struct connect_proxy::impl {
    explicit impl(proxy_options given)
        : options{std::move(given)},
          acceptor{context, {asio::ip::address_v4::loopback(), options.port}},
          port{acceptor.local_endpoint().port()}
    {
        if (options.credentials)
            expected = std::string{"Basic "}.append(
                base64(options.credentials->user + ":" + options.credentials->password)
            );
        asio::co_spawn(context, accept(), asio::detached);
        thread = std::thread{[this] { context.run(); }};
    }

    ~impl() { stop(); }

    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    void stop()
    {
        if (!thread.joinable()) return;
        context.stop();
        thread.join();
        // The sessions end when the context destroys them; the door is closed now.
        error_code ignored;
        acceptor.close(ignored);
    }

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [ec, socket] = co_await acceptor.async_accept(as_result);
            if (ec) co_return;
            count([](proxy_stats& counts) { ++counts.connections; });
            asio::co_spawn(context, serve(std::move(socket)), asio::detached);
        }
    }

    asio::awaitable<void> serve(tcp::socket client)
    {
        beast::flat_buffer input;
        http::request_parser<http::empty_body> parser;
        // A plain request may have a body; it is passed on unread.
        parser.body_limit(boost::none);
        const auto [ec, size] = co_await http::async_read_header(client, input, parser, as_result);
        if (ec) co_return;
        const auto& message = parser.get();
        const bool is_connect = message.method() == http::verb::connect;
        const auto to = parse_target(is_connect, message.target());
        count([&](proxy_stats& counts) { counts.targets.push_back(to.authority); });

        auto refused = judge(message);
        const auto endpoint = resolve(options, to.authority);
        tcp::socket origin{context};
        if (!refused && endpoint) {
            const auto [connect_ec] = co_await origin.async_connect(*endpoint, as_result);
            if (connect_ec) refused = 502;
        }
        if (refused || !endpoint) {
            count([](proxy_stats& counts) { ++counts.refused; });
            const auto text = refusal_text(refused.value_or(502));
            co_await send_text(client, text);
            co_return;
        }
        count([&](proxy_stats& counts) { ++(is_connect ? counts.tunnels : counts.forwarded); });
        std::string rest{static_cast<const char*>(input.data().data()), input.size()};
        if (is_connect) {
            const std::string text{"HTTP/1.1 200 Connection established\r\n\r\n"};
            co_await send_text(client, text);
        } else {
            rest.insert(0, origin_head(message, to));
        }
        co_await relay(client, origin, rest);
    }

    // `first` is what the origin is to hear before what the client says from now on.
    asio::awaitable<void> relay(tcp::socket& client, tcp::socket& origin, const std::string& first)
    {
        using namespace asio::experimental::awaitable_operators;
        error_code ignored;
        client.set_option(tcp::no_delay{true}, ignored);
        origin.set_option(tcp::no_delay{true}, ignored);
        co_await send_text(origin, first);
        auto both = pump(client, origin) && pump(origin, client);
        co_await std::move(both);
    }

    std::optional<unsigned> judge(const http::request<http::empty_body>& message) const
    {
        if (options.credentials && message[http::field::proxy_authorization] != expected)
            return 407;
        return options.refuse_with;
    }

    template <class Change>
    void count(Change change)
    {
        const std::lock_guard lock{mutex};
        change(stats);
    }

    const proxy_options options;
    std::string expected;
    std::mutex mutex;
    proxy_stats stats;
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::uint16_t port;
    std::thread thread;
};

connect_proxy::connect_proxy(proxy_options options)
    : impl_{std::make_unique<impl>(std::move(options))}
{
}

connect_proxy::~connect_proxy() = default;

std::uint16_t connect_proxy::port() const noexcept
{
    return impl_->port;
}

std::string connect_proxy::url() const
{
    return "http://127.0.0.1:" + std::to_string(port());
}

proxy_stats connect_proxy::stats() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->stats;
}

void connect_proxy::stop()
{
    impl_->stop();
}

}  // namespace scrapingpros_mock
