#include "books/verdicts.hpp"

#include <algorithm>
#include <string_view>

#include "limits/retention.hpp"
#include "rows/job_json.hpp"
#include "scenario/json_in.hpp"
#include "state.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::array<const char*, verdict_count> verdict_names{
    "pending", "delivered_once", "duplicated", "late", "lost", "expired_unread", "phantom"};

job_verdict by_wire(const job_case& of)
{
    const job_ledger& seen = of.seen();
    if (is_completed(of.job().ends)) {
        const time_point first = seen.first_result();
        job_verdict made{{}, seen.delivered + seen.fetched, {}};
        if (made.times > 0) made.first = first;
        return made;
    }
    // The row is all there is; a body that the result route gives besides repeats it.
    if (seen.listed > 0) return {{}, seen.listed, seen.first_listed};
    if (seen.fetched > 0) return {{}, seen.fetched, seen.first_fetched};
    return {};
}

job_verdict by_client(const job_case& of)
{
    if (of.book.reported.empty()) return {};
    const reported_job& said = of.book.reported[of.index];
    if (said.times == 0) return {};
    return {{}, said.times, said.first};
}

duration percentile(const std::vector<duration>& sorted, std::size_t percent)
{
    const std::size_t rank = (sorted.size() * percent + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

/// Adds up what a summary says of jobs and runs.
class summing {
public:
    summing(const world_state& world, const judgement& how, time_point now)
        : world_(world), how_(how), now_(now)
    {
    }

    void add(std::string_view name, const account_ledger& book)
    {
        for (std::size_t i = 0; i < request_class_count; ++i)
            sum_.by_class[i] += book.by_class[i];
        sum_.floor += book.collections_created + book.runs.size();
        sum_.credits_charged += book.credits_charged;
        const auto account = world_.accounts.find(name);
        if (account == world_.accounts.end()) return;
        for (const run_ledger& each : book.runs)
            add_run(account->second.runs.at(each.id), each, name);
    }

    book_summary take()
    {
        sum_.since_visible = figures_of(std::move(since_visible_));
        sum_.since_finished = figures_of(std::move(since_finished_));
        sum_.completion = figures_of(std::move(completion_));
        std::uint64_t total = 0;
        for (const std::uint64_t each : sum_.by_class)
            total += each;
        sum_.overhead = static_cast<std::int64_t>(total) - static_cast<std::int64_t>(sum_.floor);
        return sum_;
    }

private:
    void add_run(const run& which, const run_ledger& book, std::string_view account)
    {
        static constexpr std::size_t page = 100;
        std::size_t rows = 0;
        for (std::size_t i = 0; i < book.jobs.size(); ++i) {
            add_job({which.future, book, i, world_.from, account});
            if (which.future.jobs()[i].visible == job_future::never) continue;
            ++rows;
            if (needs_own_request(world_, which, i)) ++sum_.floor;
        }
        sum_.floor += (rows + page - 1) / page;
        if (book.end_shown)
            completion_.push_back(std::max(duration{0}, *book.end_shown - which.future.terminal()));
    }

    void add_job(const job_case& of)
    {
        const job_verdict found = judge_job(of, how_, now_);
        const item& wanted = of.run.items()[of.index];
        ++sum_.jobs;
        sum_.came_late += of.seen().came_late;
        if (wanted.proxy) ++sum_.proxied;
        if (found.is) ++sum_.verdicts[static_cast<std::size_t>(*found.is)];
        if (of.finished_at() > now_) return;
        ++sum_.finished;
        if (of.job().ends != outcome::ok) sum_.credits_refunded += wanted.credits();
        if (!found.first || found.is == verdict::phantom) return;
        since_visible_.push_back(std::max(duration{0}, *found.first - of.job().visible));
        since_finished_.push_back(*found.first - of.finished_at());
    }

    const world_state& world_;
    const judgement how_;
    const time_point now_;
    book_summary sum_;
    std::vector<duration> since_visible_, since_finished_, completion_;
};

}  // namespace

const char* name_of(verdict is) noexcept
{
    return verdict_names[static_cast<std::size_t>(is)];
}

judgement read_judgement(const value_in& value)
{
    static constexpr std::array<std::string_view, 2> judges{"wire", "client"};
    object_in in{value};
    judgement made;
    if (const auto judge = in.find("judge")) made.by = static_cast<witness>(judge->word(judges));
    if (const auto late = in.find("late_after")) made.late_after = late->time();
    in.finish();
    return made;
}

time_point job_case::finished_at() const noexcept
{
    // A job that a cancelled run gives up has a row, but no end of its own.
    return std::min(job().ended, job().visible);
}

time_point job_case::readable_at() const noexcept
{
    if (!is_completed(job().ends)) return job().visible;
    return std::max(job().visible, job().body_at);
}

time_point job_case::expires_at() const
{
    if (!is_completed(job().ends) || job().ended == job_future::never) return job_future::never;
    const duration life = content_life(from, account, run.items()[index]);
    return std::min(job().lost_at, time_point{job().stamp} + life);
}

job_verdict judge_job(const job_case& of, const judgement& how, time_point now)
{
    job_verdict found = how.by == witness::wire ? by_wire(of) : by_client(of);
    const time_point finished = of.finished_at();
    if (found.times > 0) {
        const duration delay = std::max(duration{0}, *found.first - of.readable_at());
        if (*found.first < finished)
            found.is = verdict::phantom;
        else if (found.times > 1)
            found.is = verdict::duplicated;
        else
            found.is =
                how.late_after && delay > *how.late_after ? verdict::late : verdict::delivered_once;
        return found;
    }
    if (now < finished) return found;
    if (now < of.readable_at())
        found.is = verdict::pending;
    else if (now >= of.expires_at() && by_wire(of).times == 0)
        found.is = verdict::expired_unread;
    else
        found.is = verdict::lost;
    return found;
}

delay_figures figures_of(std::vector<duration> delays)
{
    delay_figures made;
    if (delays.empty()) return made;
    std::sort(delays.begin(), delays.end());
    duration sum{0};
    for (const duration each : delays)
        sum += each;
    made.count = delays.size();
    made.mean = sum / static_cast<duration::rep>(delays.size());
    made.p50 = percentile(delays, 50);
    made.p95 = percentile(delays, 95);
    made.p99 = percentile(delays, 99);
    made.max = delays.back();
    return made;
}

bool needs_own_request(const world_state& world, const run& which, std::size_t index)
{
    const switches& contract = world.contract();
    const job_source of{world.from, which.future, index};
    if (!is_completed(of.job().ends)) return false;
    if (contract.predates(shipped::inline_results) || of.job().inline_miss) return true;
    if (contract.inline_cap_measure == choice::inline_cap_measure::body_bytes)
        return body_size(of) > contract.inline_cap_bytes;
    // A drawn body takes six bytes for one at the most, and the members around it little.
    static constexpr std::size_t around = 16u << 10;
    const bool drawn = of.target() == nullptr && !of.job().from_folder;
    const std::size_t most =
        std::size_t{of.job().body_bytes} * 6 + around + of.wanted().url.size() * 6;
    if (drawn && of.wanted().extract.empty() && most <= contract.inline_cap_bytes) return false;
    const auto whole = result_json(of);
    return whole && whole->size() > contract.inline_cap_bytes;
}

book_summary summarize(
    const world_state& world, const judgement& how, time_point now, std::string_view account
)
{
    summing sum{world, how, now};
    for (const auto& [name, book] : world.seen.accounts())
        if (account.empty() || account == name) sum.add(name, book);
    book_summary made = sum.take();
    if (how.by == witness::client)
        made.verdicts[static_cast<std::size_t>(verdict::phantom)] += world.seen.unknown_reports;
    made.totals = world.seen.summary();
    return made;
}

}  // namespace scrapingpros_mock
