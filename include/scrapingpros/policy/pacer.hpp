// One strategy, whose rules are to be read together; what it learns from is in headers of its own.
#ifndef SCRAPINGPROS_POLICY_PACER_HPP
#define SCRAPINGPROS_POLICY_PACER_HPP

#include <scrapingpros/policy/arrival_rate.hpp>
#include <scrapingpros/policy/burst_rhythm.hpp>
#include <scrapingpros/policy/flush_grid.hpp>
#include <scrapingpros/policy/page_overlap.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/policy/scarcity.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {

/// What a pacer aims at. Three presets; every number may be changed.
struct pacer_options {
    /// How old rows may become before they are read, in intervals of the official client's table
    /// (5, 10, 15 or 30 s by the size of the run); more than 0.
    double freshness = 1;
    /// The same, besides, as a time; 0 or more.
    milliseconds extra_age{0};
    /// The service's flush period until pages show another one; 0: do not look for one.
    milliseconds flush_period = std::chrono::seconds(5);
    /// With so small a share of the jobs left, looks may become rarer; 0 to 1.
    double tail_share = 0.04;
    /// Longest time without a look then, as a share of the run's time so far; 0 or more.
    double tail_growth = 0.04;
    /// A page is worth a request when this full; more than 0, to 1.
    double full_page = 0.97;
    /// A webhook will tell of the end of the run (`batch::on_webhook`): with one job left, or a
    /// `tail_share` of them, there is one look in five minutes, and the rows come with the end. Without
    /// the webhook nothing is lost, but the end is known later.
    bool expects_webhook = false;
    /// How far behind the high-water mark one page in eight begins, if it has room, to find rows that a
    /// service writes out of order; less far where that would bring many rows again, until such rows
    /// have been found; 0: none does.
    milliseconds probe_depth = std::chrono::seconds(8);

    /// About the freshness of the official client, with about half of its polls.
    static pacer_options thrifty() { return {.extra_age = std::chrono::seconds(5)}; }
    /// Half the delay, at about the official client's number of polls.
    static pacer_options fresh() { return {.freshness = 0.5}; }
};

/** Reads pages and not the status, just behind the service's flushes, when they are full or their rows
    become old.

    A page of results says whether there is anything new, and brings it: the status is read for every
    third look in a row that brought nothing (every sixth where many looks bring something). While rows
    flow, the next page is read when it will be full, or when the oldest row on it will be one target age
    old. A rest behind a full page is read at once if it fills a page itself, or waiting for more would
    cost more than a request is worth. In silence it looks at the table's pace, but not before the next
    burst is due where bursts keep a distance (burst_rhythm); when few jobs are left looks become rarer,
    and for the last hundredth of the jobs much rarer.

    Good for: runs of some minutes and more, many jobs, fast or uneven flow. Weak: a run of ten slow jobs
    saves nothing, since each look may find the last one; bursts at random distances are read no sooner
    than by even looks; a cancelled run is noticed some looks later, in a learned silence up to five
    minutes. Costs a ring of 4096 stamps a run.
*/
class pacer {
public:
    constexpr explicit pacer(pacer_options options = {})
        : options_(options), grid_(seconds_of(options.flush_period)),
          overlap_(seconds_of(options.probe_depth))
    {
    }

    poll_decision first(const poll_view& seen)
    {
        rate_.prepare();
        note_clock(seen);
        begun_ = now_;
        learn_size(seen);
        if (!seen.status_at) return {.when = seen.now, .what = read_kind::status};
        const double wait =
            total_ <= 1000 ? age_ : (std::min)(age_, (std::max)(5.0, total_ / 1000 + 0.5));
        return read_at(seen, now_ + wait);
    }

    poll_decision after_page(const poll_view& seen)
    {
        take_page(seen);
        const auto flow = follows(seen) ? page_flow::continue_ : page_flow::carry;
        carries_ = flow == page_flow::carry;
        return {.when = seen.now, .more = flow, .overlap = {}, .pages_ahead = pages_ahead(0)};
    }

