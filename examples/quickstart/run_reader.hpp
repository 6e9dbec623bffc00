#ifndef QUICKSTART_RUN_READER_HPP
#define QUICKSTART_RUN_READER_HPP

#include <scrapingpros/client.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "delivery.hpp"
#include "requests.hpp"

namespace quickstart {

namespace asio = boost::asio;
namespace sp = scrapingpros;

/// The official client's intervals, or what the command line says.
struct chosen_interval {
    std::optional<sp::milliseconds> fixed;

    sp::milliseconds next_delay(const sp::poll_observation& seen) const
    {
        return fixed ? *fixed : sp::official_interval().next_delay(seen);
    }
};

using service_policies = decltype(sp::default_policies.with_observer(request_counter{nullptr}));
using service_client = sp::basic_client<sp::any_transport, service_policies>;

/** Results as they become available.

    The run list is looked at until the run is over, and whenever its counters have moved the rows
    completed since the last look are read, with their results inline. Bodies over the service's cap
    are not among them and are fetched one by one. In the end one listing by id, without results,
    shows rows that came too late to be met on the way.
*/
class run_reader {
public:
    run_reader(
        service_client service, sp::run_ref target, delivery& out, std::function<void()> on_news
    )
        : service_(std::move(service)), target_(std::move(target)), out_(out),
          on_news_(std::move(on_news))
    {
    }

    asio::awaitable<void> read(chosen_interval interval, std::size_t jobs)
    {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        sp::poll_observation seen{.total_jobs = jobs};
        // Rows may come some seconds after the status (contract 9.5), but are not waited for for
        // ever.
        for (int looks_after_end = 0; looks_after_end < 4;) {
            timer.expires_after(interval.next_delay(seen));
            co_await timer.async_wait(asio::use_awaitable);
            const sp::run run = co_await look();
            const auto finished = finished_jobs(run).value_or(0);
            seen.quiet_looks = finished == seen.finished_jobs ? seen.quiet_looks + 1 : 0;
            if (finished != seen.finished_jobs || is_terminal(run.status)) co_await read_new_rows();
            seen.finished_jobs = finished;
            seen.delivered_jobs = out_.counts().delivered();
            on_news_();
            if (!is_terminal(run.status)) continue;
            co_await read_all_rows();
            if (out_.seen() >= jobs) break;
            ++looks_after_end;
        }
    }

private:
    /// Longer than the service takes to write rows down (contract 9.5: 5 s), so that one which is
    /// late is met at the next look.
    static constexpr auto overlap = std::chrono::seconds(6);

    asio::awaitable<sp::run> look()
    {
        const sp::list_runs all{target_.collection, std::nullopt};
        const auto list = co_await service_.async_list_runs(all);
        for (const sp::run& each : list.items)
            if (each.id == target_.run) co_return each;
        co_return co_await service_.async_get_run(target_);
    }

    asio::awaitable<void> read_new_rows()
    {
        sp::list_jobs what = ended_jobs();
        what.order_by = sp::job_order::completed_at;
        what.results = sp::inline_results::include;
        if (newest_) what.completed_since = *newest_ - overlap;
        auto rows = service_.iter_run_jobs(what);
        while (auto row = co_await rows.async_next()) {
            take(*row);
            if (row->job.completed_at)
                newest_ =
                    (std::max)(newest_.value_or(*row->job.completed_at), *row->job.completed_at);
        }
        co_await fetch_rest();
    }

    asio::awaitable<void> read_all_rows()
    {
        sp::list_jobs what = ended_jobs();
        what.limit = 1000;
        auto rows = service_.iter_run_jobs(what);
        while (auto row = co_await rows.async_next())
            take(*row);
        co_await fetch_rest();
    }

    sp::list_jobs ended_jobs() const
    {
        return {
            .target = target_,
            .statuses = {
                sp::job_status::completed, sp::job_status::failed, sp::job_status::timeout}};
    }

    void take(const sp::listed_job& row)
    {
        if (!out_.is_new(row.job.id)) return;
        const bool whole = row.result && (is_text(row.result->body.kind) ||
                                          row.result->body.kind == sp::body_kind::base64);
        if (whole)
            out_.take(row.job, *row.result, judge(row.job, *row.result), way::inlined);
        else if (row.job.status == sp::job_status::completed)
            to_fetch_.push_back(row.job);
        else
            out_.miss(row.job, row.job.message.value_or("no message"));
        on_news_();
    }

    sp::verdict judge(const sp::job& row, const sp::job_result& result) const
    {
        return service_.classify(row, &result);
    }

    /// Four at a time.
    asio::awaitable<void> fetch_rest()
    {
        using namespace asio::experimental::awaitable_operators;
        if (to_fetch_.empty()) co_return;
        co_await (fetch_in_turn() && fetch_in_turn() && fetch_in_turn() && fetch_in_turn());
    }

    asio::awaitable<void> fetch_in_turn()
    {
        while (!to_fetch_.empty()) {
            const sp::job row = std::move(to_fetch_.front());
            to_fetch_.pop_front();
            auto [ec, result] = co_await service_.async_get_job_result(
                target_, row.id, asio::as_tuple(asio::use_awaitable)
            );
            if (!ec && result.body.kind == sp::body_kind::offloaded) {
                std::tie(ec, result.body.content) = co_await service_.async_fetch_body(
                    result.body.content, asio::as_tuple(asio::use_awaitable)
                );
            }
            // A result that cannot be had costs only itself.
            if (ec)
                out_.miss(row, ec.message());
            else if (result.body.kind == sp::body_kind::none)
                out_.miss(row, "the target sent no body");
            else
                out_.take(row, result, judge(row, result), way::fetched);
            on_news_();
        }
    }

    service_client service_;
    sp::run_ref target_;
    delivery& out_;
    std::function<void()> on_news_;
    std::deque<sp::job> to_fetch_{};
    /// Latest completion among the rows that were taken, on the service's clock.
    std::optional<sp::timestamp> newest_{};
};

}  // namespace quickstart

#endif
