#ifndef SCRAPINGPROS_CORE_READ_SCHEDULE_HPP
#define SCRAPINGPROS_CORE_READ_SCHEDULE_HPP

#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace scrapingpros::inline v0::core {

/// What a status or a page is read for.
enum class errand {
    /// State and counters.
    status,
    /// New rows, as the strategy asked.
    flow,
    /// Rows that the counters tell of and no page showed.
    audit,
    /// All rows of the run.
    closing,
    /// The run with the ids of its jobs.
    ids,
};

constexpr bool reads_pages(errand what) noexcept
{
    return what == errand::flow || what == errand::audit || what == errand::closing;
}

/** When the next read is due, and the deadline's rule: the last look is placed so that its answer comes
    just before the deadline, is a page, and nothing is read after it.
*/
class read_schedule {
public:
    explicit read_schedule(std::optional<instant> deadline) : deadline_(deadline) {}

    void plan(instant when, errand what) { planned_ = planned_read{when, what}; }
    /// Something is planned.
    bool has_plan() const noexcept { return planned_.has_value(); }

    /// When what is planned is due; empty if nothing is, or may be, read.
    std::optional<instant> due() const
    {
        if (!planned_ || is_last_look_done_) return {};
        const auto last = last_moment();
        return last && planned_->when > *last ? *last : planned_->when;
    }

    /// What is due now; it is no longer planned then.
    std::optional<errand> take(instant now)
    {
        const auto when = due();
        if (!when || *when > now) return {};
        auto what = planned_->what;
        if (const auto last = last_moment(); last && now >= *last) {
            is_last_look_ = true;
            if (what == errand::status || what == errand::audit) what = errand::flow;
        }
        planned_.reset();
        return what;
    }

    /// A page was asked for and answered in so much time.
    void on_round_trip(instant::duration length) { round_trip_ = length; }

    bool is_last_look() const noexcept { return is_last_look_; }
    /// What was read in the last look has come, or failed. False if this was none.
    bool ends_last_look()
    {
        is_last_look_done_ = is_last_look_;
        return is_last_look_;
    }
    bool is_last_look_done() const noexcept { return is_last_look_done_; }
    bool is_past_deadline(instant now) const { return deadline_ && now >= *deadline_; }
    const std::optional<instant>& deadline() const noexcept { return deadline_; }

private:
    struct planned_read {
        instant when{};
        errand what = errand::status;
    };

    std::optional<instant> last_moment() const
    {
        if (!deadline_ || is_last_look_) return {};
        const instant::duration least = milliseconds(1);
        const instant::duration most = std::chrono::seconds(5);
        return *deadline_ - std::clamp(2 * round_trip_, least, most);
    }

    std::optional<instant> deadline_;
    std::optional<planned_read> planned_{};
    /// Assumed until one was measured: a look that is not answered in time would be a request wasted.
    instant::duration round_trip_ = milliseconds(500);
    bool is_last_look_ = false;
    bool is_last_look_done_ = false;
};

}  // namespace scrapingpros::inline v0::core

#endif
