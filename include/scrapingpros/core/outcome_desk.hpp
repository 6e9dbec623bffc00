#ifndef SCRAPINGPROS_CORE_OUTCOME_DESK_HPP
#define SCRAPINGPROS_CORE_OUTCOME_DESK_HPP

#include <scrapingpros/core/job_book.hpp>
#include <scrapingpros/core/outcomes.hpp>
#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
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
        const auto bytes = size_of_parts(item);
        held_bytes_ += bytes;
        largest_ = (std::max)(largest_, bytes);
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
        held_bytes_ -= size_of_parts(item);
        --room_;
        book.hand_out(item.job.id, settlement_of(item));
        return item;
    }

    std::size_t held() const noexcept { return ready_.size(); }
    /// What is held, and what so many more may come to.
    std::size_t bytes_with(std::size_t more) const noexcept
    {
        constexpr std::size_t longest_inline = std::size_t(256) << 10;
        return held_bytes_ + more * (std::max)(largest_, longest_inline);
    }
    /// One more outcome would find room, or be the only one that is held.
    bool takes_more() const noexcept { return ready_.empty() || ready_.size() < room_; }
    std::deque<job_outcome> clear()
    {
        held_bytes_ = 0;
        return std::exchange(ready_, {});
    }

private:
    Classifier classifier_;
    outcome_filter wanted_;
    std::deque<job_outcome> ready_{};
    std::size_t room_ = 0;
    std::size_t held_bytes_ = 0;
    std::size_t largest_ = 0;
};

}  // namespace scrapingpros::inline v0::core

#endif
