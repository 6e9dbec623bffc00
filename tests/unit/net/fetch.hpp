#ifndef SCRAPINGPROS_TESTS_UNIT_NET_FETCH_HPP
#define SCRAPINGPROS_TESTS_UNIT_NET_FETCH_HPP

#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scrapingpros_test {

namespace sp = scrapingpros;
namespace asio = boost::asio;

/// Options that nothing in the machine's environment can change.
inline sp::transport_options plain_options()
{
    sp::transport_options options;
    options.proxy.mode = sp::proxy_mode::none;
    return options;
}

inline sp::beast_transport make_transport(
    asio::io_context& context, sp::transport_options options = plain_options()
)
{
    sp::diagnostics diag;
    return sp::make_beast_transport(context.get_executor(), std::move(options), diag).value();
}

inline sp::http_request get(std::string port, std::string target = "/")
{
    sp::http_request request;
    request.to = {.tls = false, .host = "127.0.0.1", .port = std::move(port)};
    request.target = std::move(target);
    return request;
}

inline sp::http_request get_tls(std::string port, std::string host = "127.0.0.1")
{
    auto request = get(std::move(port));
    request.to.tls = true;
    request.to.host = std::move(host);
    return request;
}

/// One request and all of its response. May be started before others have ended.
class fetch {
public:
    fetch(sp::beast_transport transport, sp::http_request what, std::size_t buffer_size = 1000)
        : request(std::move(what)), exchange(transport.open()), buffer_(buffer_size)
    {
        exchange->async_send(
            request,
            asio::bind_cancellation_slot(
                signal.slot(),
                [this](sp::error_code failure, sp::http_response_head answer) {
                    ++completions;
                    head = std::move(answer);
                    status = failure ? 0 : head.status;
                    if (failure)
                        ec = failure;
                    else if (read_body)
                        read();
                }
            )
        );
    }
    fetch(const fetch&) = delete;
    fetch& operator=(const fetch&) = delete;

    void read()
    {
        exchange->async_read_some(
            asio::buffer(buffer_),
            asio::bind_cancellation_slot(
                signal.slot(),
                [this](sp::error_code failure, std::size_t n) {
                    ++reads;
                    body.append(buffer_.data(), n);
                    if (failure)
                        ec = failure;
                    else
                        read();
                }
            )
        );
    }
    bool is_complete() const { return ec == asio::error::eof; }
    sp::exchange_progress progress() const { return exchange->progress(); }

    sp::http_request request;
    std::optional<sp::beast_exchange> exchange;
    asio::cancellation_signal signal{};
    bool read_body = true;

    /// Of the head's operation: must be 1 in the end.
    int completions = 0;
    int reads = 0;
    unsigned status = 0;
    sp::http_response_head head{};
    std::string body{};
    /// How it ended; `eof` is the good end.
    sp::error_code ec{};

private:
    std::vector<char> buffer_;
};

/// Runs the context until nothing is left to do.
inline void run(asio::io_context& context)
{
    context.restart();
    context.run();
}

}  // namespace scrapingpros_test

#endif
