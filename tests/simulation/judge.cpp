#include <algorithm>
#include <chrono>
#include <string>

#include "mock_server/books/verdicts.hpp"
#include "mock_server/limits/retention.hpp"
#include "mock_server/state.hpp"
#include "mock_server/world.hpp"
#include "tests/simulation/report.hpp"

namespace simulation {
namespace {

using std::chrono::seconds;

bool mentions(const sim_case& c, std::string_view word)
{
    return std::any_of(c.faults.begin(), c.faults.end(), [&](const std::string& fault) {
        return fault.find(word) != fault.npos;
    });
}

bool has_switch(const sim_case& c, std::string_view name, std::string_view value)
{
    return scenario_of(c).contract.get(name) == value;
}

/// All that a judge looks at, and what it finds.
class court {
public:
    court(const sim_case& c, const mock::world& world, const history& past)
        : case_(c), world_(world), past_(past)
    {
    }

    std::vector<sentence> judge()
    {
        ended();
        const auto runs = world_.run_ids();
        if (runs.size() > 1)
            find(finding::double_runs, std::to_string(runs.size()) + " runs for one submit");
        if (past_.requests_after_end > 0)
            find(
                finding::wasted,
                std::to_string(past_.requests_after_end) + " requests after the end"
            );
        creates();
        if (runs.empty()) {
            for (const auto& [id, times] : past_.delivered)
                find(finding::phantom, id + " of no run");
            return std::move(found_);
        }
        const auto* run = world_.state().find_run(runs.front());
        jobs(*run);
        sums(*run);
        return std::move(found_);
    }

private:
    void find(finding what, std::string text) { found_.push_back({what, std::move(text)}); }

    bool ended_well() const { return past_.end && !*past_.end; }
    /// All is delivered or named by now.
    bool is_complete() const { return ended_well() || past_.end == sp::errc::run_stalled; }

    void ended()
    {
        if (!past_.endless.empty()) return find(finding::endless, past_.endless);
        // Servers before 2026-04-30 have no list of runs: an unanswered start stays unknown.
        const bool cannot_tell = past_.end == sp::errc::start_unknown &&
                                 scenario_of(case_).contract.predates(mock::shipped::run_list);
        if (!ended_well() && past_.end != sp::errc::run_stalled && !cannot_tell &&
            is_healthy(case_))
            find(finding::endless, "a healthy service, and the end is: " + past_.end->message());
    }

    /// A second create with another key makes a second collection.
    void creates()
    {
        const bool knows_keys = !scenario_of(case_).contract.predates(mock::shipped::run_list);
        const auto away = std::any_of(
            case_.processes.begin(),
            case_.processes.end(),
            [](const process_plan& one) { return one.away >= std::chrono::hours(20); }
        );
        if (past_.creates > 1 && knows_keys && !away && !case_.attach)
            find(finding::wasted, std::to_string(past_.creates) + " collections for one submit");
    }

    void jobs(const mock::run& run)
    {
        std::map<std::string, sp::shortfall_cause> named;
        for (const auto& one : past_.summary.left.jobs)
            named.emplace(one.id.value, one.cause);
        const auto& all = run.future.jobs();
        std::size_t known = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::string id(mock::view(all[i].id));
            const auto handed = past_.delivered.find(id);
            if (handed != past_.delivered.end()) {
                ++known;
                delivered(run, i, id, handed->second);
            } else if (is_complete() && past_.filtered.count(id) == 0) {
                const auto why = named.find(id);
                missing(run, i, id, why == named.end() ? std::nullopt : std::optional(why->second));
            }
        }
        if (known < past_.delivered.size())
            find(
                finding::phantom,
                std::to_string(past_.delivered.size() - known) +
                    " outcomes of jobs that are not there"
            );
    }

