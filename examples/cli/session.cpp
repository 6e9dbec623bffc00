#include "session.hpp"

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <unistd.h>
#include <utility>

#include "stop_signal.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;
namespace sp = scrapingpros;

/// A rate that is not limited is one that nobody reaches.
sp::token_bucket::rate rate_of(double per_minute)
{
    return per_minute > 0 ? sp::token_bucket::rate{per_minute, 1}
                          : sp::token_bucket::rate{1e9, 1e5};
}

auto policies_of(const session_options& options, request_counts& counts)
{
    return sp::default_policies.with_poll_interval(options.strategy)
        .with_rate_limit(
            sp::token_bucket(rate_of(options.reads_per_minute), rate_of(options.writes_per_minute))
        )
        .with_observer(request_counter{&counts});
}

class session {
    using policies =
        decltype(policies_of(std::declval<session_options&>(), std::declval<request_counts&>()));
    using client = sp::basic_client<sp::any_transport, policies>;

public:
    session(session_options& options, beginning begin, const session_hooks& hooks)
        : hooks_(hooks), service_(
                             context_.get_executor(),
                             std::move(options.service),
                             policies_of(options, end_.requests)
                         ),
          batch_(open(std::move(begin), std::move(options.how))),
          stopped_(context_, ::dup(stop_descriptor())), tick_(context_)
    {
    }

    session_end run()
    {
        watch_for_signals();
        watch_the_clock();
        hooks_.take ? next() : submit();
        context_.run();
        end_.summary = batch_.summary();
        end_.stats = batch_.stats();
        end_.created = batch_.snapshot().created;
        return std::move(end_);
    }

private:
    sp::batch open(beginning begin, sp::batch_options how)
    {
        const auto service = service_.with_diagnostics(end_.why);
        if (auto* draft = std::get_if<sp::collection_draft>(&begin))
            return service.submit_batch(std::move(*draft), std::move(how));
        if (auto* run = std::get_if<sp::run_ref>(&begin))
            return service.attach_batch(std::move(*run), std::move(how));
        return service.resume_batch(std::move(how));
    }

    auto cancellable(auto handler)
    {
        return asio::bind_cancellation_slot(cancel_.slot(), std::move(handler));
    }

    void submit()
    {
        batch_.async_submit(cancellable([this](sp::error_code ec, const sp::run_ref&) { end(ec); })
        );
    }

    void next()
    {
        batch_.async_next(
            cancellable([this](sp::error_code ec, std::optional<sp::job_outcome> item) {
                if (ec || !item) return end(ec);
                if (item->result && item->result->body.kind == sp::body_kind::offloaded)
                    return fetch(std::move(*item));
                take(*item);
            })
        );
    }

    /// The body lies elsewhere (contract 8.1, `body_url`).
    void fetch(sp::job_outcome item)
    {
        const auto url = item.result->body.content;
        service_.async_fetch_body(
            url,
            cancellable([this,
                         item = std::move(item)](sp::error_code ec, std::string bytes) mutable {
                if (ec == asio::error::operation_aborted) return end(ec);
                if (ec) {
                    end_.unfetched.push_back(
                        {item.job.id,
                         sp::shortfall_cause::unreachable,
                         item.job.url,
                         item.job.custom_id,
                         item.job.completed_at,
                         ec}
                    );
                    return next();
                }
                item.result->body.content = std::move(bytes);
                take(item);
            })
        );
    }

    void take(const sp::job_outcome& item)
    {
        try {
            hooks_.take(item);
        } catch (...) {
            end_.thrown = std::current_exception();
            return end({});
        }
        if (const auto ec = batch_.acknowledge(item.job.id)) {
            end_.why = batch_.last_failure();
            return end(ec);
        }
        show();
        if (stop_requested()) return end(asio::error::operation_aborted);
        next();
    }

    void show() { hooks_.show({batch_.progress(), end_.requests, service_.last_limits()}); }

    void watch_for_signals()
    {
        stopped_.async_wait(asio::posix::stream_descriptor::wait_read, [this](sp::error_code ec) {
            if (ec) return;
            cancel_.emit(asio::cancellation_type::terminal);
        });
    }

    void watch_the_clock()
    {
        tick_.expires_after(std::chrono::milliseconds(200));
        tick_.async_wait([this](sp::error_code ec) {
            if (ec || over_) return;
            show();
            watch_the_clock();
        });
    }

    void end(sp::error_code ec)
    {
        over_ = true;
        // A signal that came when all was done has ended nothing.
        end_.interrupted = ec == asio::error::operation_aborted && stop_requested();
        end_.ec = ec;
        tick_.cancel();
        stopped_.cancel();
        context_.stop();
    }

    session_hooks hooks_;
    session_end end_{};
    asio::io_context context_{1};
    asio::cancellation_signal cancel_{};
    client service_;
    sp::batch batch_;
    asio::posix::stream_descriptor stopped_;
    asio::steady_timer tick_;
    bool over_ = false;
};

}  // namespace

session_end run_session(session_options options, beginning begin, const session_hooks& hooks)
{
    return session(options, std::move(begin), hooks).run();
}

}  // namespace cli
