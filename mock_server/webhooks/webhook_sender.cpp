#include "webhooks/webhook_sender.hpp"

// g++ 12 at -O1 takes Asio's coroutine frames for mismatched, which they are not.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <exception>
#include <list>
#include <utility>

#include "webhooks/webhook_exchange.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;
using boost::system::error_code;

struct webhook_sender::impl : std::enable_shared_from_this<impl> {
    impl(asio::io_context& where, webhook_sender_options options, webhook_source from)
        : context{where}, source{std::move(from)},
          line{std::make_shared<webhook_line>(webhook_line{
              std::move(options), asio::ssl::context{asio::ssl::context::tls_client}})},
          timer{where}
    {
        const std::string& ca = line->options.ca_pem;
        if (ca.empty())
            line->tls.set_default_verify_paths();
        else
            line->tls.add_certificate_authority(asio::buffer(ca));
    }

    void look()
    {
        ++busy;
        asio::post(context, [self = shared_from_this()] {
            self->take();
            --self->busy;
        });
    }

    void take()
    {
        if (stopped) return;
        for (webhook_attempt& each : source.take_due()) {
            ++busy;
            waiting.push_back(std::make_shared<const webhook_attempt>(std::move(each)));
        }
        while (!waiting.empty() && active.size() < line->options.most_connections) {
            begin(std::move(waiting.front()));
            waiting.pop_front();
        }
        wait();
    }

    void wait()
    {
        timer.cancel();
        const auto rest = source.until_next();
        if (!rest) return;
        timer.expires_after(*rest);
        timer.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec) self->take();
        });
    }

    void begin(std::shared_ptr<const webhook_attempt> attempt)
    {
        const auto place = active.emplace(active.end());
        auto done = [self = shared_from_this(),
                     attempt,
                     place](std::exception_ptr failed, webhook_outcome outcome) {
            self->active.erase(place);
            // Only the lack of memory comes here.
            if (failed) outcome = {.error = webhook_error::connect_failed};
            if (!self->stopped) self->source.answered(*attempt, outcome);
            // The attempt holds until those that follow from it at once have been taken.
            self->take();
            --self->busy;
        };
        asio::co_spawn(
            context,
            post_webhook(line, std::move(attempt)),
            asio::bind_cancellation_slot(place->slot(), std::move(done))
        );
    }

    void stop()
    {
        if (std::exchange(stopped, true)) return;
        timer.cancel();
        busy -= waiting.size();
        waiting.clear();
        for (auto each = active.begin(); each != active.end();)
            (each++)->emit(asio::cancellation_type::terminal);
    }

    asio::io_context& context;
    webhook_source source;
    const std::shared_ptr<webhook_line> line;
    asio::steady_timer timer;
    bool stopped = false;
    std::deque<std::shared_ptr<const webhook_attempt>> waiting;
    std::list<asio::cancellation_signal> active;
    std::atomic<std::size_t> busy{0};
};

webhook_sender::webhook_sender(
    asio::io_context& context, webhook_sender_options options, webhook_source source
)
    : impl_{std::make_shared<impl>(context, std::move(options), std::move(source))}
{
}

webhook_sender::~webhook_sender()
{
    stop();
}

void webhook_sender::look()
{
    impl_->look();
}

std::size_t webhook_sender::in_flight() const noexcept
{
    return impl_->busy;
}

void webhook_sender::stop()
{
    impl_->stop();
}

}  // namespace scrapingpros_mock
