#include "runs/workload_recipe.hpp"

#include <algorithm>

#include "runs/pool.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::seconds;

/// The recipe applied to one seed.
class generator {
public:
    generator(polling_workload& into, const workload_recipe& how)
        : into_(into), how_(how), chance_(into.seed, into.name)
    {
    }

    void run()
    {
        std::vector<duration> ends = how_.in_bursts ? burst_ends() : worker_ends();
        if (how_.one_late && !ends.empty())
            ends[chance_.number("late job", 0) % ends.size()] +=
                chance_.between(how_.one_late->low, how_.one_late->high, "late by", 0, 0);
        std::sort(ends.begin(), ends.end());
        into_.jobs.clear();
        into_.jobs.reserve(ends.size());
        for (std::uint64_t i = 0; i < ends.size(); ++i)
            into_.jobs.push_back(job(i, ends[i]));
        const duration last = ends.empty() ? duration{0} : ends.back();
        into_.end_at =
            std::max(last, seeded(into_.total)) +
            chance_.between(how_.terminal_lag.low, how_.terminal_lag.high, "terminal lag", 0, 0);
    }

private:
    duration seeded(std::uint64_t jobs) const
    {
        if (how_.per_second == 0) return duration{0};
        return duration{static_cast<duration::rep>(jobs * 1'000'000 / how_.per_second)};
    }

    duration service(const char* stream, std::uint64_t place) const
    {
        const bool other = chance_.happens(how_.rest, "service kind", place, 0);
        return duration{chance_.from(other ? how_.other : how_.service, stream, place, 0)};
    }

    std::vector<duration> worker_ends() const
    {
        std::vector<pool_job> work(into_.total);
        for (std::uint64_t i = 0; i < work.size(); ++i) {
            work[i] = {seeded(i), service("service", i), duration{0}};
            if (how_.stragglers.of.parts > 0)
                work[i].retries =
                    plan_retries(how_.stragglers, chance_, 0, i, [&](std::uint64_t attempt) {
                        return service("retry", i * 64 + attempt);
                    });
        }
        const duration opens = chance_.between(how_.queue.low, how_.queue.high, "queue", 0, 0);
        std::vector<duration> ends;
        duration longest{0};
        for (const pool_times& each :
             plan_pool(work, how_.workers, opens, how_.cold_start, chance_, 0)) {
            ends.push_back(each.ended);
            longest = std::max(longest, each.ended);
        }
        const time_warp real{disturbances(), chance_, 0, longest};
        for (duration& each : ends)
            each = real(each);
        return ends;
    }

    run_shape disturbances() const
    {
        run_shape shape;
        shape.capacity = how_.capacity;
        for (std::uint64_t i = 0; i < how_.stalls.size(); ++i) {
            const auto& [at, lasts] = how_.stalls[i];
            shape.stalls.push_back(
                {chance_.between(at.low, at.high, "stall at", i, 0),
                 chance_.between(lasts.low, lasts.high, "stall lasts", i, 0)}
            );
        }
        return shape;
    }

    std::vector<duration> burst_ends() const
    {
        const workload_recipe::bursts& how = *how_.in_bursts;
        std::vector<duration> ends;
        for (std::uint64_t i = 0; i < into_.total; ++i) {
            const std::uint64_t burst = i * how.count / into_.total;
            const duration base =
                static_cast<duration::rep>(burst) * how.every +
                chance_.between(how.offset.low, how.offset.high, "burst", burst, 0);
            ends.push_back(base + chance_.between(duration{0}, how.width, "in burst", i, 0));
        }
        if (!ends.empty() && how.last > duration{0}) ends.back() = how.last;
        return ends;
    }

    polling_job job(std::uint64_t i, duration end) const
    {
        using enum polling_job::kinds;
        polling_job made{end, ok, 0, duration{0}};
        if (chance_.happens(how_.failed, "failed", i, 0))
            made.kind = failed;
        else if (chance_.happens(how_.timed_out, "timed out", i, 0))
            made.kind = timed_out;
        else if (chance_.happens(how_.no_inline_body, "no inline body", i, 0))
            made.kind = no_inline_body;
        if (made.kind == ok || made.kind == no_inline_body)
            made.body_bytes = static_cast<std::uint32_t>(
                std::clamp<std::int64_t>(chance_.from(how_.body_bytes, "body", i, 0), 1, 64 << 20)
            );
        return made;
    }

    polling_workload& into_;
    const workload_recipe& how_;
    draws chance_;
};

