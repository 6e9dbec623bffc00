#ifndef SCRAPINGPROS_POLICY_ACCOUNT_BUDGET_HPP
#define SCRAPINGPROS_POLICY_ACCOUNT_BUDGET_HPP

#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/policy/limit_estimate.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace scrapingpros::inline v0 {

/// What a governor is told beforehand. Nothing need be.
struct governor_options {
    /// Requests a minute at most, more than 0; empty: learned from headers and refusals.
    std::optional<double> reads_per_minute{};
    std::optional<double> writes_per_minute{};
    /// Clients that are to differ in their jitter though they share a clock differ in this.
    std::uint64_t seed = 0;
};

/** The limits of one account, and who of those that share them goes next: what is behind a `governor`,
    without clock and lock. What it promises is said there.
*/
class account_budget {
public:
    explicit account_budget(const governor_options& options = {})
        : reads_(options.reads_per_minute), writes_(options.writes_per_minute),
          chance_(options.seed)
    {
    }

    rate_answer admit(instant now, const rate_request& wanted)
    {
        return wanted.bucket == rate_bucket::writes ? admit_write(now) : admit_read(now, wanted);
    }

    /// Takes a token at once, to be used at the time returned.
    instant reserve(instant now, rate_bucket bucket)
    {
        auto& limit = of(bucket);
        const instant when = limit.next(now);
        limit.on_sent(when);
        return when;
    }

    void on_answer(std::optional<instant> now, rate_bucket bucket)
    {
        if (now && bucket == rate_bucket::writes) quota_refusals_ = 0;
        of(bucket).on_answer(now);
    }
    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> retry_after)
    {
        of(bucket).on_refused(now, retry_after, unit(now));
    }
    void on_limits(instant now, rate_bucket bucket, const account_limits& limits)
    {
        of(bucket).on_told(now, limits);
    }
    /// Writes wait for as long as is asked for, or a minute, doubled each time; a quarter of an hour at
    /// most.
    void on_quota(instant now, std::optional<milliseconds> retry_after)
    {
        const milliseconds usual =
            std::chrono::minutes(1) * (1u << (std::min)(quota_refusals_, 6u));
        const auto wait = retry_after && retry_after->count() > 0 ? *retry_after : usual;
        ++quota_refusals_;
        const milliseconds most = std::chrono::minutes(15);
        writes_shut_until_ = (std::max)(writes_shut_until_, now + (std::min)(wait, most));
    }

    /// A place for a run; more than 0.
    std::uint64_t open_place()
    {
        places_[++last_place_];
        return last_place_;
    }
    void close_place(std::uint64_t id) { places_.erase(id); }
    void tell(std::uint64_t id, const run_needs& needs) { places_[id].needs = needs; }

    budget_view look(instant now, std::uint64_t id)
    {
        hear(places_[id], now);
        budget_view seen;
        seen.per_minute = reads_.per_minute();
        seen.told = reads_.is_given();
        seen.usable = reads_.usable(now);
        seen.next_opening = reads_.next(now);
        seen.runs = 0;
        for (const auto& [other, each] : places_) {
            if (other == 0 || now - each.heard > std::chrono::minutes(15)) continue;
            ++seen.runs;
            seen.results_waiting += each.needs.results_waiting;
        }
        return seen;
    }

    const limit_estimate& limit(rate_bucket bucket) const
    {
        return bucket == rate_bucket::writes ? writes_ : reads_;
    }

