#ifndef SCRAPINGPROS_MOCK_WORLD_HPP
#define SCRAPINGPROS_MOCK_WORLD_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "books/journal.hpp"
#include "books/ledger.hpp"
#include "faults/fault_book.hpp"
#include "limits/limits_seen.hpp"
#include "runs/workload.hpp"
#include "scenario/scenario.hpp"
#include "types.hpp"
#include "webhooks/webhook_book.hpp"
#include "webhooks/webhook_types.hpp"

namespace scrapingpros_mock {

struct assertion;
struct book_summary;
struct job_verdict;
struct judgement;
struct verification;
struct world_state;

/// A run as tests look at it, at one moment.
struct run_view {
    std::string id;
    std::string collection_id;
    std::string status;
    std::uint64_t total = 0;
    std::uint64_t listed = 0;  ///< jobs that have a row
    std::uint64_t success = 0;
    std::uint64_t failed = 0;
    std::uint64_t timeout = 0;
    time_point created_at{};
    time_point terminal_at{};          ///< when the status turns; known from the start
    time_point all_visible_at{};       ///< when the last row can be listed
    std::vector<std::string> job_ids;  ///< in the order of the submitted items
};

/// One job of a run, its whole future.
struct job_view {
    std::string id;
    std::string url;
    std::string custom_id;
    outcome ends = outcome::ok;
    time_point started_at{};
    time_point ended_at{};                                  ///< counted from here on
    time_point visible_at{};                                ///< listed from here on
    time_point body_at{};                                   ///< its result can be read from here on
    std::optional<std::chrono::milliseconds> completed_at;  ///< the stamp in its row, Unix time
};

/// The mock service without sockets: a state machine over time. It reads no clock; each request
/// brings the time with it, and time should not run backwards.
class world {
public:
    /// Throws bad_option if limits or lives of the scenario make no sense.
    explicit world(scenario);
    /// Worlds made from the same scenario can share it.
    explicit world(std::shared_ptr<const scenario>);
    ~world();
    world(world&&) noexcept;
    world& operator=(world&&) noexcept;

    /// Total: every request gets an answer, however malformed it is, and nothing is thrown.
    response_plan handle(const request&, time_point now);
    /// Tells what became of a plan with that ordinal. May be left out: then the journal does not
    /// say, and a request counts as at work until its connection brings another one.
    void finished(std::uint64_t ordinal, const exchange_end&, time_point now);

    const ledger& seen() const noexcept;
    const journal& requests() const noexcept;
    const scenario& made_from() const noexcept;
    /// Nothing if the account has sent no request.
    std::optional<limits_seen> limits_of(std::string_view account) const;

    /// From now on waits are told in real time under this scale (`limit_options::wait_scale`).
    /// Throws bad_option.
    void set_wait_scale(time_scale);

    /// From now on; runs that have begun keep the switches that they began with.
    void change_switches(const switches&);

    /// What is to become of a connection that has come in, by its number from 1.
    arrival_plan arriving(std::uint64_t connection, time_point now);

    /// Returns the ordinal of the fault, for `fault_hits`. Throws bad_fault.
    std::size_t add_fault(fault);
    std::uint64_t fault_hits(std::size_t ordinal) const;
    /// Ordinals of the faults that no request has met yet.
    std::vector<std::size_t> unmet_faults() const;
    /// What is wrong with the faults that had to fire, a sentence each: one has hit no request, or
    /// one whose client had gone.
    std::vector<std::string> verify_faults() const;
    /// All faults, with what became of them.
    const fault_book& faults() const noexcept;
    fault_book& faults() noexcept;

    /// When something that a client can see changes by itself next: a job's end, a row, a body, a run's
    /// end. Nothing if all is still.
    std::optional<time_point> next_change(time_point after) const;

    run_changes changes(time_point from, time_point to) const;

    /// Changes the future of a run. False if there is no such run, or if that changes nothing.
    bool patch_run(std::string_view id, const run_patch&);

    /// Ids of all runs, in the order of their starts.
    std::vector<std::string> run_ids() const;
    std::optional<run_view> find_run(std::string_view id, time_point now) const;
    /// The job's whole future, by its place among the submitted items.
    std::optional<job_view> find_job(std::string_view run_id, std::size_t ordinal) const;

    /// When the next webhook attempt is due, as far as the runs so far say; may be in the past.
    std::optional<time_point> next_webhook();
    /// Attempts that are due, in the order in which they were; each is in flight from here on.
    std::vector<webhook_attempt> take_due_webhooks(time_point now);
    /// Decides what comes next. An attempt that is not in flight is no longer known: then nothing.
    void webhook_answered(
        std::string_view delivery, unsigned attempt, const webhook_outcome&, time_point now
    );
    /// Plans one more attempt at once, whatever has become of those before.
    redelivery redeliver_webhook(std::string_view delivery, time_point now);
    const webhook_book& webhooks() const noexcept;
    std::string webhooks_json(time_point now) const;

    /// The client says that it has handed this job's result on; for the judge `client`. Ids that
    /// nobody knows are phantoms too.
    void report_delivered(std::string_view job_id, time_point);
    /// Counts and delays over all accounts (verdicts.hpp).
    book_summary summary(const judgement&, time_point now) const;
    /// One job's verdict, by its place among the submitted items.
    std::optional<job_verdict> verdict_of(
        std::string_view run_id, std::size_t ordinal, const judgement&, time_point now
    ) const;
    /// Whether the scenario's `expect` has come true (assertions.hpp).
    verification verify(time_point now) const;
    verification verify(const std::vector<assertion>&, time_point now) const;

    /// For functions of this folder that look inside (verdicts.hpp, efficiency.hpp).
    const world_state& state() const noexcept { return *state_; }

    /// Forgets collections, runs, keys, counters, journal and ledger, and arms the scenario's own
    /// faults anew.
    void reset();

private:
    void change(const std::function<void(scenario&)>&);

    std::unique_ptr<world_state> state_;
};

}  // namespace scrapingpros_mock

#endif