    void delivered(
        const mock::run& run,
        std::size_t index,
        const std::string& id,
        const std::vector<handed_over>& times
    )
    {
        const auto& job = run.future.jobs()[index];
        const auto safe = past_.safe.find(id);
        for (std::size_t i = 1; i < times.size(); ++i) {
            if (times[i].process == times[i - 1].process)
                find(
                    finding::duplicated,
                    id + " twice in process " + std::to_string(times[i].process)
                );
            else if (safe != past_.safe.end() && times[i].process > safe->second)
                find(finding::duplicated, id + " again after it was safe");
        }
        for (const auto& one : times) {
            if (!one.true_content)
                find(finding::wrong_body, id + " differs from what the mock has");
            // A row that is shown as ended is believed: nothing else could tell.
            if (one.at < std::min(job.ended, job.visible) && !mentions(case_, "row-changes-status"))
                find(finding::phantom, id + " before its end");
        }
        lateness(run, index, id, times.front());
    }

    void lateness(
        const mock::run& run, std::size_t index, const std::string& id, const handed_over& first
    )
    {
        if (!is_prompt()) return;
        const auto& job = run.future.jobs()[index];
        if (depths_.empty()) depths_ = depths_of(run);
        if (depths_[index] >= case_.poll.overlap) return;
        const auto readable = std::max({job.visible, job.body_at, past_.started_at});
        const auto total = run.future.jobs().size();
        const seconds table(total < 100 ? 5 : total < 500 ? 10 : total < 2000 ? 15 : 30);
        auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(table);
        if (case_.strategy == strategy_kind::fixed) interval = case_.interval;
        if (case_.strategy == strategy_kind::exponential) interval = seconds(30);
        if (case_.strategy == strategy_kind::pacer) interval = seconds(120);
        const auto pages = static_cast<std::int64_t>(total / 100 + 4);
        const auto latest = readable + 2 * interval + 4 * pages * case_.one_way + seconds(5);
        if (first.at > latest)
            find(
                finding::late,
                id + " by " +
                    std::to_string(std::chrono::duration<double>(first.at - readable).count()) +
                    " s after it could be read"
            );
    }