    poll_decision after_tick(const poll_view& seen)
    {
        if (seen.last_read == read_kind::metadata_page) return after_audit(seen);
        if (seen.last_read == read_kind::status) {
            note_clock(seen);
            learn_size(seen);
            if (seen.counters_ahead > 0 || !seen.finished) return read_at(seen, now_);
            // As good as a page without a row.
            read_ = now_;
            if (!more_) edge_ = (std::max)(edge_, visible_edge());
        } else if (!std::exchange(carries_, false)) {
            take_page(seen);
        }
        end_tick();
        return read_at(seen, now_ + next_wait());
    }

private:
    static constexpr double page = 100;
    /// Read so long behind a flush.
    static constexpr double margin = 0.15;
    /// Longest time without a look while a burst is waited for.
    static constexpr double longest_silence = 300;
    /// The first look at such a burst leaves it time for its rows to come.
    static constexpr double burst_age = 0.7;

    template <class Duration>
    static constexpr double seconds_of(Duration time)
    {
        return std::chrono::duration<double>(time).count();
    }

    // --- what is seen

    /// The server's clock is told in whole seconds, rounded down: the greatest difference is the best.
    void note_clock(const poll_view& seen)
    {
        const double local = seconds_of(seen.now.time_since_epoch());
        const double ahead = seconds_of(seen.server_now.time_since_epoch()) - local;
        if (!ahead_ || ahead > *ahead_ || ahead < *ahead_ - 1.5) ahead_ = ahead;
        now_ = local + *ahead_;
    }

    double server_time(instant local) const
    {
        return seconds_of(local.time_since_epoch()) + *ahead_;
    }

    void learn_size(const poll_view& seen)
    {
        const auto known = seen.seen + 2 * (seen.counters_ahead + 50);
        total_ = static_cast<double>(seen.total.value_or(known));
        table_ = total_ < 100 ? 5 : total_ < 500 ? 10 : total_ < 2000 ? 15 : 30;
        age_ = options_.freshness * table_ + seconds_of(options_.extra_age);
        finished_ = static_cast<double>(seen.finished.value_or(0));
    }

