#ifndef SCRAPINGPROS_CORE_RESULT_FETCHER_HPP
#define SCRAPINGPROS_CORE_RESULT_FETCHER_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/result_failure.hpp>
#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::core {

/// A job whose result is to be fetched on its own.
struct wanted_result {
    job row{};
    /// Tries that came to nothing, and how many there may be.
    unsigned failures = 0;
    unsigned allowed = 1;
    instant not_before{};
    error_code last_error{};
    /// Its row was never listed: the run's ids named it.
    bool unlisted = false;
};

inline shortfall shortfall_of(const wanted_result& wanted, shortfall_cause cause)
{
    const auto& row = wanted.row;
    return {row.id, cause, row.url, row.custom_id, row.completed_at, wanted.last_error};
}

/// Results that no page has carried: the earliest to expire first, and a row without a stamp before
/// all (contract 15, 20 item 8).
class result_fetcher {
public:
    void want(wanted_result wanted) { waiting_.push_back(std::move(wanted)); }

    /// The most urgent of those that may be asked for now; it is under way as `id` from then on.
    const wanted_result* begin(instant now, ticket id)
    {
        auto best = waiting_.end();
        for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
            if (at->not_before > now) continue;
            if (best == waiting_.end() || at->row.completed_at < best->row.completed_at) best = at;
        }
        if (best == waiting_.end()) return nullptr;
        std::swap(*best, waiting_.back());
        const auto made = under_way_.emplace(id, std::move(waiting_.back())).first;
        waiting_.pop_back();
        return &made->second;
    }

    /// The one that was under way as `id`; empty if none was.
    std::optional<wanted_result> end(ticket id)
    {
        const auto found = under_way_.find(id);
        if (found == under_way_.end()) return {};
        auto wanted = std::move(found->second);
        under_way_.erase(found);
        return wanted;
    }

    /// Puts a failed one back, or says why it is given up.
    std::optional<shortfall> retry(
        wanted_result wanted, moment now, const exchange_failure& failure, milliseconds content_life
    )
    {
        wanted.last_error = failure.ec;
        ++wanted.failures;
        const auto cause = cause_of_failure(
            failure.ec, wanted.row.completed_at, now.server, content_life, wanted.failures
        );
        if (is_final(cause)) return shortfall_of(wanted, cause);
        if (wanted.failures >= wanted.allowed) {
            const bool unheard = wanted.unlisted && cause == shortfall_cause::pending;
            return shortfall_of(wanted, unheard ? shortfall_cause::never_listed : cause);
        }
        wanted.not_before = now.local + pause_after(wanted.failures, failure);
        want(std::move(wanted));
        return {};
    }

    /// All of them, those under way too.
    std::vector<wanted_result> clear()
    {
        auto all = std::exchange(waiting_, {});
        for (auto& [id, wanted] : under_way_)
            all.push_back(std::move(wanted));
        under_way_.clear();
        return all;
    }

    /// When the next one may be asked for.
    std::optional<instant> next_due() const
    {
        std::optional<instant> due;
        for (const auto& w : waiting_)
            if (!due || w.not_before < *due) due = w.not_before;
        return due;
    }

    /// `completed_at` of the one that expires first.
    std::optional<timestamp> earliest() const
    {
        std::optional<timestamp> first;
        for (const auto& w : waiting_)
            if (w.row.completed_at && (!first || *w.row.completed_at < *first))
                first = w.row.completed_at;
        return first;
    }

    std::size_t waiting() const noexcept { return waiting_.size(); }
    std::size_t under_way() const noexcept { return under_way_.size(); }
    bool empty() const noexcept { return waiting_.empty() && under_way_.empty(); }

private:
    std::vector<wanted_result> waiting_{};
    std::map<ticket, wanted_result> under_way_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
