#ifndef SCRAPINGPROS_IMPL_DETAIL_CLIENT_WAITS_IPP
#define SCRAPINGPROS_IMPL_DETAIL_CLIENT_WAITS_IPP

#include <scrapingpros/core/find_started_run.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/composed_operation.hpp>
#include <scrapingpros/detail/job_stream_state.hpp>
#include <scrapingpros/detail/wait_run_operation.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Looks for the run of an unanswered start; looks again after a while before it says there is none.
class reconcile_operation final : public composed_operation<start_outcome> {
public:
    reconcile_operation(
        client_core& core, start_attempt attempt, call_options options, on<start_outcome> handler
    )
        : composed_operation(core, options, std::move(handler)), attempt_(std::move(attempt))
    {
    }

private:
    /// A start may take effect after its caller has given up on it.
    static constexpr auto settle = std::chrono::seconds(10);

    void begin() override
    {
        core_->perform(
            list_runs{attempt_.collection, std::nullopt},
            options_,
            then<run_list>([this](error_code ec, run_list list) { on_list(ec, std::move(list)); })
        );
    }

    void on_list(error_code ec, run_list list)
    {
        if (ec) return finish(ec, {start_certainty::unknown, std::nullopt, attempt_, ec});
        if (auto found = core::find_started_run(list.items, attempt_))
            return finish({}, {start_certainty::started, std::move(found), attempt_, {}});
        if (looked_twice_) {
            // An item that could not be read may be the run.
            const bool sure = list.unreadable == 0;
            ec = sure ? error_code() : errc::start_unknown;
            const auto certainty = sure ? start_certainty::not_started : start_certainty::unknown;
            return finish(ec, {certainty, std::nullopt, attempt_, ec});
        }
        looked_twice_ = true;
        wait_until(core_->policies().now() + settle, [this] {
            const error_code aborted = boost::asio::error::operation_aborted;
            if (cancelled_)
                return finish(aborted, {start_certainty::unknown, std::nullopt, attempt_, aborted});
            begin();
        });
    }

    start_attempt attempt_;
    bool looked_twice_ = false;
};

/// Finds a collection by name, and its run, after the answer to a submit was lost.
class find_recent_operation final : public composed_operation<std::optional<recent_submit>> {
public:
    find_recent_operation(
        client_core& core,
        std::string name,
        std::optional<timestamp> since,
        call_options options,
        on<std::optional<recent_submit>> handler
    )
        : composed_operation(core, options, std::move(handler)), name_(std::move(name)),
          since_(since)
    {
        if (since_) *since_ -= core.options().clock_margin;
    }

private:
    void begin() override
    {
        core_->perform(
            list_collections{name_, std::nullopt, since_},
            options_,
            then<collection_list>([this](error_code ec, collection_list list) {
                if (ec) return finish(ec, std::nullopt);
                // Old servers ignore the filters, so they are applied once more.
                const auto fits = [this](const collection& c) {
                    return c.name == name_ &&
                           (!since_ || !c.created_at || *c.created_at >= *since_);
                };
                auto found = std::find_if(list.items.begin(), list.items.end(), fits);
                if (found == list.items.end()) return finish({}, std::nullopt);
                found_.collection = std::move(*found);
                look_for_run();
            })
        );
    }

    void look_for_run()
    {
        core_->perform(
            list_runs{found_.collection.id, std::nullopt},
            options_,
            then<run_list>([this](error_code ec, run_list list) {
                if (ec) return finish(ec, std::move(found_));
                const auto live = [](const run& r) { return r.status == run_status::in_progress; };
                auto best = std::find_if(list.items.begin(), list.items.end(), live);
                if (best == list.items.end()) best = list.items.begin();
                if (best != list.items.end()) found_.latest_run = std::move(*best);
                finish({}, std::move(found_));
            })
        );
    }

    std::string name_;
    std::optional<timestamp> since_;
    recent_submit found_{};
};

/// Reads a listing to its end into one page.
class collect_operation final : public composed_operation<job_page> {
public:
    collect_operation(client_core& core, list_jobs what, call_options options, on<job_page> handler)
        : composed_operation(core, options, std::move(handler)),
          stream_(make_job_stream(core.shared_from_this(), std::move(what)))
    {
    }

private:
    void begin() override
    {
        stream_->next(
            options_,
            then<std::optional<listed_job>>([this](error_code ec, std::optional<listed_job> row) {
                if (ec || !row) return end(ec);
                page_.rows.push_back(std::move(*row));
                begin();
            })
        );
    }

    void end(error_code ec)
    {
        for (const auto& bad : stream_->unreadable())
            page_.rows.push_back(bad);
        if (ec) page_.end = {true, stream_->cursor()};
        finish(ec, std::move(page_));
    }

    std::shared_ptr<job_stream_state> stream_;
    job_page page_{};
};

SCRAPINGPROS_DECL void client_core::reconcile(
    start_attempt attempt, call_options options, on<start_outcome> handler
)
{
    std::make_shared<reconcile_operation>(*this, std::move(attempt), options, std::move(handler))
        ->start();
}

SCRAPINGPROS_DECL void client_core::run_and_wait(
    start_run what, std::optional<milliseconds> timeout, call_options options, on<run> handler
)
{
    const run_ref none;
    std::make_shared<wait_run_operation>(
        *this, none, std::move(what), timeout, options, std::move(handler)
    )
        ->start();
}

SCRAPINGPROS_DECL void client_core::wait_run(
    run_ref target, std::optional<milliseconds> timeout, call_options options, on<run> handler
)
{
    std::make_shared<wait_run_operation>(
        *this, std::move(target), std::nullopt, timeout, options, std::move(handler)
    )
        ->start();
}

SCRAPINGPROS_DECL void client_core::find_recent(
    std::string name,
    std::optional<timestamp> since,
    call_options options,
    on<std::optional<recent_submit>> handler
)
{
    std::make_shared<find_recent_operation>(
        *this, std::move(name), since, options, std::move(handler)
    )
        ->start();
}

SCRAPINGPROS_DECL void client_core::collect_jobs(
    list_jobs what, call_options options, on<job_page> handler
)
{
    std::make_shared<collect_operation>(*this, std::move(what), options, std::move(handler))
        ->start();
}

}  // namespace scrapingpros::inline v0::detail

#endif
