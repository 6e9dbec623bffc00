#include "wire_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace fuzz {
namespace {

class connected_socket {
public:
    explicit connected_socket(std::uint16_t port)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int one = 1;
        if (fd_ < 0 ||
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(fd_);
            throw std::runtime_error{"cannot connect: the server does not listen any more"};
        }
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    ~connected_socket() { ::close(fd_); }
    connected_socket(const connected_socket&) = delete;
    connected_socket& operator=(const connected_socket&) = delete;

    /// Sends some of it, and receives what is there. False when the connection is over.
    bool exchange(std::string_view& rest, std::string& received)
    {
        pollfd which{fd_, static_cast<short>(rest.empty() ? POLLIN : POLLIN | POLLOUT), 0};
        if (::poll(&which, 1, -1) < 0) return errno == EINTR;
        if ((which.revents & POLLOUT) != 0) {
            const auto sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
            if (sent < 0 && errno != EAGAIN && errno != EINTR) return read_rest(received);
        }
        if ((which.revents & (POLLIN | POLLHUP | POLLERR)) == 0) return true;
        return read_some(received);
    }

    void finish_sending() { ::shutdown(fd_, SHUT_WR); }
    void reset_at_the_end()
    {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }

private:
    bool read_some(std::string& received)
    {
        char bytes[16 * 1024];
        const auto size = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
        if (size > 0) received.append(bytes, static_cast<std::size_t>(size));
        return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
    }

    /// The peer takes nothing more; what it said before is still there.
    bool read_rest(std::string& received)
    {
        const auto before = received.size();
        return read_some(received) && received.size() > before;
    }

    int fd_;
};

}  // namespace

std::string talk(std::uint16_t port, const std::vector<std::string_view>& pieces, leave how)
{
    connected_socket peer{port};
    std::string received;
    for (std::string_view piece : pieces)
        while (!piece.empty())
            if (!peer.exchange(piece, received)) return received;
    if (how == leave::reset) peer.reset_at_the_end();
    if (how != leave::half_close) return received;
    peer.finish_sending();
    std::string_view nothing;
    while (peer.exchange(nothing, received)) {
    }
    return received;
}

}  // namespace fuzz
