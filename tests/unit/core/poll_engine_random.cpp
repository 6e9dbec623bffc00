// Runs drawn from a seed, read by strategies that answer anything: nothing is lost, nothing comes
// twice, and reads have their pause.
#include <scrapingpros/core/poll_engine.hpp>
#include <scrapingpros/policy/pacer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/dice.hpp"
#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

/// Answers at random, or the same nonsense again and again.
struct hostile_strategy {
    enum class kind {
        anything,
        never,
        always_pages,
        always_status,
        contradictory,
        turns,
        official,
        paced
    };

    kind is = kind::anything;
    dice random{1};
    unsigned asked = 0;
    pacer paced{};

    poll_decision first(const poll_view& seen)
    {
        return is == kind::paced ? paced.first(seen) : decide(seen);
    }
    poll_decision after_page(const poll_view& seen)
    {
        return is == kind::paced ? paced.after_page(seen) : decide(seen);
    }
    poll_decision after_tick(const poll_view& seen)
    {
        return is == kind::paced ? paced.after_tick(seen) : decide(seen);
    }

private:
    poll_decision decide(const poll_view& seen)
    {
        ++asked;
        const auto read = [&](instant when, read_kind what) {
            return poll_decision{.when = when, .what = what};
        };
        switch (is) {
        case kind::never: return read(instant::max(), read_kind::nothing);
        case kind::always_pages: return read(instant::min(), read_kind::inline_page);
        case kind::always_status: return read(instant::min(), read_kind::status);
        case kind::contradictory: return contradict();
        case kind::turns:
            return read(seen.now + 5s, asked % 2 ? read_kind::inline_page : read_kind::status);
        case kind::official: return status_every(5s).after_tick(seen);
        case kind::paced:
        case kind::anything: break;
        }
        constexpr read_kind kinds[] = {
            read_kind::nothing,
            read_kind::status,
            read_kind::inline_page,
            read_kind::metadata_page};
        poll_decision any;
        const instant moments[] = {
            instant::min(), instant(), seen.now, seen.now + random.up_to(30s), instant::max()};
        any.when = moments[random.below(5)];
        any.what = kinds[random.below(4)];
        any.more = random.one_in(2) ? page_flow::carry : page_flow::continue_;
        if (random.one_in(3)) any.overlap = random.up_to(60s) - 5s;
        return any;
    }

    /// A page that is not to be read, of which the rest is carried for ever, from before all time.
    poll_decision contradict() const
    {
        const bool odd = asked % 2 != 0;
        return {
            .when = odd ? instant::max() : instant::min(),
            .what = odd ? read_kind::inline_page : read_kind::nothing,
            .more = page_flow::carry,
            .overlap = odd ? milliseconds::max() : milliseconds::min()};
    }
};

/// One job: when it ended, when its row can be listed, when its result can be had.
struct job_of_world {
    listed_job row{};
    milliseconds ended{};
    milliseconds listed{};
    milliseconds written{};
    /// What every read of its result comes to; empty if it can be had.
    std::optional<errc> gone{};
};

/// A run whose rows come late, in bursts and behind the mark, on a server that fails.
class random_world {
public:
    explicit random_world(dice& random) : random_(random)
    {
        const auto jobs = 1 + random_.below(random_.one_in(10) ? 500 : 60);
        const auto length = 1s + random_.up_to(1min);
        const auto late_in = 2 + random_.below(40);
        const bool tied = random_.one_in(3);
        const auto skew = random_.one_in(3) ? 2000ms : 0ms;
        for (std::uint64_t i = 0; i < jobs; ++i)
            jobs_.push_back(draw(i, length, late_in, tied, skew));
        std::ranges::stable_sort(jobs_, {}, &job_of_world::listed);
        for (const auto& j : jobs_) {
            rows_.push_back(j.row);
            end_ = std::max(end_, j.ended);
        }
        end_ += random_.up_to(1500ms);
        counted_too_high_ = random_.one_in(10);
        fails_one_in_ = random_.one_in(2) ? 1'000'000 : 4 + random_.below(30);
    }

    const std::vector<job_of_world>& jobs() const { return jobs_; }
    std::uint64_t total() const { return jobs_.size() + (counted_too_high_ ? 1 : 0); }

