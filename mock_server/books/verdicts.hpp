#ifndef SCRAPINGPROS_MOCK_VERDICTS_HPP
#define SCRAPINGPROS_MOCK_VERDICTS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "books/judgement.hpp"
#include "books/ledger.hpp"
#include "json_out.hpp"
#include "runs/workload.hpp"

namespace scrapingpros_mock {

struct run;
struct world_state;

/// One job of a run, what was to be had and what was taken.
struct job_case {
    const run_future& run;
    const run_ledger& book;
    std::size_t index;
    const scenario& from;
    std::string_view account;

    const job_future& job() const { return run.jobs()[index]; }
    const job_ledger& seen() const { return book.jobs[index]; }
    /// When it counts as finished; `never` if it does not.
    time_point finished_at() const noexcept;
    /// When its client can have all of it.
    time_point readable_at() const noexcept;
    /// When its body is gone; `never` for jobs without one.
    time_point expires_at() const;
};

job_verdict judge_job(const job_case&, const judgement&, time_point now);

struct delay_figures {
    std::size_t count = 0;
    duration mean{0}, p50{0}, p95{0}, p99{0}, max{0};
};
/// Percentiles are values that occur: the smallest with so many of a hundred at or below it.
delay_figures figures_of(std::vector<duration> delays);

/// The account of a world, or of one run in it.
struct book_summary {
    std::size_t jobs = 0;
    std::size_t finished = 0;
    std::array<std::uint64_t, verdict_count> verdicts{};
    std::uint64_t of(verdict is) const { return verdicts[static_cast<std::size_t>(is)]; }

    delay_figures since_visible;   ///< first delivery after the row could be listed
    delay_figures since_finished;  ///< and after the job's end
    delay_figures completion;      ///< runs: first answer that shows the end, after the end
    std::uint64_t came_late = 0;   ///< questions after a body that was gone

    ledger::totals totals;
    std::array<std::uint64_t, request_class_count> by_class{};
    std::uint64_t floor = 0;    ///< the fewest requests that this work can be done with
    std::int64_t overhead = 0;  ///< all requests beyond
    std::uint64_t proxied = 0;  ///< jobs that go through a proxy (A15)
    std::uint64_t credits_charged = 0;
    std::uint64_t credits_refunded = 0;  ///< of finished jobs without success
};

/// Over all accounts, or over one.
book_summary summarize(
    const world_state&, const judgement&, time_point now, std::string_view account = {}
);

/// No listing can carry the result: it is left out, or too large. Expensive where the size is near
/// the cap.
bool needs_own_request(const world_state&, const run&, std::size_t index);

void write_figures(json_writer&, const delay_figures&);
void write_summary(json_writer&, const book_summary&);

/// `{"summary":{…},"accounts":{…}}`; durations in seconds.
std::string ledger_json(const world_state&, const judgement&, time_point now);
/// The summary alone.
std::string ledger_summary_json(const world_state&, const judgement&, time_point now);

}  // namespace scrapingpros_mock

#endif
