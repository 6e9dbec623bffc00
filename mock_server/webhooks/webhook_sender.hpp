#ifndef SCRAPINGPROS_MOCK_WEBHOOK_SENDER_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_SENDER_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "webhooks/webhook_types.hpp"

namespace boost::asio {
class io_context;
}

namespace scrapingpros_mock {

struct webhook_sender_options {
    /// A server that posts to any address that a request names can be turned against others.
    bool allow_remote_callbacks = false;
    /// Real time for one exchange, from the connect to the end of the answer.
    std::chrono::milliseconds exchange_limit{10'000};
    /// At the same time; more wait for their turn.
    std::size_t most_connections = 32;
    /// Root certificate, as PEM, that https receivers are checked against; empty: the system's.
    std::string ca_pem{};
};

/// Where attempts come from and where their outcomes go. Everything is called on the thread that
/// runs the sender's context, one call at a time.
struct webhook_source {
    /// Real time until an attempt is due; nothing if only `look` can bring one.
    std::function<std::optional<std::chrono::nanoseconds>()> until_next;
    std::function<std::vector<webhook_attempt>()> take_due;
    std::function<void(const webhook_attempt&, const webhook_outcome&)> answered;
};

/// Makes the POSTs of webhooks. It knows no clock, world or tenant: its source does.
///
///     webhook_sender sender{context, {}, source};
///     clock.listen([&] { sender.look(); });
///
/// Each attempt has a connection of its own, which is closed after the answer. Redirects are not
/// followed. Like a server on a caller's context it is destroyed on the thread that runs the
/// context, or while none does; `look` and `in_flight` may be called from any thread.
class webhook_sender {
public:
    webhook_sender(
        boost::asio::io_context& context, webhook_sender_options options, webhook_source source
    );
    ~webhook_sender();

    webhook_sender(const webhook_sender&) = delete;
    webhook_sender& operator=(const webhook_sender&) = delete;

    /// Asks the source for due attempts, soon and on the context's thread. To be called whenever
    /// time has jumped or a request may have changed what is due.
    void look();

    /// Attempts taken and not yet answered, and calls of `look` that have not been followed. At 0
    /// nothing happens until the next due time or the next `look`.
    std::size_t in_flight() const noexcept;

    /// Gives up attempts under way, without a word to the source, and asks it for nothing more.
    void stop();

private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace scrapingpros_mock

#endif
