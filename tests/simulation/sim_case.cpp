// How a case is drawn, narrowed and described: three views of the same members, kept side by side.
#include "tests/simulation/sim_case.hpp"

#include <algorithm>
#include <array>

#include "mock_server/faults/faults.hpp"
#include "tests/simulation/chance.hpp"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::size_t draw_jobs(chance& draw)
{
    switch (draw.below(40)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return draw.between(1000, 2500);
    case 3:
    case 4: return draw.between(300, 700);
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10: return draw.between(95, 300);
    default: return draw.between(2, 90);
    }
}

void draw_switches(chance draw, sim_case& made)
{
    const auto kind = draw.below(12);
    if (kind < 2) made.profile = "adversarial";
    if (kind == 2) made.profile = "y2026_04_06";
    const std::uint64_t share = kind < 5 ? 0 : kind < 9 ? 6 : 30;
    for (const auto& each : mock::known_switches()) {
        // The rates are drawn with the limits, and a run that ends by itself is a fault here.
        const bool elsewhere = each.name == "read_per_minute" || each.name == "write_per_minute";
        const auto& value = draw.of(each.values);
        if (draw.percent(share) && !elsewhere) made.switches.emplace_back(each.name, value);
    }
}

void draw_shape(chance draw, sim_case& made)
{
    auto& shape = made.shape;
    shape.slots = draw.of({1, 3, 10, 20, 100, 500});
    shape.body_bytes = mock::quantiles{50, 200, 600, 3000};
    if (draw.one_in(30)) shape.body_bytes = mock::quantiles{1000, 100'000, 300'000, 600'000};
    switch (draw.below(6)) {
    case 0:
        shape.execution =
            mock::quantiles::of(milliseconds(10), milliseconds(50), milliseconds(200), seconds(1));
        break;
    case 1:
        shape.execution = mock::quantiles::of(seconds(2), seconds(15), seconds(40), seconds(110));
        break;
    default: break;
    }
    if (made.jobs > 500) shape.slots = draw.of({50, 200, 1000});
    if (draw.one_in(3)) shape.outcomes = {40, 20, 60, 50, 30};
    if (draw.one_in(20)) shape.outcomes = {0, 0, 0, 500, 500};
    if (draw.one_in(3)) shape.inline_miss = mock::share{46};
    if (draw.one_in(12)) shape.inline_miss = mock::share{1000};
    if (draw.one_in(6)) shape.inline_damaged = mock::share{100};
    if (draw.one_in(10)) shape.lost = mock::share{50};
    if (draw.one_in(8)) shape.style = mock::body_style::hostile_utf8;
    if (draw.one_in(5)) shape.flush_period = draw.of({seconds(0), seconds(1), seconds(10)});
    if (draw.one_in(8)) shape.drain_at_end = false;
    if (draw.one_in(8)) shape.terminal_lag = {seconds(0), seconds(20)};
    if (draw.one_in(8)) shape.stragglers.of = mock::share{30};
    if (draw.one_in(12))
        shape.stalls.push_back({seconds(draw.between(1, 60)), minutes(draw.between(1, 100))});
    if (draw.one_in(16)) shape.progress = mock::progress_mode::instant;
    if (draw.one_in(20)) shape.seeded_per_second = 20;
    const auto odd = [&](auto change) {
        mock::job_override one;
        one.at = draw.below(made.jobs + 1);
        change(one);
        shape.overrides.push_back(one);
    };
    if (draw.one_in(8)) odd([](auto& one) { one.no_completed_at = true; });
    if (draw.one_in(8)) odd([&](auto& one) { one.invisible = seconds(draw.between(1, 90)); });
    if (draw.one_in(40)) odd([](auto& one) { one.never_finish = true; });
    if (draw.one_in(40)) odd([](auto& one) { one.body_bytes = 400'000; });
}

void draw_limits(chance draw, sim_case& made)
{
    made.enforce_limits = !draw.one_in(3);
    if (draw.one_in(4)) made.reads_per_minute = draw.of({6, 20, 60, 120, 600});
    if (draw.one_in(10)) made.writes_per_minute = draw.of({1, 2, 30});
    if (draw.one_in(25)) made.credits = draw.below(2 * made.jobs + 1);
    if (made.reads_per_minute && draw.one_in(2))
        made.own_rate = static_cast<double>(*made.reads_per_minute);
    auto& limits = made.limits;
    if (draw.one_in(16)) limits.in_flight = draw.between(1, 3);
    if (draw.one_in(12)) limits.early = {mock::early_penalty::kind::extend, 1, seconds(5), {}};
    if (draw.one_in(16)) limits.retry_after = static_cast<mock::header_damage>(draw.below(7));
    if (draw.one_in(16)) limits.reset = static_cast<mock::header_damage>(draw.below(7));
    if (draw.one_in(16)) limits.token_burst = draw.between(1, 5);
    if (draw.one_in(16)) made.retention.unclassified = 300;
    if (draw.one_in(25)) made.retention.of_all.content = minutes(draw.between(1, 600));
}

void draw_client(chance draw, sim_case& made)
{
    made.one_way = milliseconds(draw.of({1, 20, 20, 150, 800}));
    if (draw.one_in(5)) made.call_timeout = seconds(draw.of({15, 60, 300}));
    if (draw.one_in(6)) made.retry_tokens = draw.of({0, 10, 50});
    switch (draw.below(8)) {
    case 0: made.strategy = strategy_kind::wild; break;
    case 1:
        made.strategy = strategy_kind::fixed;
        made.interval = milliseconds(draw.of({1000, 5000, 60'000, 600'000}));
        break;
    case 2:
    case 3: made.strategy = strategy_kind::exponential; break;
    case 4:
    case 5: made.strategy = strategy_kind::pacer; break;
    default: break;
    }
    if (draw.one_in(6)) made.poll.parallel_results = draw.of({1u, 2u, 16u, 64u});
    if (draw.one_in(8)) made.poll.result_attempts = draw.of({1u, 2u});
    if (draw.one_in(8)) made.poll.wanted = sp::outcome_filter::usable;
    if (draw.one_in(12)) made.deadline = seconds(draw.between(1, 400));
    if (draw.one_in(5))
        for (auto n = draw.between(1, 6); n > 0; --n)
            made.hints.push_back(milliseconds(draw.below(120'000)));
}

void draw_user(chance draw, sim_case& made)
{
    auto& consumer = made.consumer;
    if (draw.one_in(3)) consumer.room = draw.of({1, 2, 7, 50, 150});
    if (draw.one_in(4)) consumer.per_item = milliseconds(draw.of({1, 50, 1000}));
    if (draw.one_in(30) && made.jobs < 100) consumer.per_item = seconds(60);
    consumer.safe = static_cast<safe_when>(draw.one_in(2) ? 0 : draw.below(4));
    consumer.safe_after = milliseconds(draw.below(draw.one_in(3) ? 60'000 : 500));
    if (draw.one_in(12)) consumer.leaves_after = draw.below(made.jobs + 1);
    if (draw.one_in(6)) made.store_takes = milliseconds(draw.of({1, 20}));
    made.text_store = draw.one_in(2);
    if (draw.one_in(16)) made.failing_write = draw.between(1, 20);

    const auto skew = [&]() -> std::chrono::microseconds {
        const auto sign = draw.one_in(2) ? 1 : -1;
        switch (draw.below(8)) {
        case 0: return sign * seconds(2);
        case 1: return sign * minutes(10);
        case 2: return sign * hours(24);
        default: return {};
        }
    };
    const auto restarts = draw.one_in(2) ? 0 : draw.between(1, 5);
    for (std::uint64_t i = 0; i < restarts; ++i) {
        process_plan one;
        one.killed_at = 1 + draw.below(draw.one_in(3) ? 30 : 8 * made.jobs + 60);
        one.away = seconds(draw.below(draw.one_in(2) ? 30 : 900));
        if (draw.one_in(12)) {
            // Content expires meanwhile, and so does a key whose answer was never heard.
            one.away = hours(draw.between(20, 50));
            if (draw.one_in(2)) one.killed_at = 1 + draw.below(12);
        }
        one.skew = skew();
        made.processes.push_back(one);
    }
    process_plan last;
    last.skew = skew();
    made.processes.push_back(last);
}

std::string text_of(std::chrono::nanoseconds t)
{
    return std::to_string(std::chrono::duration<double>(t).count()) + " s";
}

}  // namespace

namespace {

/// Nothing is wrong: whoever looks in time has everything in time.
sim_case draw_fair_weather(std::uint64_t seed, chance draw)
{
    sim_case made;
    made.seed = seed;
    made.jobs = draw.between(20, 400);
    made.shape.slots = draw.of({2, 5, 10, 40});
    made.shape.body_bytes = mock::quantiles{50, 200, 600, 3000};
    if (draw.one_in(2)) made.shape.outcomes = {40, 20, 60, 50, 30};
    if (draw.one_in(2)) made.switches.emplace_back("tied_stamps", "bursts");
    if (draw.one_in(3)) made.switches.emplace_back("result_after_row", "delayed");
    if (draw.one_in(3)) made.switches.emplace_back("processing_rows", "present");
    made.custom_ids = true;
    made.processes.emplace_back();
    return made;
}

}  // namespace

sim_case draw_case(std::uint64_t seed)
{
    chance draw(seed * 0x9e3779b97f4a7c15u + 5);
    if (draw.one_in(8)) return draw_fair_weather(seed, draw);
    sim_case made;
    made.seed = seed;
    made.jobs = draw_jobs(draw);
    draw_switches(draw.fork(), made);
    draw_shape(draw.fork(), made);
    draw_limits(draw.fork(), made);
    draw_client(draw.fork(), made);
    draw_user(draw.fork(), made);
    chance items = draw.fork();
    if (items.one_in(5)) made.blocked = items.between(1, 3);
    if (items.one_in(5)) made.invalid = items.between(1, 3);
    if (items.one_in(5)) made.duplicates = items.between(1, 3);
    // Servers before 2026-05-21 refuse a create over one bad item.
    if (scenario_of(made).contract.predates(mock::shipped::invalid_items))
        made.invalid = made.blocked = 0;
    made.custom_ids = items.one_in(2);
    made.markdown = items.one_in(4);
    made.attach = items.one_in(10);
    if (items.one_in(10))
        made.create_takes = milliseconds(items.of({500, 20'000, 70'000, 250'000}));
    if (items.one_in(25)) made.keeps_checkpoint = false;
    // Whoever keeps nothing submits anew after a crash, which is another batch.
    if (!made.keeps_checkpoint && !made.attach) {
        made.processes.erase(made.processes.begin(), made.processes.end() - 1);
        made.consumer.leaves_after.reset();
    }
    const std::uint64_t seed_of_faults = draw.next();
    const std::size_t faults = draw.one_in(3) ? 0 : draw.between(1, 6);
    made.faults = draw_faults(seed_of_faults, faults);
    return made;
}

void narrow(sim_case& c, const narrowing& to)
{
    const auto keep = [](auto& list, const auto& chosen) {
        if (!chosen) return;
        std::size_t at = 0;
        std::erase_if(list, [&](const auto&) { return chosen->count(at++) == 0; });
    };
    keep(c.faults, to.keep_faults);
    keep(c.switches, to.keep_switches);
    const sim_case plain;
    if (to.most_jobs) {
        c.jobs = (std::min)(c.jobs, *to.most_jobs);
        for (auto& one : c.shape.overrides)
            if (one.at >= c.jobs) one.at = mock::job_override::last;
    }
    if (to.most_processes && *to.most_processes < c.processes.size())
        c.processes.erase(
            c.processes.begin(),
            c.processes.end() -
                static_cast<std::ptrdiff_t>((std::max)(*to.most_processes, std::size_t(1)))
        );
    if (to.plain_profile) c.profile = plain.profile;
    if (to.plain_shape) {
        const auto body = c.shape.body_bytes;
        c.shape = {};
        c.shape.body_bytes = body;
    }
    if (to.plain_items) {
        c.blocked = c.invalid = c.duplicates = 0;
        c.custom_ids = c.markdown = false;
        c.create_takes = {};
    }
    if (to.plain_limits) {
        c.limits = {};
        c.retention = {};
        c.reads_per_minute = {};
        c.writes_per_minute = {};
        c.credits = {};
        c.own_rate = {};
    }
    if (to.plain_consumer) c.consumer = {};
    if (to.plain_client) {
        c.one_way = plain.one_way;
        c.call_timeout = {};
        c.retry_tokens = plain.retry_tokens;
        c.strategy = plain.strategy;
        c.poll = {};
        c.deadline = {};
        c.hints.clear();
        for (auto& each : c.processes)
            each.skew = {};
    }
    if (to.plain_store) {
        c.store_takes = {};
        c.failing_write = 0;
        c.keeps_checkpoint = true;
        c.text_store = false;
    }
}

std::string narrowing::arguments() const
{
    std::string text;
    const auto list = [&](const char* name, const std::optional<std::set<std::size_t>>& chosen) {
        if (!chosen) return;
        text += std::string(" --") + name + " ";
        if (chosen->empty()) text += "none";
        bool first = true;
        for (const auto each : *chosen) {
            text += (first ? "" : ",") + std::to_string(each);
            first = false;
        }
    };
    list("keep-faults", keep_faults);
    list("keep-switches", keep_switches);
    if (most_jobs) text += " --jobs-max " + std::to_string(*most_jobs);
    if (most_processes) text += " --processes-max " + std::to_string(*most_processes);
    const std::array<std::pair<bool, const char*>, 7> flags{
        {{plain_profile, "profile"},
         {plain_shape, "shape"},
         {plain_items, "items"},
         {plain_limits, "limits"},
         {plain_consumer, "consumer"},
         {plain_client, "client"},
         {plain_store, "store"}}};
    for (const auto& [set, name] : flags)
        if (set) text += std::string(" --plain ") + name;
    return text;
}

std::string describe(const sim_case& c)
{
    static constexpr std::array<const char*, 5> strategies{
        "official", "fixed", "exponential", "wild", "pacer"};
    static constexpr std::array<const char*, 4> safe{
        "at once", "later", "in bunches", "when it asks for more"};
    std::string t;
    const auto line = [&](const std::string& text) { t += "  " + text + "\n"; };
    line(
        std::to_string(c.jobs) + " jobs" + (c.attach ? ", attached to" : "") + ", blocked " +
        std::to_string(c.blocked) + ", invalid " + std::to_string(c.invalid) + ", duplicates " +
        std::to_string(c.duplicates) + ", create takes " + text_of(c.create_takes)
    );
    line("server " + c.profile);
    for (std::size_t i = 0; i < c.switches.size(); ++i)
        line(
            "switch " + std::to_string(i) + ": " + c.switches[i].first + " = " +
            c.switches[i].second
        );
    for (std::size_t i = 0; i < c.faults.size(); ++i)
        line("fault " + std::to_string(i) + ": " + c.faults[i]);
    const auto& s = c.shape;
    line(
        "run: slots " + std::to_string(s.slots) + ", inline missing " +
        std::to_string(s.inline_miss.parts) + ", damaged " +
        std::to_string(s.inline_damaged.parts) + ", lost " + std::to_string(s.lost.parts) +
        ", flush " + text_of(s.flush_period) + (s.drain_at_end ? "" : ", no drain at the end") +
        ", terminal lag to " + text_of(s.terminal_lag.high) + ", stalls " +
        std::to_string(s.stalls.size()) + ", stragglers " + std::to_string(s.stragglers.of.parts) +
        (s.progress == mock::progress_mode::instant ? ", at once" : "") +
        (s.style == mock::body_style::hostile_utf8 ? ", hostile bodies" : "")
    );
    for (const auto& one : s.overrides)
        line(
            "job " + (one.at == mock::job_override::last ? "last" : std::to_string(one.at)) + ":" +
            (one.never_finish ? " never finishes" : "") +
            (one.no_completed_at ? " without stamp" : "") +
            (one.invisible.count() ? " invisible for " + text_of(one.invisible) : "") +
            (one.body_bytes ? " large" : "")
        );
    line(
        std::string("limits ") + (c.enforce_limits ? "on" : "off") +
        (c.reads_per_minute ? ", reads " + std::to_string(*c.reads_per_minute) : "") +
        (c.writes_per_minute ? ", writes " + std::to_string(*c.writes_per_minute) : "") +
        (c.credits ? ", credits " + std::to_string(*c.credits) : "") +
        (c.retention.of_all.content ? ", content lives " + text_of(*c.retention.of_all.content) : ""
        ) +
        (c.retention.unclassified ? ", 404 without a cause" : "") +
        (c.limits.in_flight ? ", in flight " + std::to_string(*c.limits.in_flight) : "")
    );
    line(
        std::string("client: ") + strategies[static_cast<std::size_t>(c.strategy)] + " " +
        text_of(c.interval) + ", one way " + text_of(c.one_way) +
        (c.call_timeout ? ", call timeout " + text_of(*c.call_timeout) : "") + ", retry tokens " +
        std::to_string(c.retry_tokens) + (c.own_rate ? ", own rate" : "") + ", parallel " +
        std::to_string(c.poll.parallel_results) + ", attempts " +
        std::to_string(c.poll.result_attempts) +
        (c.poll.wanted == sp::outcome_filter::usable ? ", usable only" : "") +
        (c.deadline ? ", deadline " + text_of(*c.deadline) : "") + ", hints " +
        std::to_string(c.hints.size())
    );
    line(
        "consumer: room " + std::to_string(c.consumer.room) + ", busy " +
        text_of(c.consumer.per_item) + ", safe " + safe[static_cast<std::size_t>(c.consumer.safe)] +
        " " + text_of(c.consumer.safe_after) +
        (c.consumer.leaves_after ? ", leaves after " + std::to_string(*c.consumer.leaves_after) : ""
        )
    );
    line(
        std::string("store: ") + (c.keeps_checkpoint ? "" : "none, ") +
        (c.text_store ? "text, " : "") + "takes " + text_of(c.store_takes) + ", failing write " +
        std::to_string(c.failing_write)
    );
    for (const auto& one : c.processes)
        line(
            "process: killed at " + std::to_string(one.killed_at) + ", away " + text_of(one.away) +
            ", skew " + text_of(one.skew)
        );
    return t;
}

mock::scenario scenario_of(const sim_case& c)
{
    mock::scenario made;
    made.seed = c.seed + 1;
    if (c.profile == "adversarial") made.contract = mock::switches::adversarial();
    if (c.profile == "y2026_04_06") made.contract = mock::switches::y2026_04_06();
    for (const auto& [name, value] : c.switches)
        made.contract.set(name, value);
    if (c.reads_per_minute) made.contract.read_per_minute = *c.reads_per_minute;
    if (c.writes_per_minute) made.contract.write_per_minute = *c.writes_per_minute;
    made.jobs = c.shape;
    made.limits = c.limits;
    made.retention = c.retention;
    made.enforce_limits = c.enforce_limits;
    made.plan.credits = c.credits;
    made.create_duration = c.create_takes;
    made.journal.entries = 1000;
    made.journal.body = 64;
    for (const auto& text : c.faults)
        for (auto& each : mock::parse_faults("[" + text + "]"))
            made.faults.push_back(std::move(each));
    return made;
}

}  // namespace simulation
