#ifndef SCRAPINGPROS_CORE_JOB_BOOK_HPP
#define SCRAPINGPROS_CORE_JOB_BOOK_HPP

#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job_id_set.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::core {

/** Knows what became of each job of a run.

    | a job is  | since                       | and leaves by                                |
    |-----------|-----------------------------|----------------------------------------------|
    | open      | `note`: a page showed it    | `hand_out`, `settle`, `give_up`              |
    | handed    | `hand_out`: consumer has it | `acknowledge`                                |
    | left      | `give_up`, not for good     | `take_up`, to be open again                  |
    | settled   | any of the others           | -                                            |

    Only settled jobs are in a checkpoint; all others come again after a resume. The high-water mark of
    a checkpoint stays behind every job that is not settled, so seen means handed on.
*/
class job_book {
public:
    explicit job_book(const checkpoint& begin)
        : seen_(begin.settled), counts_(begin.counts), missing_(begin.missing)
    {
    }

    bool is_new(const job_id& id) const { return !seen_.contains(id); }

    /// A page showed the job; false if that is nothing new.
    bool note(const job_id& id, std::optional<timestamp> stamp)
    {
        if (!seen_.insert(id)) return false;
        open_.emplace(id.value, entry{stamp, std::nullopt});
        if (stamp) stamps_.insert(*stamp);
        return true;
    }

    void hand_out(const job_id& id, settlement how)
    {
        const auto found = open_.find(id.value);
        if (found == open_.end()) return;
        if (!found->second.how) ++handed_;
        found->second.how = how;
    }

    /// The consumer has it safe. False for what was not handed out, or is acknowledged already.
    bool acknowledge(const job_id& id, std::optional<timestamp> mark)
    {
        const auto found = open_.find(id.value);
        if (found == open_.end() || !found->second.how) return false;
        const auto how = *found->second.how;
        --handed_;
        close(found);
        record({id, how, safe_mark(mark), {}});
        return true;
    }

    /// Settles a job that is not handed out.
    void settle(const job_id& id, settlement how, std::optional<timestamp> mark)
    {
        const auto found = open_.find(id.value);
        if (found == open_.end()) return;
        close(found);
        record({id, how, safe_mark(mark), {}});
    }

    /// Its result cannot be had: for good, or else until `take_up`.
    void give_up(shortfall what, std::optional<timestamp> mark)
    {
        const auto found = open_.find(what.id.value);
        if (found == open_.end()) return;
        if (!is_final(what.cause)) {
            left_.push_back(std::move(what));
            return;
        }
        close(found);
        missing_.push_back(what);
        const job_id id = what.id;
        record({id, settlement::missing, safe_mark(mark), std::move(what)});
    }

    /// Those given up, but not for good; they are open again.
    std::vector<shortfall> take_up() { return std::exchange(left_, {}); }

    /// The next step to be made durable.
    std::optional<settled_job> next_step()
    {
        if (steps_.empty()) return {};
        auto step = std::move(steps_.front());
        steps_.pop_front();
        return step;
    }

    /// Jobs that a page has shown, those of earlier processes included.
    std::uint64_t seen() const noexcept { return seen_.size(); }
    /// Jobs that are not settled: queued, handed out, left.
    std::uint64_t open() const noexcept { return open_.size(); }
    /// Jobs handed out and not acknowledged.
    std::uint64_t handed() const noexcept { return handed_; }
    /// Settled ones and those handed out.
    settlement_counts counts() const
    {
        auto all = counts_;
        for (const auto& [id, e] : open_)
            if (e.how) add(all, *e.how);
        return all;
    }
    const std::vector<shortfall>& missing() const noexcept { return missing_; }
    const std::vector<shortfall>& left() const noexcept { return left_; }

    /// Rows with an earlier stamp are all settled, where `mark` is how far pages were read.
    std::optional<timestamp> safe_mark(std::optional<timestamp> mark) const
    {
        if (!mark || stamps_.empty()) return mark;
        return (std::min)(*mark, *stamps_.begin());
    }

    void write_to(checkpoint& c, std::optional<timestamp> mark) const
    {
        c.settled = {};
        seen_.for_each([&](const job_id& id) {
            if (!open_.count(id.value)) c.settled.insert(id);
        });
        c.counts = counts_;
        c.missing = missing_;
        c.high_water_mark = safe_mark(mark);
    }

private:
    struct entry {
        std::optional<timestamp> stamp{};
        /// Set while it is handed out.
        std::optional<settlement> how{};
    };
    using open_jobs = std::unordered_map<std::string, entry>;

    void close(open_jobs::iterator at)
    {
        if (at->second.stamp) stamps_.erase(stamps_.find(*at->second.stamp));
        open_.erase(at);
    }

    void record(settled_job step)
    {
        add(counts_, step.how);
        steps_.push_back(std::move(step));
    }

    /// Every job that was noted, whatever became of it.
    job_id_set seen_;
    open_jobs open_{};
    std::uint64_t handed_ = 0;
    std::multiset<timestamp> stamps_{};
    settlement_counts counts_;
    std::vector<shortfall> missing_;
    std::vector<shortfall> left_{};
    std::deque<settled_job> steps_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
