#ifndef SCRAPINGPROS_MOCK_WORKLOAD_HPP
#define SCRAPINGPROS_MOCK_WORKLOAD_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "items/items.hpp"
#include "runs/draws.hpp"
#include "scenario/scenario.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {

class flusher;

/// What the end of a run made of a job that was not done (A52, A54).
enum class cut_job : std::uint8_t { not_cut, no_row, processing_row, failed_row };

/// All that will ever happen to one job, known when its run starts.
struct job_future {
    static constexpr time_point never = time_point::max();

    id_text id{};
    outcome ends = outcome::ok;
    cut_job cut = cut_job::not_cut;
    /// How the inline result is damaged: an inline_form and 1; 0: not at all.
    std::uint8_t inline_damage = 0;
    bool stampless : 1 = false;  ///< an almost empty row (A30, contract 7.4)
    bool no_stamp : 1 = false;   ///< a full row without completed_at (A30)
    bool inline_miss : 1 = false;
    bool from_folder : 1 = false;  ///< the body is a saved page
    bool hidden : 1 = false;       ///< its row was taken out of the listing by a patch
    bool expired : 1 = false;      ///< from `lost_at` on the body counts as expired, not as lost
    std::int32_t target = -1;      ///< index of the target_page, if any
    std::uint32_t body_bytes = 0;
    time_point started{};
    time_point ended = never;     ///< counted
    time_point row_from = never;  ///< the row exists, perhaps as `processing` (A25)
    time_point visible = never;   ///< the row is final
    time_point body_at = never;
    time_point lost_at = never;
    milliseconds_point stamp{};  ///< completed_at as the worker's clock had it
    duration execution{0};

    /// Ways in which an inline result can be damaged.
    static constexpr unsigned inline_damages = 4;
    std::optional<inline_form> damage() const noexcept
    {
        if (inline_damage == 0) return std::nullopt;
        return static_cast<inline_form>(inline_damage - 1);
    }
    bool has_stamp() const noexcept { return !stampless && !no_stamp; }
};

bool is_completed(outcome) noexcept;

/// An intervention from outside, at a moment that is not before any that was asked about.
struct run_patch {
    enum class kind {
        finish_job,  ///< the job ends now, `ends` if given
        finish_all,  ///< so do all that are not done
        expire,      ///< the job's body, or all bodies, are expired from now on
        hide,        ///< the job's row is not listed any more
        show,        ///< it is again
        terminate,   ///< the run ends before its jobs are done
    };

    kind what = kind::finish_job;
    time_point at{};
    std::optional<std::size_t> job = {};  ///< place among the submitted items
    std::optional<outcome> ends = {};
    run_end as = run_end::failed;
};

struct run_counts {
    std::uint32_t success = 0;
    std::uint32_t failed = 0;
    std::uint32_t timeout = 0;
};

enum class run_status { in_progress, completed, failed, cancelled };
const char* name_of(run_status) noexcept;

/// What a stretch of time brings by itself.
struct run_changes {
    std::uint64_t jobs_ended = 0;
    std::uint64_t rows_listed = 0;
    std::uint64_t runs_ended = 0;

    run_changes& operator+=(const run_changes&) noexcept;
};

/// A run in closed form: its state at any time is read from sorted arrays, so that asking costs the
/// logarithm of its size and no time need pass one moment after the other.
class run_future {
public:
    struct origin {
        const scenario* from = nullptr;
        draws chance;
        std::uint64_t ordinal = 0;  ///< of the run, in its account
        time_point created{};
    };

    run_future(origin, std::shared_ptr<const std::vector<item>>);

    const std::vector<job_future>& jobs() const noexcept { return jobs_; }
    const std::vector<item>& items() const noexcept { return *items_; }
    const run_shape& shape() const noexcept { return shape_; }