    /// The answer as of now, perhaps cut off.
    std::vector<reply> replies_to(const call& asked, milliseconds now)
    {
        if (random_.one_in(fails_one_in_)) return {failure()};
        if (std::holds_alternative<list_runs>(asked)) return {run_list{{as_of(now)}, {}, 0}};
        if (std::holds_alternative<get_run>(asked)) {
            auto whole = as_of(now);
            for (const auto& j : jobs_)
                whole.job_ids.push_back(j.row.job.id);
            return {whole};
        }
        if (const auto* a = std::get_if<get_result>(&asked)) return {result(a->job, now)};
        return page(std::get<list_jobs>(asked), now);
    }

private:
    job_of_world draw(
        std::uint64_t i, milliseconds length, std::uint64_t late_in, bool tied, milliseconds skew
    )
    {
        job_of_world made;
        made.ended = random_.up_to(length);
        if (tied) made.ended = std::chrono::floor<std::chrono::seconds>(made.ended);
        made.listed = std::chrono::ceil<std::chrono::seconds>(made.ended / 5) * 5;
        if (random_.one_in(late_in)) made.listed += random_.up_to(20s);
        made.written = random_.one_in(20) ? made.listed + random_.up_to(3s) : made.ended;
        job_builder row(random_.one_in(2) ? "job " + std::to_string(i) : uuid(i));
        row.completed_after(made.ended + random_.up_to(2 * skew) - skew);
        if (random_.one_in(50)) row.without_stamps();
        if (random_.one_in(30)) {
            row.failed();
        } else if (random_.one_in(30)) {
            row.timed_out();
        } else {
            const bool missing = random_.one_in(20);
            if (!missing) row.with_body("<html>");
            if (random_.one_in(60)) row.without_body(inline_state::unreadable);
            if (missing && random_.one_in(5))
                made.gone = random_.pick<errc>(
                    {errc::result_expired, errc::result_lost, errc::job_id_invalid}
                );
        }
        made.row = row;
        return made;
    }

    static std::string uuid(std::uint64_t i)
    {
        const auto digits = std::to_string(100'000'000'000 + i);
        return "0f2c5c8e-1f6b-4b44-9a40-" + digits;
    }

    run as_of(milliseconds now) const
    {
        const auto done = static_cast<std::uint64_t>(
            std::ranges::count_if(jobs_, [&](const auto& j) { return j.ended <= now; })
        );
        auto r = a_run().of(total()).finished(done);
        if (now >= end_) r.completed(total());
        return r;
    }

    core::exchange_failure failure()
    {
        const auto ec = random_.pick<errc>(
            {errc::server_error,
             errc::throttled,
             errc::incomplete_body,
             errc::malformed_response,
             errc::silence_timeout,
             errc::retry_budget_exhausted}
        );
        std::optional<milliseconds> wanted;
        if (random_.one_in(3)) wanted = random_.up_to(5s);
        return {ec, wanted, random_.below(1'000'000)};
    }

    reply result(const job_id& id, milliseconds now)
    {
        for (const auto& j : jobs_) {
            if (j.row.job.id != id) continue;
            if (j.gone) return core::exchange_failure{*j.gone, {}, 0};
            if (j.written > now) return core::exchange_failure{errc::result_pending, {}, 0};
            return a_result("<html>");
        }
        return core::exchange_failure{errc::job_id_invalid, {}, 0};
    }

    std::vector<reply> page(const list_jobs& ask, milliseconds now)
    {
        const auto listed = std::ranges::upper_bound(jobs_, now, {}, &job_of_world::listed);
        const auto visible = static_cast<std::size_t>(listed - jobs_.begin());
        const auto found = page_of(std::span(rows_).first(visible), ask);
        if (!found) return {core::exchange_failure{errc::bad_request, {}, 0}};
        std::vector<reply> all;
        for (const auto& row : found->rows)
            all.push_back(std::get<listed_job>(row));
        if (random_.one_in(fails_one_in_)) {
            all.resize(random_.below(all.size() + 1));
            all.push_back(failure());
        } else {
            all.push_back(found->end);
        }
        return all;
    }

    dice& random_;
    /// In the order in which they can be listed.
    std::vector<job_of_world> jobs_{};
    std::vector<listed_job> rows_{};
    milliseconds end_{};
    bool counted_too_high_ = false;
    std::uint64_t fails_one_in_ = 1;
};

/// Drives an engine through a world; notes whatever is against the rules.
class random_play {
public:
    random_play(std::uint64_t seed, hostile_strategy::kind kind)
        : random_(seed), world_(random_), kind_(kind)
    {
        begin_ = a_running_batch();
        if (random_.one_in(2)) begin_.total = world_.total();
        slow_consumer_ = random_.one_in(4);
        restarts_ = random_.one_in(3) ? 1 + random_.below(3) : 0;
        options_.result_attempts = 12;
        options_.parallel_results = 1 + static_cast<unsigned>(random_.below(8));
    }

