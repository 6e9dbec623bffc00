#ifndef SCRAPINGPROS_CORE_RUN_WATCH_HPP
#define SCRAPINGPROS_CORE_RUN_WATCH_HPP

#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace scrapingpros::inline v0::core {

/// What is known of a run by its state and counters, which are evidence and not truth: they lead the
/// rows, may fall once, and may disagree with them for ever (contract 9.2, 9.5).
class run_watch {
public:
    /// @param total jobs of the run by the answer to create
    explicit run_watch(std::optional<std::uint64_t> total) : announced_(total), total_(total) {}

    /// One look at the run. True if it shows anything new.
    bool on_run(instant now, const run& seen)
    {
        const auto before = finished_;
        const auto status_before = status_;
        if (seen.total_requests) total_ = seen.total_requests;
        if (seen.all_jobs_persisted) persisted_ = *seen.all_jobs_persisted;
        status_ = seen.status;
        finished_ = finished_jobs(seen);
        status_at_ = now;
        // Looks a second apart: a history of quick ones would not reach back far enough.
        if (finished_ && (history_.empty() || now - history_.back().at >= milliseconds(1000))) {
            history_.push_back({now, *finished_});
            if (history_.size() > longest_history) history_.pop_front();
        }
        const bool news = finished_ != before || status_ != status_before;
        quiet_looks_ = news ? 0 : quiet_looks_ + 1;
        return news;
    }

    /// Jobs that were counted as finished `age` ago already.
    std::uint64_t finished_since(instant now, milliseconds age) const
    {
        std::uint64_t counted = 0;
        for (const auto& past : history_)
            if (past.at <= now - age) counted = past.finished;
        // A counter that fell says that the older look was wrong.
        return (std::min)(counted, finished_.value_or(counted));
    }

    run_status status() const noexcept { return status_; }
    bool is_over() const noexcept { return is_terminal(status_); }
    const std::optional<instant>& status_at() const noexcept { return status_at_; }
    const std::optional<std::uint64_t>& finished() const noexcept { return finished_; }
    const std::optional<std::uint64_t>& total() const noexcept { return total_; }
    /// A run may be counted while its jobs are still being made; such a total proves nothing.
    bool total_is_final() const noexcept
    {
        return total_ && (is_over() || persisted_ || total_ == announced_);
    }
    /// Rows that there should be: of a run that was broken off, as many as were counted.
    std::optional<std::uint64_t> expected_rows() const
    {
        return status_ == run_status::completed ? total_ : finished_;
    }
    std::uint32_t quiet_looks() const noexcept { return quiet_looks_; }

private:
    static constexpr std::size_t longest_history = 32;
    struct look {
        instant at{};
        std::uint64_t finished = 0;
    };

    std::optional<std::uint64_t> announced_;
    std::optional<std::uint64_t> total_;
    bool persisted_ = false;
    run_status status_ = run_status::unknown;
    std::optional<std::uint64_t> finished_{};
    std::optional<instant> status_at_{};
    std::deque<look> history_{};
    std::uint32_t quiet_looks_ = 0;
};

}  // namespace scrapingpros::inline v0::core

#endif