duration_range seconds_range(const value_in& in)
{
    if (!in.is_array() || in.elements().size() != 2) in.fail("is no pair of seconds", "[2, 5]");
    const duration_range made{
        in.element(0).decimal_seconds(std::chrono::days{30}),
        in.element(1).decimal_seconds(std::chrono::days{30})};
    if (made.low > made.high) in.fail("is a range that ends before it begins");
    return made;
}

/// ["lognormal", median, sigma] and perhaps a cap, in seconds.
log_normal read_service(const value_in& in)
{
    static constexpr const char* hint = "[\"lognormal\", 12.0, 0.5, 60.0]";
    static constexpr std::uint32_t largest_sigma = 10'000'000;
    const auto parts = in.is_array() ? in.elements() : std::vector<value_in>{};
    if (parts.size() < 3 || parts.size() > 4) in.fail("is no service time", hint);
    if (parts[0].text() != "lognormal") parts[0].fail("is unknown", hint);
    const duration median = parts[1].decimal_seconds(std::chrono::days{30});
    const duration sigma = parts[2].decimal_seconds(duration{largest_sigma});
    const duration cap = parts.size() == 4 ? parts[3].decimal_seconds() : std::chrono::days{30};
    return log_normal::by_sigma(
        median.count(), static_cast<std::uint32_t>(sigma.count()), cap.count()
    );
}

void read_services(const value_in& in, workload_recipe& into)
{
    const auto parts = in.is_array() ? in.elements() : std::vector<value_in>{};
    if (parts.size() != 4 || !parts[0].is_string() || parts[0].text() != "mixed") {
        into.service = read_service(in);
        return;
    }
    into.rest = share{certain - parts[1].probability(), certain};
    into.service = read_service(parts[2]);
    into.other = read_service(parts[3]);
}

straggling read_stragglers(const value_in& in)
{
    object_in object{in};
    straggling made;
    made.of = share{object.need("share").probability(), certain};
    if (const auto found = object.find("alpha"))
        made.alpha = static_cast<std::uint32_t>(
            std::max<std::int64_t>(1, found->decimal_seconds(seconds{100}).count() / 1'000)
        );
    if (const auto found = object.find("least"))
        made.least = found->decimal_seconds(std::chrono::days{30});
    if (const auto found = object.find("longest"))
        made.longest = found->decimal_seconds(std::chrono::days{30});
    return made;
}

share read_share(object_in& in, std::string_view name, share otherwise)
{
    const auto found = in.find(name);
    return found ? share{found->probability(), certain} : otherwise;
}

}  // namespace

void generate_jobs(polling_workload& into, const workload_recipe& how)
{
    generator{into, how}.run();
}

workload_recipe read_recipe(value_in in)
{
    object_in object{std::move(in)};
    workload_recipe made;
    std::uint64_t workers = made.workers;
    object.read("workers", workers, 1, most_workload_jobs);
    made.workers = workers;
    object.read("per_second", made.per_second, 0, most_workload_jobs);
    read_services(object.need("service"), made);
    if (const auto found = object.find("queue")) made.queue = seconds_range(*found);
    if (const auto found = object.find("cold_start"))
        made.cold_start = found->decimal_seconds(std::chrono::days{30});
    if (const auto found = object.find("stragglers")) made.stragglers = read_stragglers(*found);
    if (const auto found = object.find("stalls"))
        for (const value_in& each : found->elements()) {
            const duration_range at_and_length = [&] {
                if (!each.is_array() || each.elements().size() != 2)
                    each.fail("is no stall", "[from, seconds]");
                return duration_range{
                    each.element(0).decimal_seconds(std::chrono::days{30}),
                    each.element(1).decimal_seconds(std::chrono::days{30})};
            }();
            made.stalls.push_back(
                {{at_and_length.low, at_and_length.low}, {at_and_length.high, at_and_length.high}}
            );
        }
    if (const auto found = object.find("on_off")) {
        object_in how{*found};
        made.capacity = on_off_capacity{
            seconds_range(how.need("on")),
            seconds_range(how.need("off")),
            how.need("slow").probability()};
    }
    made.failed = read_share(object, "failed", made.failed);
    made.timed_out = read_share(object, "timed_out", made.timed_out);
    made.no_inline_body = read_share(object, "no_inline_body", made.no_inline_body);
    if (const auto found = object.find("terminal_lag")) made.terminal_lag = seconds_range(*found);
    return made;
}

}  // namespace scrapingpros_mock