    std::string problem()
    {
        start();
        for (int steps = 0; steps < 400'000; ++steps) {
            if (!problem_.empty()) return problem_;
            if (restarts_ > 0 && random_.one_in(200)) {
                --restarts_;
                start();
            }
            if (!take_step()) return conclude();
        }
        return "goes on for ever";
    }

private:
    struct under_way {
        sp::instant when{};
        ticket id{};
        call asked{};
        std::vector<reply> pieces{};
        std::size_t next = 0;
    };

    milliseconds elapsed() const { return std::chrono::floor<milliseconds>(now_ - script_start); }

    void start()
    {
        const auto setup =
            polls(hostile_strategy{kind_, dice(random_.below(1000))}, begin_, options_);
        engine_.emplace(setup.make(begin_));
        if (!slow_consumer_) engine_->on_demand(1'000'000);
        unacknowledged_.clear();
        // What was acknowledged and not appended yet comes again.
        std::erase_if(acknowledged_, [&](const std::string& id) {
            return !begin_.settled.contains({id});
        });
        pending_.clear();
        last_read_.reset();
        unseen_before_ = 0;
        delivered_here_.clear();
    }

    /// False at the end.
    bool take_step()
    {
        const auto what = engine_->next(script_clock().at(now_));
        if (const auto* e = std::get_if<core::exchange>(&what)) {
            send(*e);
        } else if (const auto* d = std::get_if<core::deliver>(&what)) {
            receive(d->item);
        } else if (const auto* s = std::get_if<core::append>(&what)) {
            apply(begin_, s->step);
            engine_->on_saved({});
        } else if (const auto* f = std::get_if<core::finish>(&what)) {
            if (acknowledge_all()) return true;
            end_ = f->ec;
            return false;
        } else {
            wait(what);
        }
        return true;
    }

    void send(const core::exchange& e)
    {
        pending_.push_back({.when = now_ + random_.up_to(300ms), .id = e.id, .asked = e.what});
        if (std::holds_alternative<get_result>(e.what)) {
            const auto fetching = std::ranges::count_if(pending_, [](const under_way& p) {
                return std::holds_alternative<get_result>(p.asked);
            });
            if (static_cast<unsigned>(fetching) > options_.parallel_results)
                problem_ = "too many results at once";
            return;
        }
        ++reads_;
        const auto stats = engine_->stats();
        const auto unseen = stats.rows - stats.rows_repeated;
        const auto* page = std::get_if<list_jobs>(&e.what);
        const bool by_id = page && page->order_by == job_order::id;
        // The next page of a pass, and what closes a run, follow at once.
        const bool goes_on = by_id || follows_all_rows_ || (page && page->cursor);
        const bool same_kind = last_read_ && last_read_->asked.index() == e.what.index();
        if (same_kind && !goes_on && unseen == unseen_before_ &&
            now_ - last_read_->when < options_.shortest_pause)
            problem_ = "no pause between two reads";
        follows_all_rows_ = by_id;
        unseen_before_ = unseen;
        last_read_ = under_way{.when = now_, .asked = e.what};
    }

    void receive(const job_outcome& item)
    {
        const auto& id = item.job.id.value;
        if (!delivered_here_.insert(id).second) problem_ = "delivered twice: " + id;
        if (acknowledged_.count(id)) problem_ = "acknowledged, and delivered again: " + id;
        if (item.job.status == job_status::completed && !item.result) problem_ = "no result: " + id;
        unacknowledged_.push_back(id);
        if (random_.one_in(3)) acknowledge_all();
    }

    bool acknowledge_all()
    {
        const bool any = !unacknowledged_.empty();
        for (const auto& id : unacknowledged_) {
            engine_->acknowledge({id});
            acknowledged_.insert(id);
        }
        unacknowledged_.clear();
        return any;
    }

