#include "raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

std::size_t declared_length(std::string_view head)
{
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos) {
        const auto digits = head.substr(at + name.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
    }
    return length;
}

void set_limit(int socket, int which, std::chrono::microseconds silence)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(silence);
    const timeval limit{.tv_sec = seconds.count(), .tv_usec = (silence - seconds).count()};
    ::setsockopt(socket, SOL_SOCKET, which, &limit, sizeof limit);
}

}  // namespace

raw_client::raw_client(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)}
{
    // A test that waits for what never comes is to fail, not to hang.
    set_limit(socket_, SO_RCVTIMEO, std::chrono::seconds{20});
    set_limit(socket_, SO_SNDTIMEO, std::chrono::seconds{20});
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

raw_client::~raw_client()
{
    close();
}

bool raw_client::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

read_result raw_client::read_until(std::optional<std::size_t> size)
{
    read_result out;
    std::array<char, 64 * 1024> buffer;
    while (!size || out.bytes.size() < *size) {
        const auto wanted =
            size ? std::min(buffer.size(), *size - out.bytes.size()) : buffer.size();
        const auto got = ::recv(socket_, buffer.data(), wanted, 0);
        if (got > 0) {
            out.bytes.append(buffer.data(), static_cast<std::size_t>(got));
            continue;
        }
        if (got == 0)
            out.end = read_end::closed;
        else
            out.end = errno == EAGAIN ? read_end::timed_out : read_end::reset;
        break;
    }
    return out;
}

read_result raw_client::read(std::size_t size)
{
    return read_until(size);
}

void raw_client::give_up_after(std::chrono::milliseconds silence)
{
    set_limit(socket_, SO_RCVTIMEO, silence);
}

read_result raw_client::read_to_end()
{
    return read_until(std::nullopt);
}

read_result raw_client::read_response()
{
    read_result out;
    while (!out.bytes.ends_with(end_of_head)) {
        const auto more = read(1);
        out.bytes += more.bytes;
        out.end = more.end;
        if (more.end != read_end::got_enough) return out;
    }
    const auto body = read(declared_length(out.bytes));
    out.bytes += body.bytes;
    out.end = body.end;
    return out;
}

read_result raw_client::exchange(std::string_view request)
{
    send(request);
    return read_response();
}

void raw_client::finish_sending()
{
    ::shutdown(socket_, SHUT_WR);
}

void raw_client::close()
{
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

bool is_refused(std::uint16_t port)
{
    return !raw_client{port}.is_connected();
}

std::string get(std::string_view target, std::string_view more_headers)
{
    std::string out{"GET "};
    out.append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(more_headers);
    return out.append("\r\n");
}

std::string body_of(std::string_view response)
{
    const auto at = response.find(end_of_head);
    return at == std::string_view::npos ? ""
                                        : std::string{response.substr(at + end_of_head.size())};
}
