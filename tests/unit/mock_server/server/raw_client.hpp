#ifndef SCRAPINGPROS_TESTS_MOCK_SERVER_RAW_CLIENT_HPP
#define SCRAPINGPROS_TESTS_MOCK_SERVER_RAW_CLIENT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How a read came to its end.
enum class read_end { got_enough, closed, reset, timed_out };

struct read_result {
    std::string bytes;
    read_end end = read_end::got_enough;
};

/// A blocking socket that sends and receives bytes and knows nothing of HTTP but where a response
/// ends. Independent of the server's own code, POSIX and nothing else.
class raw_client {
public:
    /// Connects to 127.0.0.1. Reading gives up after 20 seconds of silence.
    explicit raw_client(std::uint16_t port);
    ~raw_client();
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    bool is_connected() const noexcept { return connected_; }

    /// For a connection that is to stay open: `timed_out` is what is hoped for.
    void give_up_after(std::chrono::milliseconds silence);
    /// False when the peer would not take it all.
    bool send(std::string_view bytes);
    read_result read(std::size_t size);
    read_result read_to_end();
    /// One response: its head, and as much body as its Content-Length says.
    read_result read_response();
    read_result exchange(std::string_view request);

    /// No more bytes from here; reading goes on.
    void finish_sending();
    void close();

private:
    read_result read_until(std::optional<std::size_t> size);

    int socket_ = -1;
    bool connected_ = false;
};

/// True when nobody listens there.
bool is_refused(std::uint16_t port);

std::string get(std::string_view target, std::string_view more_headers = "");
/// Behind the empty line.
std::string body_of(std::string_view response);

#endif
