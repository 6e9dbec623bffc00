#ifndef SCRAPINGPROS_CORE_OUTCOME_DESK_HPP
#define SCRAPINGPROS_CORE_OUTCOME_DESK_HPP

#include <scrapingpros/core/job_book.hpp>
#include <scrapingpros/core/outcomes.hpp>
#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/time.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0::core {

/// Between the reading and the consumer: judges outcomes, and holds them until there is room.
template <success_classifier Classifier>
class outcome_desk {
public:
    outcome_desk(Classifier classifier, outcome_filter wanted)
        : classifier_(std::move(classifier)), wanted_(wanted)
    {
    }

    /// Takes one in; an unwanted one is settled at once.
    void offer(job_outcome item, job_book& book, std::optional<timestamp> mark)
    {
        fill_from_row(item);
        item.verdict = classifier_.classify(item.job, item.result ? &*item.result : nullptr);
        if (wanted_ == outcome_filter::usable && !is_wanted_as_usable(settlement_of(item)))
            return book.settle(item.job.id, settlement::filtered, mark);
        ready_.push_back(std::move(item));
    }

    /// The consumer takes so many more.
    void on_demand(std::size_t room) { room_ += room; }
    std::size_t room() const noexcept { return room_; }

    bool can_hand_out() const noexcept { return room_ > 0 && !ready_.empty(); }
    job_outcome hand_out(job_book& book)
    {
        auto item = std::move(ready_.front());
        ready_.pop_front();
        --room_;
        book.hand_out(item.job.id, settlement_of(item));
        return item;
    }

    std::size_t held() const noexcept { return ready_.size(); }
    /// One more outcome would find room, or be the only one that is held.
    bool takes_more() const noexcept { return ready_.empty() || ready_.size() < room_; }
    std::deque<job_outcome> clear() { return std::exchange(ready_, {}); }

private:
    Classifier classifier_;
    outcome_filter wanted_;
    std::deque<job_outcome> ready_{};
    std::size_t room_ = 0;
};

}  // namespace scrapingpros::inline v0::core

#endif