    void take_page(const poll_view& seen)
    {
        note_clock(seen);
        learn_size(seen);
        const auto& last = *seen.last_page;
        const double took = seconds_of(last.answered_at - last.asked_at);
        round_trip_ = round_trip_ > 0 ? (std::min)(round_trip_, took) : took;
        read_ = server_time(last.asked_at) + (std::min)(took, round_trip_) / 2;
        const auto fresh = seen.fresh;
        const auto stamp = [&](std::size_t i) { return seconds_of(fresh[i].time_since_epoch()); };
        if (!fresh.empty()) {
            const auto third = fresh.size() > 2 ? std::optional(stamp(2)) : std::nullopt;
            grid_.on_next_rows(stamp(0), third);
        }
        if (!fresh.empty()) overlap_.on_rows(fresh.size(), stamp(fresh.size() - 1) - stamp(0));
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            const double at = stamp(i);
            rate_.note(at);
            rhythm_.note(at, age_);
            newest_ = (std::max)(newest_, at);
        }
        overlap_.learn(last);
        fresh_ += last.unseen;
        seen_ = static_cast<double>(seen.seen);
        more_ = last.has_more;
        if (!fresh.empty() && !more_) {
            grid_.on_page(newest_, read_);
            const double lag = (std::max)(0.0, read_ - newest_);
            lag_ = lag_ > 0 ? 0.7 * lag_ + 0.3 * lag : lag;
        }
        edge_ = (std::max)(newest_, visible_edge());
        rate_.measure(more_ ? newest_ : edge_, 2 * (std::max)(table_, 7.5));
    }

    double next_overlap(bool of_page)
    {
        const double rate = (std::max)(rate_.current(), 1e-3);
        return overlap_.next(
            {.seen = seen_,
             .total = total_,
             .rate = rate,
             .settled = edge_ - newest_,
             .room = (0.9 * page - carried_) / rate - age_,
             .is_page = of_page}
        );
    }

    /// All that was done before this has been listable when the page was read.
    double visible_edge() const
    {
        if (rate_.empty()) return read_;
        if (grid_.has_grid()) return grid_.latest_before(read_, rate_.current());
        return read_ - (std::min)(lag_, read_ - newest_);
    }

    /// Rows behind a full page, about.
    double left_over() const
    {
        if (!more_) return 0;
        return (std::max)({1.0, rate_.current() * (edge_ - newest_), finished_ - seen_});
    }

    // --- between pages

    bool follows(const poll_view& seen) const
    {
        if (seen.hinted) return true;
        const double left = left_over();
        const double full = options_.full_page * page;
        if (left >= full || left >= total_ - seen_ - 0.5) return true;
        const double rate = (std::max)(rate_.current(), 1e-3);
        const double wait =
            (std::max)(grid_.has_grid() ? grid_.period() : 2 * lag_, (full - left) / rate);
        const double period = grid_.has_grid() ? grid_.period() : 0;
        if (read_ + wait - newest_ > age_ + period) return true;
        // What the official client pays for a request, in seconds that rows wait.
        const double price = 0.5 * seen_ / (std::max)(1.0, read_ - rate_.first()) * table_ * table_;
        return left * wait > price * (1 - left / page);
    }

    // --- between ticks

    void end_tick()
    {
        carried_ = left_over();
        tick_rows_ = fresh_;
        empty_ticks_ = fresh_ == 0 ? empty_ticks_ + 1 : 0;
        if (fresh_ > 0) overlap_.on_look_with_rows();
        fresh_ = 0;
    }

    poll_decision after_audit(const poll_view& seen)
    {
        note_clock(seen);
        learn_size(seen);
        if (seen.last_page && seen.last_page->unseen_in_overlap > 0)
            overlap_.learn(*seen.last_page);
        return read_at(seen, now_ + (std::min)(next_wait(), 5.0));
    }

    poll_decision read_at(const poll_view& seen, double when)
    {
        constexpr double longest = 600;
        const double left = when > now_ ? under_budget(seen, when - now_) : 0;
        const std::chrono::duration<double> wait(left > 0 ? (left < longest ? left : longest) : 0);
        poll_decision made{
            .when = seen.now + std::chrono::duration_cast<instant::duration>(wait),
            .what = status_is_due() && when > now_ ? read_kind::status : read_kind::inline_page};
        made.pages_ahead = pages_ahead(left);
        const bool of_page = made.what == read_kind::inline_page;
        made.overlap =
            std::chrono::ceil<milliseconds>(std::chrono::duration<double>(next_overlap(of_page)));
        return made;
    }

    /// For looks that brought nothing: rarer where the next is likely to bring something, since a status
    /// with news costs a page besides.
    bool status_is_due() const
    {
        const double silence = (std::max)(1.0, edge_ - newest_);
        const double rate = (std::min)(mean_rate(), 1 / silence);
        const unsigned every = rate * age_ > 0.25 ? 6 : 3;
        return empty_ticks_ % every == every - 1;
    }

    double mean_rate() const { return seen_ / (std::max)(1.0, newest_ - rate_.first()); }

    /// Pages of the next minute: full ones, or one for each look.
    double pages_ahead(double wait) const
    {
        const double comes = rate_.current() * (std::max)(60 - (now_ - read_), age_);
        const double rows = left_over() + comes;
        const double looks = 60 / (std::max)({wait, age_, 1.0});
        return (std::max)(0.0, (std::min)(total_ - seen_, (std::max)(rows / page, looks)));
    }

    double under_budget(const poll_view& seen, double wait) const
    {
        if (!seen.budget) return wait;
        const page_outlook next{
            .carried = carried_ + rate_.current() * (now_ - edge_),
            .rate = rate_.current(),
            .full = options_.full_page * page,
            .left = total_ - seen_,
            .age = age_,
            .since_read = now_ - read_};
        return scarce_wait(wait, *seen.budget, seen.now, next);
    }

    /// The first reading time at or after that moment, just behind a flush.
    double reading_time(double from) const
    {
        const double almost = from - margin + 0.999999 * grid_.period();
        return grid_.latest_before(almost, rate_.current()) + margin;
    }

    /// The last reading time at which the oldest row that can be there is at most so old.
    double wait_for_age(double age, double slack) const
    {
        if (!grid_.has_grid() || seen_ == 0) return age;
        const double rate = (std::max)(rate_.current(), 1e-3);
        const double oldest = carried_ > 0 ? (std::min)(edge_, newest_ + 1 / rate) : edge_;
        const double at = grid_.latest_before(oldest + age + slack, rate_.current()) + margin;
        if (at > now_ + 0.3) return at - now_;
        return (std::max)(0.3, reading_time(now_ + 0.3) - now_);
    }

    double next_wait() const
    {
        const double left = total_ - seen_;
        if (left <= 0) return 0.7;
        if (seen_ == 0) return age_;
        const double rate = (std::max)(rate_.current(), 1e-9);
        const double silence = edge_ - newest_;
        const bool silent = tick_rows_ == 0 || silence > (std::max)(table_, 8 / rate);
        const double age = target_age(left, rate, silence, silent);
        if (silent) return silent_wait(age);
        return flow_wait(age, rate);
    }

    /// Until a burst whose time can be told is as old as rows may become, or even looks.
    double silent_wait(double age) const
    {
        const double even = wait_for_age(age, 0.5 * grid_.period());
        const auto burst = rhythm_.next(total_ - seen_);
        if (!burst || *burst < edge_ || carried_ > 0) return even;
        const double old = *burst + burst_age * age;
        const double due =
            grid_.has_grid() ? grid_.latest_before(old, rate_.current()) + margin : old;
        return (std::max)(even, (std::min)(due - now_, longest_silence));
    }

    /// How old rows may become: more at the end, where that makes few rows late.
    double target_age(double left, double rate, double silence, bool silent) const
    {
        const double tail = options_.tail_share * total_;
        // The last job's end is the run's.
        if (options_.expects_webhook && left <= (std::max)(1.0, tail)) return longest_silence;
        if (left > tail) return age_;
        constexpr double most = 120;
        double longest = (std::min)(most, options_.tail_growth * (now_ - begun_));
        // The last hundredth leaves the 99th percentile of the delays alone.
        if (left > std::floor(0.01 * total_)) longest = (std::min)(longest, 1.3 * age_);
        const double slower = (std::max)(1.0, mean_rate() / rate);
        const double wish = silent ? 0.5 * silence : age_ * std::sqrt(slower);
        return (std::max)(age_, (std::min)(longest, wish));
    }

    double flow_wait(double age, double rate) const
    {
        const bool grid = grid_.has_grid();
        const double period = grid ? grid_.period() : 0;
        // Rows that are read again and again fill pages too.
        if (rate * overlap_.learned() > page / 4) age = (std::max)(age, 3 * overlap_.learned());
        double at = grid ? now_ + wait_for_age(age, 0.5) : read_ + age;
        const double full = options_.full_page * page;
        if (carried_ + rate * (age + period) > full) {
            const double filled = edge_ + (std::max)(0.0, full - carried_) / rate;
            const double soon = (std::max)(filled, now_ + (grid ? 0.3 : 2 * lag_));
            at = (std::min)(at, grid ? reading_time(soon) : soon);
        }
        return (std::max)(grid ? 0.3 : 0.8, at - now_);
    }

    pacer_options options_;
    flush_grid grid_;
    page_overlap overlap_;
    arrival_rate rate_{};
    burst_rhythm rhythm_{};

    std::optional<double> ahead_{};
    double now_ = 0;
    double begun_ = 0;
    double total_ = 0;
    double table_ = 5;
    double age_ = 5;
    double finished_ = 0;
    double seen_ = 0;

    double round_trip_ = 0;
    double read_ = 0;
    double newest_ = 0;
    double edge_ = 0;
    double lag_ = 0;
    bool more_ = false;
    bool carries_ = false;
    double carried_ = 0;
    std::uint64_t fresh_ = 0;
    std::uint64_t tick_rows_ = 0;
    unsigned empty_ticks_ = 0;
};

static_assert(poll_strategy<pacer>);

}  // namespace scrapingpros::inline v0

#endif
