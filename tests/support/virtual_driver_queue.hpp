#ifndef SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_QUEUE_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_QUEUE_HPP

#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace test {

/// What is still to happen on virtual time. Of things due at one instant the first asked for comes
/// first; what was due in the past comes now.
class virtual_queue {
public:
    using action = std::function<void()>;

    static constexpr scrapingpros::instant begin{std::chrono::hours(1000)};

    scrapingpros::instant now() const noexcept { return now_; }

    void at(scrapingpros::instant when, action what)
    {
        heap_.push_back({(std::max)(when, now_), ++asked_, std::move(what)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    std::optional<scrapingpros::instant> next() const
    {
        if (heap_.empty()) return {};
        return heap_.front().when;
    }

    /// Moves the time to the next thing and does it. False if there is none.
    bool step()
    {
        if (heap_.empty()) return false;
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const entry due = std::move(heap_.back());
        heap_.pop_back();
        now_ = due.when;
        due.what();
        return true;
    }

    /// Does all that is due until then.
    void run_until(scrapingpros::instant when)
    {
        while (!heap_.empty() && heap_.front().when <= when)
            step();
        now_ = (std::max)(now_, when);
    }

private:
    struct entry {
        scrapingpros::instant when;
        std::uint64_t order = 0;
        action what;
    };
    static bool later(const entry& a, const entry& b)
    {
        return a.when != b.when ? a.when > b.when : a.order > b.order;
    }

    scrapingpros::instant now_ = begin;
    std::uint64_t asked_ = 0;
    std::vector<entry> heap_;
};

}  // namespace test

#endif
