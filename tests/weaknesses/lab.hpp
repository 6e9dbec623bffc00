#ifndef SCRAPINGPROS_TESTS_WEAKNESSES_LAB_HPP
#define SCRAPINGPROS_TESTS_WEAKNESSES_LAB_HPP

#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/core/submission.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>
#include <scrapingpros/policy/governor.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/policy/rate_limit.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/books/verdicts.hpp"
#include "mock_server/world.hpp"

namespace weaknesses {

namespace sp = scrapingpros;
namespace mock = scrapingpros_mock;

/// A poll strategy of any type; by default that of a client without policies of its own.
struct strategy {
    enum class question { first, after_page, after_tick };

    strategy() : strategy(sp::status_then_pages<sp::official_interval>{}) {}
    template <sp::poll_strategy S>
        requires(!std::same_as<S, strategy>)
    strategy(S prototype)
        : decide([s = std::move(prototype)](question asked, const sp::poll_view& seen) mutable {
              if (asked == question::first) return s.first(seen);
              return asked == question::after_page ? s.after_page(seen) : s.after_tick(seen);
          })
    {
    }

    sp::poll_decision first(const sp::poll_view& v) { return decide(question::first, v); }
    sp::poll_decision after_page(const sp::poll_view& v) { return decide(question::after_page, v); }
    sp::poll_decision after_tick(const sp::poll_view& v) { return decide(question::after_tick, v); }

    std::function<sp::poll_decision(question, const sp::poll_view&)> decide;
};

/// One request as the service saw it.
struct asked {
    mock::request what;
    unsigned status = 0;
    mock::time_point at{};
    std::size_t body_bytes = 0;

    bool is(std::string_view method, std::string_view part) const
    {
        return what.method == method && what.target.find(part) != std::string::npos;
    }
};

/// How the program behaves that uses the client.
struct habits {
    /// Outcomes that it asks for at a time; 0: everything at once.
    std::size_t room = 0;
    /// How long it is busy with each.
    std::chrono::milliseconds per_item{0};
    /// After so many outcomes it does nothing for a while.
    std::optional<std::size_t> pauses_after{};
    std::chrono::seconds pause{0};
    /// It has so many outcomes safe and none of the later ones.
    std::optional<std::size_t> acknowledges{};
    /// It wants no more after so many.
    std::optional<std::size_t> leaves_after{};
    /// Its process dies after so many.
    std::optional<std::size_t> killed_after{};
    /// Its process dies when such a request has reached the service.
    std::function<bool(const mock::request&)> killed_by{};
    /// Or before such a step of the driver; 0: none.
    std::uint64_t killed_at_step = 0;
    /// So long after the start it hears of the run from elsewhere.
    std::optional<std::chrono::seconds> hinted_after{};
    /// Told of each outcome, with how far the batch is.
    std::function<void(const sp::job_outcome&, const sp::batch_progress&, const sp::poll_stats&)>
        on_outcome{};
};

/// What one process of the user's lived to see.
struct life {
    std::vector<sp::job_outcome> taken{};
    std::vector<mock::time_point> taken_at{};
    /// Empty if it was killed, or would have gone on.
    std::optional<sp::error_code> end{};
    /// How often it was told of its end.
    unsigned ends = 0;
    /// Why it would have gone on, if it would.
    std::string endless{};
    mock::time_point began{};
    mock::time_point ended{};
    /// Requests of all lives by its end.
    std::uint64_t requests_by_end = 0;
    sp::batch_summary summary{};
    sp::batch_progress progress{};
    sp::poll_stats stats{};
    sp::checkpoint left_behind{};

    bool ended_well() const { return endless.empty() && end && !end->failed(); }
    std::chrono::microseconds length() const { return ended - began; }
};

/** A mock service, a virtual clock, and our client's batches in one process.

    A batch's outcome counts as delivered for the mock's books when its user has it safe.
*/
class lab {
public:
    explicit lab(mock::scenario made);
    ~lab();

    /// A fault in the grammar of mock_server/faults/FAULTS.md, for `world.fault_hits`.
    std::size_t fault(const std::string& json);
    void advance(std::chrono::microseconds by);
    mock::time_point now() const;
    /// The same moment as deadlines count it.
    sp::instant local_now() const;

