#include <memory>
#include <utility>

#include "runs/stock_workloads.hpp"
#include "scenario/scenario_json.hpp"
#include "scenario/scenario_members.hpp"

namespace scrapingpros_mock {
namespace {

// Sums of such times stay far from overflow.
constexpr duration longest_window = std::chrono::days{30};
constexpr std::size_t most_windows = 1'000;
constexpr std::int64_t most_jobs = 1'000'000;
constexpr duration shortest_period = std::chrono::milliseconds{10};

/// One number of a distribution: a duration or a size.
using read_amount = std::int64_t (*)(const value_in&);

std::int64_t duration_amount(const value_in& in)
{
    return in.time().count();
}

std::int64_t size_amount(const value_in& in)
{
    return static_cast<std::int64_t>(in.size(64u << 20));
}

quantiles read_quantiles(object_in& in, read_amount amount)
{
    quantiles made;
    made.min = amount(in.need("min"));
    made.p50 = amount(in.need("p50"));
    made.p90 = amount(in.need("p90"));
    made.max = amount(in.need("max"));
    if (made.min > made.p50 || made.p50 > made.p90 || made.p90 > made.max)
        throw bad_scenario{in.path(), "has points that fall", "min <= p50 <= p90 <= max"};
    return made;
}

template <class Curve>
Curve read_curve(object_in& in, read_amount amount)
{
    Curve made;
    made.p50 = amount(in.need("p50"));
    made.p99 = amount(in.need("p99"));
    if (const auto cap = in.find("cap")) made.cap = amount(*cap);
    if (made.p50 <= 0) in.need("p50").fail("is out of range", "more than 0");
    if (made.p99 < made.p50) in.need("p99").fail("lies below p50");
    return made;
}

spread read_points(object_in& in, read_amount amount)
{
    switch (in.need("dist").word(members::distribution_words)) {
    case 0: return read_quantiles(in, amount);
    case 1: return read_curve<log_normal>(in, amount);
    default: return read_curve<pareto>(in, amount);
    }
}

/// `style` is a member of bodies alone.
spread read_spread(const value_in& in, read_amount amount, body_style* style = nullptr)
{
    if (!in.is_object()) return quantiles::always(amount(in));
    object_in object{in};
    if (style != nullptr)
        if (const auto found = object.find("style"))
            *style = static_cast<body_style>(found->word(members::style_words));
    if (style != nullptr && in.raw().get_object().size() == 1 && object.find("style"))
        return run_shape{}.body_bytes;
    spread made = read_points(object, amount);
    object.finish();
    return made;
}

void read_progress(const value_in& in, run_shape& into)
{
    if (!in.is_object()) {
        into.progress = static_cast<progress_mode>(in.word(members::progress_words));
        return;
    }
    object_in object{in, members::polls};
    into.progress = progress_mode::polls;
    into.polls_per_step = static_cast<std::uint64_t>(object.need("polls").integer(1, most_jobs));
    object.read("jobs", into.jobs_per_step, 1, most_jobs);
}

void read_match(const value_in& in, run_match& into)
{
    object_in object{in, members::match};
    const value_in nth = object.need("nth");
    if (nth.is_array()) {
        const auto ends = nth.elements();
        if (ends.size() != 2) nth.fail("is no range of runs", "[2, 5]");
        into = {
            static_cast<std::uint64_t>(ends[0].integer(1)),
            static_cast<std::uint64_t>(ends[1].integer(1))};
        if (into.from > into.to) nth.fail("is a range that ends before it begins");
    } else {
        into.from = into.to = static_cast<std::uint64_t>(nth.integer(1));
    }
}

void read_seed_rows(const value_in& in, run_shape& into)
{
    static constexpr const char* hint = "\"at_once\" or like \"rate:500/s\"";
    static constexpr std::int64_t fastest = 10'000'000;
    std::string text = in.text();
    if (text == "at_once") {
        into.seeded_per_second = 0;
        return;
    }
    if (!text.starts_with("rate:") || !text.ends_with("/s")) in.fail("is no seeding rate", hint);
    const boost::json::value number = [&]() -> boost::json::value {
        try {
            return parse_json(text.substr(5, text.size() - 7));
        } catch (const bad_scenario&) {
            in.fail("is no seeding rate", hint);
        }
    }();
    into.seeded_per_second =
        static_cast<std::uint64_t>(value_in{number, in.path()}.integer(1, fastest));
}

void read_stragglers(const value_in& in, straggling& into)
{
    object_in object{in, members::stragglers};
    into.of = share{object.need("share").probability(), certain};
    // In millionths even where nothing is said: what is written and read again must draw the same.
    into.again = {certain / 2, certain};
    if (const auto found = object.find("again")) into.again = {found->probability(), certain};
    std::uint64_t most = into.most;
    object.read("most", most, 1, 60);
    into.most = static_cast<unsigned>(most);
    object.read("least", into.least, longest_window);
    object.read("longest", into.longest, longest_window);
    if (const auto found = object.find("alpha")) {
        const duration thousandths = found->decimal_seconds(std::chrono::seconds{100}) / 1'000;
        if (thousandths.count() == 0) found->fail("is out of range", "0.001 to 100");
        into.alpha = static_cast<std::uint32_t>(thousandths.count());
    }
}

void read_stalls(const value_in& in, std::vector<stall_window>& into)
{
    const auto elements = in.elements();
    if (elements.size() > most_windows) in.fail("has too many elements");
    for (const value_in& each : elements) {
        object_in object{each, members::stall};
        into.push_back({object.need("at").time(), object.need("for").time({}, longest_window)});
    }
}

on_off_capacity read_capacity(const value_in& in)
{
    object_in object{in, members::capacity};
    on_off_capacity made;
    made.on = object.need("on").time_range(longest_window);
    made.off = object.need("off").time_range(longest_window);
    made.slow = object.need("slow").probability();
    if (made.on.low < shortest_period)
        object.need("on").fail("is out of range", duration_text(shortest_period) + " or more");
    return made;
}

outcome_mix read_outcomes(const value_in& in)
{
    object_in object{in, members::outcomes};
    outcome_mix made;
    made.of = certain;
    object.read_probability("not_found", made.not_found);
    object.read_probability("server_error", made.server_error);
    object.read_probability("soft_block", made.soft_block);
    object.read_probability("failed", made.worker_failed);
    object.read_probability("timeout", made.worker_timeout);
    const std::uint64_t others = std::uint64_t{made.not_found} + made.server_error +
                                 made.soft_block + made.worker_failed + made.worker_timeout;
    if (others > certain) in.fail("sums to more than 1");
    if (const auto success = object.find("success"))
        if (success->probability() + others != certain)
            success->fail(
                "does not fit the others",
                probability_text(static_cast<parts_per_million>(certain - others)) + " is left"
            );
    return made;
}

void read_flush(const value_in& in, run_shape& into)
{
    object_in object{in, members::flush};
    if (const auto found = object.find("period")) {
        into.flush_period = found->time(duration{0}, longest_window);
        if (into.flush_period > duration{0} && into.flush_period < shortest_period)
            found->fail("is out of range", "0s or from " + duration_text(shortest_period) + " on");
    }
    if (const auto found = object.find("phase")) into.flush_phase = found->time({}, longest_window);
    if (const auto found = object.find("drift"))
        into.flush_drift = found->time_range(longest_window);
    object.read("drain_at_end", into.drain_at_end);
}

job_override read_job(const value_in& in)
{
    object_in object{in, members::job};
    job_override made;
    const value_in at = object.need("at");
    if (at.is_string()) {
        if (at.text() != "last") at.fail("is no job", "a place from 0 on, or \"last\"");
        made.at = job_override::last;
    } else {
        made.at = static_cast<std::size_t>(at.integer(0, most_jobs - 1));
    }
    object.read("never_finish", made.never_finish);
    if (const auto found = object.find("completed_at")) {
        if (!found->is_null()) found->fail("can only be null");
        made.no_completed_at = true;
    }
    if (const auto found = object.find("exec")) made.execution = found->time();
    if (const auto found = object.find("outcome"))
        made.ends = static_cast<outcome>(found->word(members::outcome_words));
    object.read("invisible", made.invisible, longest_window);
    if (const auto found = object.find("body"))
        made.body_bytes = static_cast<std::uint32_t>(found->size(64u << 20));
    static constexpr std::string_view missing[] = {"missing"};
    if (const auto found = object.find("inline")) made.inline_miss = found->word(missing) == 0;
    if (const auto found = object.find("lost_after")) made.lost_after = found->time();
    return made;
}

void read_workload_name(
    const value_in& in,
    const std::filesystem::path& base_folder,
    std::uint64_t seed,
    run_shape& into
)
{
    const std::string name = in.text();
    if (auto stock = stock_shape(name, seed)) {
        into.plays = stock->plays;
        into.outcomes = stock->outcomes;
    } else if (!name.ends_with(".json")) {
        in.fail("is no stock workload", suggest(name, stock_workload_names()));
    } else {
        const std::filesystem::path file{name};
        for (const auto& part : file)
            if (file.is_absolute() || part == "..")
                in.fail("leads out of the scenario's folder", "a relative path");
        if (base_folder.empty()) in.fail("names a file", "this scenario comes without a folder");
        try {
            into.plays =
                std::make_shared<const polling_workload>(load_workload(base_folder / file));
        } catch (const bad_scenario& bad) {
            in.fail("names a bad file: " + bad.path + " " + bad.message, bad.hint);
        }
    }
    into.plays_name = name;
}

/// Members that say how long things take.
void read_work(object_in& in, run_shape& into)
{
    std::uint64_t workers = into.slots;
    in.read("workers", workers, 1, most_jobs);
    into.slots = workers;
    in.read("cold_start", into.cold_start, longest_window);
    in.read("seeding", into.seeding, longest_window);
    if (const auto found = in.find("seed_rows")) read_seed_rows(*found, into);
    if (const auto found = in.find("queue")) into.queue = read_spread(*found, duration_amount);
    if (const auto found = in.find("exec")) into.execution = read_spread(*found, duration_amount);
    in.read("worker_time_limit", into.worker_time_limit);
    if (const auto found = in.find("stragglers")) read_stragglers(*found, into.stragglers);
    if (const auto found = in.find("stalls")) read_stalls(*found, into.stalls);
    if (const auto found = in.find("capacity")) into.capacity = read_capacity(*found);
}

/// Members that say what comes of it and how it shows.
void read_results(object_in& in, run_shape& into)
{
    if (const auto found = in.find("outcomes")) into.outcomes = read_outcomes(*found);
    if (const auto found = in.find("flush")) read_flush(*found, into);
    if (const auto found = in.find("terminal_lag"))
        into.terminal_lag = found->time_range(longest_window);
    if (const auto found = in.find("inline")) {
        object_in object{*found, members::inline_results};
        if (const auto part = object.find("missing"))
            into.inline_miss = {part->probability(), certain};
        if (const auto part = object.find("malformed"))
            into.inline_damaged = {part->probability(), certain};
    }
    if (const auto found = in.find("lost")) into.lost = {found->probability(), certain};
    if (const auto found = in.find("body"))
        into.body_bytes = read_spread(*found, size_amount, &into.style);
    if (const auto found = in.find("jobs"))
        for (const value_in& each : found->elements())
            into.overrides.push_back(read_job(each));
}

}  // namespace

run_shape read_run_shape(value_in in, const std::filesystem::path& base_folder, std::uint64_t seed)
{
    object_in object{std::move(in), members::run};
    run_shape made;
    if (const auto found = object.find("match")) read_match(*found, made.match);
    if (const auto found = object.find("progress")) read_progress(*found, made);
    if (const auto found = object.find("workload"))
        read_workload_name(*found, base_folder, seed, made);
    read_work(object, made);
    read_results(object, made);
    return made;
}

}  // namespace scrapingpros_mock
