#ifndef SCRAPINGPROS_POLICY_LIMIT_ESTIMATE_HPP
#define SCRAPINGPROS_POLICY_LIMIT_ESTIMATE_HPP

#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>

namespace scrapingpros::inline v0 {

/** What is known of one limit of requests a minute, and when the next one may start. No clock, no lock.

    It remembers when its requests of the last minutes were answered, and keeps to a limit that it was
    given (by the caller, or by headers), or has met. Three kinds are told apart by the waits that 429s
    ask for: a *sliding* log opens when the oldest request is a minute old; a *bucket* opens for one
    request after a second or two, again and again; a *window* opens at some other time, for a whole
    limit at once. Until the kind has shown, a limit that is used up is tried by one request at a time.

    A 429 shuts the gate for everybody until the time asked for is over; 429s of requests that were on
    their way already say nothing new. An unknown limit is what was accepted since the window began; of
    a bucket, the rate that would have emptied a minute's worth just now. It grows by small steps while
    it binds and nothing is refused, the more seldom the more often growing was refused.
*/
class limit_estimate {
public:
    enum class kind { unknown, window, sliding, bucket };

    /// @param per_minute the limit, or less than it, more than 0; empty: not known
    explicit limit_estimate(std::optional<double> per_minute = {})
    {
        if (per_minute && *per_minute > 0) most_ = (std::max)(*per_minute, 0.01);
        given_ = quota_ = most_;
    }

