#ifndef BENCHMARKS_POLLING_TIMELINE_HPP
#define BENCHMARKS_POLLING_TIMELINE_HPP

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "mock_server/types.hpp"

namespace polling {

using scrapingpros_mock::duration;
using scrapingpros_mock::time_point;

/// What is still to happen, on the service's clock. Of things due at one moment the first asked for
/// comes first.
class timeline {
public:
    explicit timeline(time_point begin) : now_(begin) {}

    time_point now() const noexcept { return now_; }

    void at(time_point when, std::function<void()> what)
    {
        heap_.push_back({(std::max)(when, now_), ++asked_, std::move(what)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    void after(duration wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }

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

private:
    struct entry {
        time_point when;
        std::uint64_t order = 0;
        std::function<void()> what;
    };
    static bool later(const entry& a, const entry& b)
    {
        return a.when != b.when ? a.when > b.when : a.order > b.order;
    }

    time_point now_;
    std::uint64_t asked_ = 0;
    std::vector<entry> heap_{};
};

}  // namespace polling

#endif