    /// A run that another client has started.
    sp::run_ref start(std::size_t jobs);
    /// The same, over, and all its rows can be listed.
    sp::run_ref finished(std::size_t jobs);

    life live(
        sp::checkpoint begin,
        const habits& how = {},
        const sp::batch_rules& rules = {},
        const strategy& polls = {}
    );
    /// Several batches of one client at the same time.
    std::vector<life> live_all(
        std::vector<sp::checkpoint> begin,
        const habits& how = {},
        const sp::batch_rules& rules = {},
        const strategy& polls = {}
    );
    /// What the store has kept of the last `live`.
    sp::checkpoint stored();
    sp::checkpoint stored_or(sp::checkpoint fresh);

    const std::vector<asked>& requests() const { return requests_; }
    std::size_t count(std::string_view method, std::string_view part) const;
    mock::ledger::totals totals() const { return world.seen().summary(); }
    /// Of the first run: what the mock's books say of the deliveries.
    mock::book_summary books() const;
    /// The first run as the mock has it.
    mock::run_view run() const;

    mock::world world;

    // Of the processes to come.
    /// Their clock is so much ahead of the service's.
    std::chrono::microseconds skew{0};
    std::optional<sp::token_bucket> budget{};
    std::optional<sp::governor> governor{};
    /// Changes the answers to requests if set.
    std::function<void(const mock::request&, mock::response_plan&)> change{};
    /// Bounds of a life, far beyond what any should need.
    std::chrono::hours longest_life{24 * 10};
    std::uint64_t most_requests = 20'000;

private:
    struct parts;
    class user;

    std::vector<life>
    live_in(std::vector<sp::checkpoint> begin, std::vector<sp::any_checkpoint_store> stores, const habits&, const sp::batch_rules&, const strategy&);

    std::unique_ptr<parts> parts_;
    std::vector<asked> requests_{};
    std::function<void(const mock::request&)> watch_{};
    sp::memory_checkpoint_store store_{};
};

/// A healthy service with small pages.
inline mock::scenario plain()
{
    mock::scenario made;
    made.jobs.body_bytes = mock::quantiles{50, 200, 600, 2000};
    made.jobs.execution = mock::quantiles::always(std::chrono::milliseconds{1500});
    return made;
}

sp::collection_draft draft_of(std::size_t jobs, std::string name = "tours");

/// What a program hands over that submits.
inline sp::checkpoint submit(std::size_t jobs, std::string name = "tours")
{
    sp::checkpoint fresh;
    fresh.name = name;
    fresh.idempotency_key = "key-of-" + name;
    fresh.draft = draft_of(jobs, name);
    fresh.submitted = fresh.draft->requests.size();
    return fresh;
}

/// What a program hands over that knows a run and nothing else.
inline sp::checkpoint attach(sp::run_ref target)
{
    sp::checkpoint fresh;
    fresh.stage = sp::batch_stage::running;
    fresh.target = std::move(target);
    return fresh;
}

inline std::uint64_t usable(const life& l)
{
    return l.summary.counts.usable;
}

/// How many of the outcomes bear this id, and so on: id → times.
inline std::map<std::string, std::size_t> times_taken(const std::vector<life>& lives)
{
    std::map<std::string, std::size_t> times;
    for (const auto& one : lives)
        for (const auto& item : one.taken)
            ++times[item.job.id.value];
    return times;
}

/// The mock's books say that each of so many jobs was delivered once, and no other.
inline void check_each_once(const lab& l, std::size_t jobs)
{
    const auto books = l.books();
    CHECK_EQ(books.of(mock::verdict::delivered_once), jobs);
    CHECK_EQ(books.of(mock::verdict::duplicated), 0u);
    CHECK_EQ(books.of(mock::verdict::lost), 0u);
    CHECK_EQ(books.of(mock::verdict::expired_unread), 0u);
    CHECK_EQ(books.of(mock::verdict::phantom), 0u);
}

/// It came to its end, and the sums of its summary come out.
inline void check_ended_well(const life& one)
{
    CHECK_EQ(one.endless, "");
    REQUIRE(one.end);
    CHECK_EQ(one.end->message(), sp::error_code().message());
    const auto& s = one.summary;
    CHECK_EQ(
        s.queued, delivered(s.counts) + s.counts.filtered + s.left.jobs.size() + s.left.unnamed
    );
}

}  // namespace weaknesses

#endif