    /// Whatever comes first: a piece of an answer, demand, or the end of the wait.
    void wait(const action& what)
    {
        auto first = pending_.end();
        for (auto at = pending_.begin(); at != pending_.end(); ++at)
            if (may_go_on(*at) && (first == pending_.end() || at->when < first->when)) first = at;
        const auto* until = std::get_if<core::wait_until>(&what);
        if (slow_consumer_ && (first == pending_.end() || random_.one_in(20))) {
            now_ += random_.up_to(500ms);
            acknowledge_all();
            engine_->on_demand(1 + random_.below(20));
            return;
        }
        if (until && (first == pending_.end() || until->when < first->when)) {
            now_ = std::max(now_, until->when);
        } else if (first == pending_.end()) {
            problem_ = "waits for an event that never comes";
        } else {
            now_ = std::max(now_, first->when);
            answer(first);
        }
    }

    bool may_go_on(const under_way& p) const
    {
        return !std::holds_alternative<list_jobs>(p.asked) || engine_->takes_rows();
    }

    void answer(std::vector<under_way>::iterator at)
    {
        if (at->pieces.empty()) at->pieces = world_.replies_to(at->asked, elapsed());
        const auto id = at->id;
        const auto piece = at->pieces[at->next++];
        if (at->next == at->pieces.size()) pending_.erase(at);
        engine_->on_reply(script_clock().at(now_), id, piece);
    }

    std::string conclude() const
    {
        if (!problem_.empty()) return problem_;
        if (end_) return "ends with: " + end_.message();
        std::map<std::string, shortfall_cause> left;
        const auto remainder = engine_->left();
        for (const auto& one : remainder.jobs)
            if (!left.emplace(one.id.value, one.cause).second) return "left twice: " + one.id.value;
        for (const auto& j : world_.jobs()) {
            const auto& id = j.row.job.id.value;
            const bool is_left = left.erase(id) > 0;
            if (is_left == (acknowledged_.count(id) != 0)) return "lost, or both: " + id;
            if (is_left != j.gone.has_value()) return "left although it can be had: " + id;
        }
        if (!left.empty()) return "left, and never there: " + left.begin()->first;
        const auto unnamed = world_.total() - world_.jobs().size();
        if (remainder.unnamed != unnamed) return "unnamed: " + std::to_string(remainder.unnamed);
        const auto most =
            static_cast<std::uint64_t>(elapsed() / 100ms) + 4 * world_.jobs().size() + 100;
        if (reads_ > most) return std::to_string(reads_) + " reads";
        return {};
    }

    dice random_;
    random_world world_;
    hostile_strategy::kind kind_;
    checkpoint begin_{};
    poll_options options_{};
    bool slow_consumer_ = false;
    std::uint64_t restarts_ = 0;

    std::optional<any_engine> engine_{};
    sp::instant now_ = script_start;
    std::vector<under_way> pending_{};
    std::optional<under_way> last_read_{};
    std::uint64_t unseen_before_ = 0;
    bool follows_all_rows_ = false;
    std::set<std::string> delivered_here_{};
    std::set<std::string> acknowledged_{};
    std::vector<std::string> unacknowledged_{};
    std::uint64_t reads_ = 0;
    error_code end_{};
    std::string problem_{};
};

/// 60, or what POLL_ENGINE_SEEDS says.
std::uint64_t last_seed()
{
    const char* wanted = std::getenv("POLL_ENGINE_SEEDS");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 60;
}

void check_all_seeds(hostile_strategy::kind kind)
{
    for (std::uint64_t seed = 1; seed <= last_seed(); ++seed) {
        CAPTURE(seed);
        CHECK_EQ(random_play(seed, kind).problem(), "");
    }
}

}  // namespace

// Whatever the server does: nothing is lost, nothing comes twice, and reads have their pause.
TEST_SUITE("core.poll_engine.random")
{
    using kind = hostile_strategy::kind;

    TEST_CASE("runs read by a strategy that answers at random")
    {
        check_all_seeds(kind::anything);
    }
    TEST_CASE("runs read by a strategy that never wants to look")
    {
        check_all_seeds(kind::never);
    }
    TEST_CASE("runs read by a strategy that wants pages, always and at once")
    {
        check_all_seeds(kind::always_pages);
    }
    TEST_CASE("runs read by a strategy that wants the state, always and at once")
    {
        check_all_seeds(kind::always_status);
    }
    TEST_CASE("runs read by a strategy that contradicts itself")
    {
        check_all_seeds(kind::contradictory);
    }
    TEST_CASE("runs read by a pacer")
    {
        check_all_seeds(kind::paced);
    }
    TEST_CASE("runs read by a strategy that takes turns")
    {
        check_all_seeds(kind::turns);
    }
    TEST_CASE("runs read in the way of the official client")
    {
        check_all_seeds(kind::official);
    }
}
