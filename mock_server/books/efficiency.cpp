#include "books/efficiency.hpp"

#include <algorithm>
#include <utility>

#include "books/frontier.hpp"
#include "json_out.hpp"
#include "state.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

std::uint64_t thousandths(std::uint64_t polls, std::uint64_t fewest)
{
    return fewest == 0 ? 0 : polls * 1000 / fewest;
}

run_efficiency::bound compare(
    const std::vector<time_point>& visible,
    std::size_t page,
    duration total,
    const run_efficiency& client
)
{
    const frontier best{visible, page};
    run_efficiency::bound made;
    made.page = page;
    if (visible.empty()) return made;
    const auto rows = static_cast<duration::rep>(visible.size());
    made.polls = best.polls_for_total(total);
    made.polls_for_max = best.polls_for_max(client.delay.max);
    made.mean = best.total_for_polls(client.polls()) / rows;
    made.score = thousandths(client.polls(), made.polls);
    return made;
}

void write_score(json_writer& out, std::uint64_t score)
{
    out.raw_member("score", decimal_seconds(std::chrono::milliseconds{score}));
}

void write_run(json_writer& out, const run_efficiency& what)
{
    out.begin_object().member("run_id", what.run_id).member("rows", what.rows);
    out.member("listed", what.listed).member("polls", what.polls());
    out.member("status_reads", what.status_reads).member("listings", what.listings).key("delay");
    write_figures(out, what.delay);
    out.key("frontier").begin_array();
    for (const run_efficiency::bound& each : what.bounds) {
        out.begin_object().member("page", each.page).member("polls_at_own_mean", each.polls);
        out.raw_member("mean_at_own_polls", decimal_seconds(each.mean));
        out.member("polls_at_own_max", each.polls_for_max);
        write_score(out, each.score);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace

run_efficiency efficiency_of(const run& which, const run_ledger& book, time_point now)
{
    run_efficiency made;
    made.run_id = book.id;
    made.status_reads = book.status_reads;
    made.listings = book.listings;
    std::vector<time_point> visible;
    std::vector<duration> delays;
    duration total{0};
    for (std::size_t i = 0; i < book.jobs.size(); ++i) {
        const time_point from = which.future.jobs()[i].visible;
        if (from > now) continue;
        ++made.rows;
        if (book.jobs[i].listed == 0) continue;
        visible.push_back(from);
        delays.push_back(std::max(duration{0}, book.jobs[i].first_listed - from));
        total += delays.back();
    }
    made.listed = visible.size();
    made.delay = figures_of(std::move(delays));
    made.bounds = {compare(visible, 100, total, made), compare(visible, 1000, total, made)};
    return made;
}

std::string efficiency_json(const world_state& world, time_point now, std::string_view account)
{
    json_writer out;
    std::uint64_t polls = 0;
    std::uint64_t fewest = 0;
    out.begin_object().key("runs").begin_array();
    for (const auto& [name, book] : world.seen.accounts()) {
        const auto owner = world.accounts.find(name);
        if (owner == world.accounts.end() || (!account.empty() && account != name)) continue;
        for (const run_ledger& each : book.runs) {
            const run_efficiency found = efficiency_of(owner->second.runs.at(each.id), each, now);
            polls += found.polls();
            fewest += found.bounds.front().polls;
            write_run(out, found);
        }
    }
    out.end_array().member("polls", polls).member("frontier_polls", fewest);
    write_score(out, thousandths(polls, fewest));
    return out.end_object().take();
}

}  // namespace scrapingpros_mock