    time_point created() const noexcept { return origin_.created; }
    time_point queued() const noexcept;
    /// When the job can be worked at.
    time_point seeded_at(std::size_t job) const noexcept;
    /// When the last one can.
    time_point seeded() const noexcept;
    /// job_future::never while a job is not known to end.
    time_point terminal() const noexcept { return terminal_; }
    time_point all_visible() const noexcept { return all_visible_; }

    run_status status_at(time_point) const noexcept;
    /// True counters.
    run_counts counts_at(time_point) const;
    /// What the run object says: the volatile store may have forgotten the last few (A67).
    run_counts shown_counts_at(time_point) const;

    /// The earliest time behind `after` at which a counter, a row, a body or the status changes.
    std::optional<time_point> next_change(time_point after) const;

    /// What changes by itself behind `from` up to `to`, that one included.
    run_changes changes(time_point from, time_point to) const;

    /// Jobs in the order of their ends.
    const std::vector<std::uint32_t>& by_end() const noexcept { return by_end_; }
    /// Jobs in the order of their rows' insertion into the table; at `t` the first
    /// `rows_at(t)` of them have rows.
    const std::vector<std::uint32_t>& by_row() const noexcept { return by_row_; }
    std::size_t rows_at(time_point) const;
    /// Place of the job's row in that order.
    std::size_t row_of(std::size_t job) const { return row_of_[job]; }
    /// Jobs whose rows have a stamp, by (stamp, id).
    const std::vector<std::uint32_t>& by_stamp() const noexcept { return by_stamp_; }
    /// How far a stamp can lie in the future of its row's appearance.
    static constexpr duration clock_skew{std::chrono::seconds{2}};

    std::optional<std::size_t> find(std::string_view id) const;
    /// Another one whenever the future was changed.
    std::uint64_t revision() const noexcept { return revision_; }

    /// Ends the run before its jobs are done.
    void end_early(time_point at, run_end as);
    /// False, and nothing is recorded, if it has nothing to change: no such job, or done already.
    bool apply(const run_patch&);
    /// All that were applied, in their order.
    const std::vector<run_patch>& patches() const noexcept { return patches_; }
    /// Tells that the run's state was read; moves a run on whose progress is counted in polls.
    void status_read(time_point now);

private:
    void plan();
    void plan_jobs();
    void plan_outcome(std::size_t index);
    void plan_override(const job_override&, job_future&);
    job_future* overridden(const job_override&);
    void plan_times();
    void plan_recorded();
    void plan_at_once();
    void plan_stamps();
    void plan_stamp(std::size_t index);
    void plan_rows();
    void plan_end();
    void plan_own_end();
    void make_late(std::size_t place_by_end);
    void delay_rows(std::vector<std::pair<time_point, std::uint32_t>>& buffered);
    flusher make_flusher() const;
    void plan_body(std::size_t index);
    void lose_overridden();
    void order_by_end();
    void index();
    void sort_orders();
    void count_ends();
    bool finish_now(const run_patch&);
    void finish(const std::vector<std::uint32_t>& open, const run_patch&);
    bool change_jobs(const run_patch&, bool (*change)(job_future&, time_point));

    origin origin_;
    run_shape shape_;
    std::shared_ptr<const std::vector<item>> items_;
    std::vector<job_future> jobs_;
    std::vector<std::uint32_t> slots_;  ///< the worker that did each job
    std::vector<std::uint32_t> by_end_, by_row_, row_of_, by_stamp_, by_id_;
    std::vector<run_counts> counts_;  ///< after the first n ends
    std::vector<run_patch> patches_;
    std::uint64_t status_reads_ = 0;
    std::uint64_t revision_ = 0;
    time_point terminal_{};
    time_point drained_ = job_future::never;  ///< what is buffered then has its row
    time_point all_visible_{};
    time_point cut_at_ = job_future::never;  ///< by `end_early`
    run_end cut_as_ = run_end::failed;
    run_status last_ = run_status::completed;
};

}  // namespace scrapingpros_mock

#endif