    /// How far behind rows that were listed before it each row lies when it is listed.
    static std::vector<mock::duration> depths_of(const mock::run& run)
    {
        const auto& all = run.future.jobs();
        std::vector<std::size_t> order(all.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return all[a].visible < all[b].visible;
        });
        std::vector<mock::duration> depths(all.size());
        mock::time_point before{}, now{};
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto& job = all[order[i]];
            if (i > 0 && job.visible > all[order[i - 1]].visible) before = now;
            now = std::max(now, mock::time_point(job.stamp));
            depths[order[i]] = before - mock::time_point(job.stamp);
        }
        return depths;
    }

    /// Whoever looks in time has it in time.
    bool is_prompt() const
    {
        return is_healthy(case_) && case_.processes.size() == 1 && case_.consumer.room == 0 &&
               case_.strategy != strategy_kind::wild && !case_.deadline &&
               case_.store_takes.count() == 0 && !case_.reads_per_minute && !case_.attach &&
               has_switch(case_, "late_rows", "off") &&
               has_switch(case_, "null_completed_at", "off") &&
               has_switch(case_, "completion_flush", "sync") &&
               has_switch(case_, "counter_steps", "monotone") && case_.shape.drain_at_end &&
               case_.shape.overrides.empty() && case_.shape.inline_miss.parts == 0 &&
               case_.shape.inline_damaged.parts == 0 && case_.shape.lost.parts == 0 &&
               case_.shape.terminal_lag.high.count() == 0;
    }

    void missing(
        const mock::run& run,
        std::size_t index,
        const std::string& id,
        std::optional<sp::shortfall_cause> why
    )
    {
        const auto& job = run.future.jobs()[index];
        const auto settled = seconds(90);
        const bool visible = job.visible <= past_.ended_at && !job.hidden;
        if (!why) {
            // Listings that leave a row out every time show nothing of it but the count.
            const bool hidden = mentions(case_, "row-disappears") || mentions(case_, "items[0]\"");
            if (hidden && ++left_unnamed_ <= past_.summary.left.unnamed) return;
            if (visible) find(finding::lost, id + " has a row, was not delivered and is not named");
            return;
        }
        if (!is_healthy(case_)) return;
        const mock::job_case of{
            run.future, *world_.seen().find_run(run.id), index, world_.made_from(), "client_test"};
        const auto at = past_.ended_at;
        const auto unjust = [&](const char* what) {
            find(
                finding::lost, id + " is called " + std::string(to_string(*why)) + ", and " + what
            );
        };
        using sp::shortfall_cause;
        switch (*why) {
        case shortfall_cause::expired:
        case shortfall_cause::lost:
            if (of.expires_at() > at) unjust("has not expired");
            break;
        case shortfall_cause::invalid: unjust("is a job of the run"); break;
        case shortfall_cause::unfinished:
            if (job.visible <= at - settled) unjust("has a row");
            break;
        case shortfall_cause::never_listed:
            if (job.visible <= at - settled) unjust("is listed");
            break;
        case shortfall_cause::pending:
        case shortfall_cause::unreadable:
        case shortfall_cause::unreachable:
            if (of.readable_at() <= at - settled && of.expires_at() > at) unjust("could be read");
            break;
        }
    }

    void sums(const mock::run& run)
    {
        if (!ended_well()) return;
        const auto& s = past_.summary;
        const auto left = s.left.jobs.size() + s.left.unnamed;
        const auto had = delivered_of(s.counts) + s.counts.filtered;
        const auto text = [&] {
            return "queued " + std::to_string(s.queued) + ", delivered " +
                   std::to_string(delivered_of(s.counts)) + ", filtered " +
                   std::to_string(s.counts.filtered) + ", left " +
                   std::to_string(s.left.jobs.size()) + " + " + std::to_string(s.left.unnamed) +
                   ", jobs of the run " + std::to_string(run.future.jobs().size());
        };
        if (s.queued != had + left) find(finding::untyped_remainder, text());
        // Servers of some ages leave the buckets out.
        const bool tells_buckets =
            !scenario_of(case_).contract.predates(mock::shipped::invalid_items) &&
            has_switch(case_, "extra_and_missing", "off") && !mentions(case_, "json-") &&
            !mentions(case_, "total");
        if (tells_buckets && s.refusals_known &&
            s.submitted != s.queued + s.blocked + s.invalid + s.duplicates)
            find(finding::untyped_remainder, "buckets do not add up: " + text());
        const bool total_known = !mentions(case_, "total") && !mentions(case_, "json-") &&
                                 has_switch(case_, "run_nulls", "off");
        if (total_known && s.queued != run.future.jobs().size())
            find(finding::untyped_remainder, "not all of the run's jobs: " + text());
        if (!case_.keeps_checkpoint || past_.processes > 1) return;
        if (past_.delivered.size() != delivered_of(s.counts))
            find(finding::untyped_remainder, "the consumer has had others: " + text());
    }

    static std::uint64_t delivered_of(const sp::settlement_counts& counts)
    {
        return sp::delivered(counts);
    }

    const sim_case& case_;
    const mock::world& world_;
    const history& past_;
    std::uint64_t left_unnamed_ = 0;
    std::vector<mock::duration> depths_{};
    std::vector<sentence> found_{};
};

}  // namespace

const char* name_of(finding what) noexcept
{
    switch (what) {
    case finding::lost: return "lost";
    case finding::duplicated: return "duplicated";
    case finding::double_runs: return "double runs";
    case finding::untyped_remainder: return "untyped remainders";
    case finding::endless: return "endless";
    case finding::late: return "late";
    case finding::phantom: return "phantom";
    case finding::wrong_body: return "wrong bodies";
    case finding::wasted: return "wasted";
    }
    return "";
}

bool is_healthy(const sim_case& c)
{
    const bool limited = c.enforce_limits && (c.reads_per_minute || c.writes_per_minute ||
                                              c.limits.in_flight || c.limits.token_burst);
    return c.faults.empty() && !limited && !c.credits && c.retention.unclassified == 0 &&
           !c.call_timeout && c.failing_write == 0 && c.keeps_checkpoint &&
           c.poll.result_attempts >= 3 && c.retry_tokens >= 50 && c.jobs > 0 &&
           has_switch(c, "max_body_bytes", "off") &&
           has_switch(c, "all_items_refused", "create_empty");
}

std::vector<sentence> judge(const sim_case& c, const mock::world& world, const history& past)
{
    return court(c, world, past).judge();
}

}  // namespace simulation