    /// When a request may start: `now`, or later.
    instant next(instant now)
    {
        const double at = seconds_of(now);
        const double when = start(at);
        if (when <= at) return now;
        const std::chrono::duration<double> wait((std::min)(when - at, 86'400.0));
        return now + std::chrono::ceil<milliseconds>(wait);
    }

    /// Requests that could start now.
    double usable(instant now)
    {
        const double at = seconds_of(now);
        if (start(at) > at) return 0;
        if (!quota_) return plenty;
        return (std::max)(1.0, kind_ == kind::bucket ? tokens_ : limit() - used(at));
    }

    /// Of those used now, how many can be used again so much later.
    double returning(instant now, double later)
    {
        const double at = seconds_of(now);
        if (!quota_) return plenty;
        if (kind_ == kind::bucket) return later / spacing();
        if (kind_ == kind::window) return at + later >= boundary_ ? limit() : 0;
        return since(at - minute) - since(at - minute + later);
    }

    void on_sent(instant now)
    {
        in_flight_.push_back(seconds_of(now));
        tokens_ -= 1;
    }

    /// It was let through, as far as is known; empty if nobody knows when.
    void on_answer(std::optional<instant> now)
    {
        double at = last_;
        if (now)
            at = seconds_of(*now);
        else if (!in_flight_.empty())
            at = (std::max)(at, in_flight_.back());
        at = note(at);
        land();
        log_.push_back(at);
        if (log_.size() > most_remembered || log_.front() < at - 10 * minute) log_.pop_front();
        silent_ = 0;
        if (!quota_) return;
        if (kind_ == kind::window && anchored_ && since(begin_) <= 1) boundary_ = at + minute;
        if (kind_ != kind::unknown || epoch_ == never) return;
        // A sliding log has no room for these two, nor has a bucket that was empty a moment ago.
        if (since(at - minute + 1.5) > limit() && ++beyond_ >= 2) begin_window(epoch_);
    }

    /// @param retry_after what the 429 asked for; empty, or not more than 0: nothing
    /// @param unit an even number from 0 to 1, so that clients do not come back together
    void on_refused(instant now, std::optional<milliseconds> retry_after, double unit)
    {
        const double at = note(seconds_of(now));
        land();
        roll(at);
        const double spread = 0.02 + 0.08 * unit;
        refused_ = true;
        if (!retry_after || retry_after->count() <= 0) {
            if (at < gate_) return;
            const double most = (std::min)(minute, 5.0 * static_cast<double>(1u << silent_));
            silent_ = (std::min)(silent_ + 1, 4u);
            gate_ = at + most * (0.5 + 0.5 * unit);
            return;
        }
        const double asked = (std::min)(seconds_of(*retry_after), 60 * minute);
        if (at < gate_) {
            gate_ = (std::max)(gate_, (std::min)(at + asked + spread, gate_ + 1.5));
            return;
        }
        gate_ = at + asked + spread;
        if (asked <= minute + 1) learn(at, asked);
        epoch_ = gate_;
        beyond_ = 0;
    }

    /// The rate headers of a reply that has not been counted yet.
    void on_told(instant now, const account_limits& limits)
    {
        if (!limits.rate_limit || *limits.rate_limit == 0) return;
        const double at = note(seconds_of(now));
        const auto told = static_cast<double>((std::min)(*limits.rate_limit, most_told));
        const double allowed = (std::min)(told, most_.value_or(told));
        if (!told_ || given_ != allowed) given_ = quota_ = allowed;
        told_ = true;
        if (limits.rate_reset_in) learn_reset(at, seconds_of(*limits.rate_reset_in));
        if (kind_ != kind::window || !limits.rate_remaining) return;
        const auto left = static_cast<double>((std::min)(*limits.rate_remaining, most_told));
        others_ = (std::max)(0.0, told - left - flying() - since(begin_));
        // Those that the caller would leave to others are theirs.
        others_ = (std::max)(0.0, others_ - (told - *given_));
    }

    /// Requests a minute; empty while no limit has shown.
    const std::optional<double>& per_minute() const noexcept { return quota_; }
    kind shape() const noexcept { return kind_; }
    bool is_given() const noexcept { return given_.has_value(); }

private:
    static constexpr double minute = 60;
    static constexpr double plenty = 1e9;
    static constexpr double never = -std::numeric_limits<double>::infinity();
    static constexpr std::size_t most_remembered = 16'384;
    static constexpr std::uint64_t most_told = 10'000'000;

    template <class Duration>
    static double seconds_of(Duration time)
    {
        return std::chrono::duration<double>(time).count();
    }
    static double seconds_of(instant at) { return seconds_of(at.time_since_epoch()); }

    /// Time does not run backwards, whoever asks.
    double note(double at) { return last_ = (std::max)(last_, at); }
    double limit() const { return (std::max)(1.0, std::floor(*quota_ + 1e-9)); }
    double spacing() const { return minute / *quota_; }
    double flying() const { return static_cast<double>(in_flight_.size()); }
    double since(double when) const
    {
        return static_cast<double>(log_.end() - std::upper_bound(log_.begin(), log_.end(), when));
    }
    double used(double at) const
    {
        return flying() + (kind_ == kind::window ? since(begin_) + others_ : since(at - minute));
    }
    void land()
    {
        if (!in_flight_.empty()) in_flight_.pop_front();
    }

    double start(double at)
    {
        roll(note(at));
        while (!in_flight_.empty() && in_flight_.front() < at - 2 * minute)
            in_flight_.pop_front();  // nobody has told what became of it
        if (at < gate_) return gate_;
        if (!quota_) return at;
        if (kind_ == kind::bucket) {
            fill(at);
            if (tokens_ >= 1) return at;
            binds_ = true;
            return at + (1 - tokens_) * spacing();
        }
        if (used(at) < limit()) return at;
        binds_ = true;
        constexpr double soon = 0.05;
        if (kind_ == kind::window) return (std::max)(boundary_, at + soon);
        if (kind_ == kind::unknown && !told_) return in_flight_.empty() ? at : at + soon;
        const auto over = static_cast<std::ptrdiff_t>(used(at) - limit());
        const auto oldest = std::upper_bound(log_.begin(), log_.end(), at - minute);
        if (log_.end() - oldest <= over) return at + soon;  // those under way must come back first
        return (std::max)(oldest[over] + minute, at + 0.001);
    }

    void fill(double at)
    {
        tokens_ = (std::min)(
            (std::max)(2.0, *quota_ / 2), tokens_ + (std::max)(0.0, at - filled_) / spacing()
        );
        filled_ = (std::max)(filled_, at);
    }

    // --- what a minute brings

    void roll(double at)
    {
        if (kind_ == kind::window) {
            if (at < boundary_) return;
            begin_ = boundary_ + minute * std::floor((at - boundary_) / minute);
            boundary_ = begin_ + minute;
            others_ = 0;
        } else {
            if (at < period_ + minute) return;
            period_ = at;
        }
        if (quota_ && binds_ && !refused_) grow();
        binds_ = refused_ = false;
    }

    void grow()
    {
        if (given_ && *quota_ >= *given_) return;
        if (hold_ > 0) {
            --hold_;
            return;
        }
        quota_ = (std::min)(given_.value_or(plenty), *quota_ + step_);
        step_ = (std::min)(2 * step_, (std::max)(1.0, *quota_ / 4));
    }

    /// So many were let through before one was refused.
    void lower(double accepted)
    {
        const bool again = std::abs(accepted - limit()) <= 1.5;
        held_ = again ? (std::min)(2 * held_ + 1, 16u) : 0;
        hold_ = held_;
        step_ = 1;
        quota_ = (std::max)(1.0, (std::min)(accepted, *quota_));
    }

    // --- what a 429 tells

    void learn(double at, double asked)
    {
        const double opens = at + asked;
        const double accepted = since(opens - minute - 0.5);
        if (!quota_) quota_ = (std::max)(1.0, accepted);
        if (kind_ == kind::bucket) return learn_bucket(at, asked);
        const auto oldest = std::upper_bound(log_.begin(), log_.end(), at - minute);
        const double late = oldest == log_.end() ? plenty : opens - (*oldest + minute);
        const bool slides = late > -0.5 && late < 1.2;
        const double lately = since(epoch_);
        const bool few = lately <= (std::max)(3.0, limit() / 10);
        const bool at_once = !slides && asked <= (std::max)(2.0, std::ceil(spacing()));
        strikes_ = !at_once ? 0 : few ? strikes_ + 1 : 1;
        if (strikes_ >= 2) return begin_bucket(at);
        if (kind_ == kind::sliding) return learn_sliding(at, slides);
        if (kind_ == kind::window && std::abs(opens - boundary_) < 1.6) return lower(since(begin_));
        // Too soon for a window; or twice, when it may be one that begins with the first request, to
        // which a sliding log is as good.
        const bool soon_again = at - epoch_ < minute - 5 && lately < 0.8 * limit();
        if (slides && (soon_again || ++slid_ >= 2)) {
            kind_ = kind::sliding;
            return;
        }
        if (kind_ == kind::window) return learn_window(at, opens);
        if (!slides && !at_once) begin_window(opens - minute);
    }

    void learn_window(double at, double opens)
    {
        // It began with the first request, and not at a full minute.
        if (at - begin_ < 3) anchored_ = true;
        const double accepted = since(opens - minute - 0.5);
        boundary_ = gate_;
        if (accepted >= 0.5 * limit()) lower(accepted);
    }

    void learn_sliding(double at, bool slides)
    {
        strays_ = slides ? 0 : strays_ + 1;
        if (strays_ >= 3) kind_ = kind::unknown;
        lower(since(at - minute));
    }

    void learn_bucket(double at, double asked)
    {
        if (asked > (std::max)(3.0, 2 * spacing() + 1)) {
            kind_ = kind::unknown;
            strikes_ = 0;
            quota_ = given_.value_or((std::max)(1.0, since(at + asked - minute)));
            return;
        }
        const double time = at - emptied_;
        const double measured = time >= 15 ? minute * since(emptied_) / time : 0.95 * *quota_;
        lower((std::max)(0.5 * *quota_, (std::min)(measured, 0.99 * *quota_)));
        empty(at);
    }

    void begin_window(double when)
    {
        kind_ = kind::window;
        begin_ = when;
        boundary_ = (std::max)(gate_, when + minute);
        if (boundary_ - begin_ > minute + 2) boundary_ = begin_ + minute;
    }

    void begin_bucket(double at)
    {
        kind_ = kind::bucket;
        double rate = 1;
        double count = 0;
        for (auto each = log_.rbegin(); each != log_.rend(); ++each)
            rate = (std::max)(rate, minute * ++count / (minute + at - *each));
        quota_ = given_.value_or(rate);
        empty(at);
    }

    void empty(double at)
    {
        emptied_ = at;
        tokens_ = 0;
        filled_ = gate_;
    }

    /// Windows have one reset for all their replies; that of other limits moves with each request.
    void learn_reset(double at, double in)
    {
        if (in <= 0 || in > minute + 2) return;
        const double reset = at + in;
        const bool same = std::abs(reset - reset_) < 1.5;
        if (same && at - reset_told_ > 10 && kind_ == kind::unknown) {
            begin_window(reset - minute);
            boundary_ = reset;
        } else if (kind_ == kind::window && std::abs(reset - boundary_) < 1.5) {
            boundary_ = (std::min)(boundary_, reset);
        } else if (kind_ == kind::window && !same && reset - reset_ < minute - 2) {
            kind_ = kind::sliding;
        }
        if (same) return;
        reset_ = reset;
        reset_told_ = at;
    }

    /// What the caller allows; what is known, which is no more; what is kept to.
    std::optional<double> most_{};
    std::optional<double> given_{};
    std::optional<double> quota_{};
    kind kind_ = kind::unknown;
    bool told_ = false;
    double last_ = never;

    std::deque<double> in_flight_{};
    /// When those that were let through were answered.
    std::deque<double> log_{};

    /// Nothing starts before it; and when it opened last.
    double gate_ = never;
    double epoch_ = never;
    unsigned beyond_ = 0;
    unsigned strikes_ = 0;
    unsigned slid_ = 0;
    unsigned strays_ = 0;
    unsigned silent_ = 0;

    // A window, and what others have used of it.
    double begin_ = never;
    double boundary_ = never;
    bool anchored_ = false;
    double others_ = 0;
    double reset_ = never;
    double reset_told_ = never;

    // A bucket.
    double tokens_ = 0;
    double filled_ = never;
    double emptied_ = never;

    // Growth.
    double period_ = never;
    bool binds_ = false;
    bool refused_ = false;
    double step_ = 1;
    unsigned hold_ = 0;
    unsigned held_ = 0;
};

}  // namespace scrapingpros::inline v0

#endif