private:
    /// A request that waits, until it is taken for gone.
    struct waiting {
        instant since{};
        instant gone_at{};
        bool is_live(instant now) const { return now < gone_at; }
    };

    /// What is known of a run.
    struct place {
        instant begun{};
        instant heard{};
        /// When its pages of the last minute began.
        std::deque<instant> pages{};
        waiting page{};
        waiting result{};
        instant last_result{};
        run_needs needs{};
    };

    limit_estimate& of(rate_bucket bucket)
    {
        return bucket == rate_bucket::writes ? writes_ : reads_;
    }

    static void hear(place& whose, instant now)
    {
        if (whose.begun == instant()) whose.begun = now;
        whose.heard = now;
    }

    rate_answer admit_write(instant now)
    {
        const instant when = (std::max)(writes_.next(now), writes_shut_until_);
        if (when > now) return {when, false};
        // One goes ahead, to see; the others wait for what it brings.
        if (quota_refusals_ > 0) writes_shut_until_ = now + std::chrono::minutes(1);
        writes_.on_sent(now);
        return {now, true};
    }

    rate_answer admit_read(instant now, const rate_request& wanted)
    {
        // A lane that is closed is nobody's any more.
        auto& mine = places_[places_.count(wanted.lane) ? wanted.lane : 0];
        hear(mine, now);
        const bool is_page = wanted.rank == request_rank::page;
        auto& line = is_page ? mine.page : mine.result;
        if (!line.is_live(now)) line.since = now;
        const milliseconds pause(is_page ? 50 : 500);
        instant again = reads_.next(now);
        if (again <= now) {
            if (has_turn(now, wanted, mine)) {
                reads_.on_sent(now);
                line.gone_at = now;
                if (is_page)
                    mine.pages.push_back(now);
                else
                    mine.last_result = now;
                return {now, true};
            }
            again = now + pause;
        }
        const double spread = static_cast<double>(pause.count()) * unit(now);
        again += milliseconds(1 + static_cast<milliseconds::rep>(spread));
        line.gone_at = again + std::chrono::seconds(1);
        return {again, false};
    }

    /// Whether there is a token for it when those that go before have got theirs.
    bool has_turn(instant now, const rate_request& wanted, const place& mine)
    {
        if (!reads_.per_minute()) return true;
        const bool is_page = wanted.rank == request_rank::page;
        const bool hurries = is_page || now - mine.result.since > std::chrono::minutes(2);
        const instant since = is_page ? mine.page.since : mine.result.since;
        double before = hurries ? 0 : reserved(now);
        for (const auto& [id, other] : places_) {
            const bool page_waits = other.page.is_live(now);
            if (hurries) {
                before += page_waits && id != wanted.lane && other.page.since < since;
                continue;
            }
            before += page_waits;
            if (id != wanted.lane && other.result.is_live(now))
                before += other.last_result < mine.last_result;
        }
        return reads_.usable(now) >= before + 1;
    }

    double pages_per_second(instant now)
    {
        constexpr auto minute = std::chrono::minutes(1);
        double all = 0;
        for (auto& [id, each] : places_) {
            while (!each.pages.empty() && each.pages.front() + minute <= now)
                each.pages.pop_front();
            const auto over =
                std::clamp<instant::duration>(now - each.begun, std::chrono::seconds(5), minute);
            const double usual = static_cast<double>(each.pages.size()) /
                                 std::chrono::duration<double>(over).count();
            all += each.needs.pages_ahead ? *each.needs.pages_ahead / 60 : usual;
        }
        return all;
    }

    /// What pages will want before as much comes back.
    double reserved(instant now)
    {
        const double rate = pages_per_second(now);
        double most = 0;
        for (int later = 1; later < 60; later += 2)
            most = (std::max)(most, rate * later - reads_.returning(now, later));
        return most;
    }

    /// Even, from 0 to 1.
    double unit(instant now)
    {
        chance_ += static_cast<std::uint64_t>(now.time_since_epoch().count()) + 0x9e3779b97f4a7c15u;
        std::uint64_t z = chance_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return static_cast<double>((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
    }

    limit_estimate reads_;
    limit_estimate writes_;
    /// 0 is for requests without a lane.
    std::map<std::uint64_t, place> places_{};
    std::uint64_t last_place_ = 0;
    instant writes_shut_until_{};
    unsigned quota_refusals_ = 0;
    std::uint64_t chance_;
};

}  // namespace scrapingpros::inline v0

#endif
