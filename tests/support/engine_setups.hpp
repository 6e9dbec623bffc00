#ifndef TESTS_SUPPORT_ENGINE_SETUPS_HPP
#define TESTS_SUPPORT_ENGINE_SETUPS_HPP

// Engines to write scripts for, and the calls that they make, in the few words that a test is about.

#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/core/poll_engine.hpp>
#include <scrapingpros/core/submission.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "builders.hpp"
#include "engine_script.hpp"

namespace test {

/// The way of the official client, every two seconds.
using status_first = sp::status_then_pages<sp::fixed_interval>;

inline status_first status_every(sp::milliseconds pause)
{
    return {{pause}};
}

/// Reads a page at once, and then after every pause.
struct page_every {
    sp::milliseconds pause{};
    sp::page_flow more = sp::page_flow::continue_;
    sp::read_kind what = sp::read_kind::inline_page;

    sp::poll_decision first(const sp::poll_view& seen) const
    {
        return {.when = seen.now, .what = what};
    }
    sp::poll_decision after_page(const sp::poll_view& seen) const
    {
        return {.when = seen.now, .more = more};
    }
    sp::poll_decision after_tick(const sp::poll_view& seen) const
    {
        return {.when = seen.now + pause, .what = what};
    }
};

/// Answers the same whatever it sees.
struct stubborn {
    sp::poll_decision always{};

    sp::poll_decision first(const sp::poll_view&) const { return always; }
    sp::poll_decision after_page(const sp::poll_view&) const { return always; }
    sp::poll_decision after_tick(const sp::poll_view&) const { return always; }
};

/// The state of a batch whose run `c1/r1` exists.
inline sp::checkpoint a_running_batch(std::optional<std::uint64_t> total = {})
{
    sp::checkpoint c;
    c.stage = sp::batch_stage::running;
    c.name = "tours";
    c.target = sp::run_ref{{"c1"}, {"r1"}};
    c.total = total;
    return c;
}

/// The state of a batch of so many items of which nothing has been sent.
inline sp::checkpoint a_new_batch(std::uint64_t items)
{
    sp::checkpoint c;
    c.name = "tours";
    c.idempotency_key = "key-1";
    c.draft = sp::collection_draft{.name = "tours"};
    for (std::uint64_t i = 0; i < items; ++i)
        c.draft->requests.push_back(sp::scrape_request{
            .url = "https://shop.example/" + std::to_string(i)});
    c.submitted = items;
    return c;
}

/// A poll engine on the run `c1/r1`.
template <class Strategy>
engine_setup polls(
    Strategy strategy, sp::checkpoint begin = a_running_batch(), sp::poll_options options = {}
)
{
    const auto make = [=](const sp::checkpoint& from) {
        return any_engine(
            sp::core::poll_engine<Strategy, sp::server_verdict>(from, strategy, {}, options), from
        );
    };
    return {.begin = std::move(begin), .make = make};
}

template <class Strategy>
engine_setup runs_batch(Strategy strategy, sp::checkpoint begin, sp::batch_rules rules = {})
{
    const auto make = [=](const sp::checkpoint& from) {
        return any_engine(
            sp::core::batch_engine<Strategy, sp::server_verdict>(from, strategy, {}, rules), from
        );
    };
    return {.begin = std::move(begin), .make = make};
}

/// A submission alone; it finishes when the run exists.
inline engine_setup submits(sp::checkpoint begin, sp::batch_rules rules = {})
{
    const auto make = [=](const sp::checkpoint& from) {
        return any_engine(sp::core::submission(from, rules), from);
    };
    return {.begin = std::move(begin), .make = make};
}

// --- what engines ask for

inline sp::call runs()
{
    return sp::list_runs{{"c1"}, {}};
}
inline sp::call the_run()
{
    return sp::get_run{{{"c1"}, {"r1"}}};
}
inline sp::call result_of(std::string id)
{
    return sp::get_result{{{"c1"}, {"r1"}}, {std::move(id)}};
}

/// A page of the listing.
class page_call {
public:
    page_call() { page_.target = {{"c1"}, {"r1"}}; }

    page_call& limit(unsigned rows)
    {
        page_.limit = rows;
        return *this;
    }
    page_call& since(std::chrono::microseconds later)
    {
        page_.completed_since = sp::tests::at(later);
        return *this;
    }
    page_call& after(std::string cursor)
    {
        page_.cursor = std::move(cursor);
        return *this;
    }
    page_call& with_results()
    {
        page_.results = sp::inline_results::include;
        return *this;
    }
    page_call& of_finished_jobs()
    {
        using sp::job_status;
        page_.statuses = {job_status::completed, job_status::failed, job_status::timeout};
        page_.order_by = sp::job_order::completed_at;
        return *this;
    }

    operator sp::call() const { return page_; }

private:
    sp::list_jobs page_{};
};

inline page_call flow_page()
{
    return page_call().limit(100).with_results().of_finished_jobs();
}
inline page_call metadata_page()
{
    return page_call().limit(1000).of_finished_jobs();
}
/// All rows by id.
inline page_call closing_page()
{
    return page_call().limit(1000);
}

// --- what the service answers to a start

inline sp::start_outcome started(sp::run made)
{
    return {.certainty = sp::start_certainty::started, .started_run = std::move(made)};
}
inline sp::start_outcome not_started(sp::error_code why)
{
    return {.certainty = sp::start_certainty::not_started, .cause = why};
}
inline sp::start_outcome perhaps_started(sp::error_code why = sp::errc::silence_timeout)
{
    return {.certainty = sp::start_certainty::unknown, .cause = why};
}

}  // namespace test

#endif
