#include <scrapingpros/core/call_engine.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "support/dice.hpp"
#include "support/failures.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::dice;

namespace {

/// Answers anything; gives up now and then.
struct hostile_retry {
    dice random;
    std::optional<milliseconds> on_failure(const failed_attempt&)
    {
        if (random.one_in(12)) return {};
        switch (random.below(5)) {
        case 0: return (milliseconds::min)();
        case 1: return (milliseconds::max)();
        case 2: return -random.up_to(1h);
        case 3: return 0ms;
        default: return random.up_to(10s);
        }
    }
};

/// Gives turns in the past, now, soon, and never.
struct hostile_budget {
    dice random;
    instant reserve(instant now, rate_bucket)
    {
        switch (random.below(8)) {
        case 0: return instant{};
        case 1: return now - random.up_to(1h);
        case 2: return now + random.up_to(1h);
        case 3: return now + 1ns;
        default: return now + random.up_to(500ms);
        }
    }
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>) {}
    void on_limits(instant, rate_bucket, const account_limits&) {}
};

core::attempt_failure any_failure(dice& random)
{
    auto failure = test::example_of(static_cast<failure_class>(random.below(failure_class_count)));
    if (random.one_in(4)) {
        failure.phase = static_cast<call_phase>(random.below(8));
        failure.request_sent = random.one_in(2);
        failure.http_status =
            random.pick<unsigned>({0, 100, 200, 302, 400, 408, 429, 499, 500, 599});
    }
    const std::vector<std::optional<milliseconds>> waits = {
        {},
        {},
        0ms,
        -1ms,
        (milliseconds::min)(),
        1ms,
        2s,
        59s,
        60s,
        61s,
        24h,
        (milliseconds::max)()};
    failure.retry_after = random.pick(waits);
    failure.random = random.below((std::numeric_limits<std::uint64_t>::max)());
    return failure;
}

/// One call from its beginning to its end. Says which promise was broken; empty if none was.
std::string play(std::uint64_t seed)
{
    dice random(seed);
    core::call_terms terms;
    terms.bucket = static_cast<rate_bucket>(random.below(3));
    terms.repeat = random.one_in(2) ? repeatability::unsafe : repeatability::safe;
    terms.longest_retry_after = 60s;
    instant now{1h};
    if (random.one_in(2)) terms.deadline = now + random.up_to(random.one_in(2) ? 10s : 2h);
    core::call_engine engine(
        terms,
        hostile_retry{dice(seed + 1)},
        hostile_budget{dice(seed + 2)},
        retry_quota(static_cast<int>(random.below(200)))
    );

    unsigned sent = 0;
    bool ambiguous = false;
    instant not_before = now;
    for (int steps = 0; steps < 1000; ++steps) {
        if (random.one_in(50)) engine.stop(errc::wait_timed_out, random.one_in(2));
        const auto action = engine.next(now);
        if (const auto* end = std::get_if<core::finish_call>(&action)) {
            if (!engine.done()) return "finished, yet not done";
            if (engine.attempts() != sent) return "attempts miscounted";
            if (engine.effect() == core::call_effect::answered && end->ec)
                return "answered with an error";
            if (engine.effect() == core::call_effect::none && ambiguous)
                return "a doubt was forgotten";
            engine.on_success(now);
            engine.on_failure(now, any_failure(random));
            return engine.next(now + 1h) == action ? "" : "did not stay finished";
        }
        if (const auto* wait = std::get_if<core::wait_until>(&action)) {
            if (wait->when <= now) return "waits for what has come";
            if (terms.deadline && wait->when >= *terms.deadline) return "waits beyond the deadline";
            now = wait->when + (random.one_in(3) ? random.up_to(10s) : 0ms);
            continue;
        }
        if (std::holds_alternative<core::wait_for_answer>(action)) return "nothing was sent";
        ++sent;
        if (std::get<core::send_attempt>(action).attempt != sent)
            return "attempts not numbered in order";
        if (terms.deadline && now >= *terms.deadline) return "sent after the deadline";
        if (now < not_before) return "sent before the server allowed it";
        if (ambiguous && terms.repeat == repeatability::unsafe)
            return "an unsafe call was sent again";
        now += random.up_to(2s);
        if (random.one_in(10)) {
            engine.on_success(now);
            ambiguous = false;
            continue;
        }
        const auto failure = any_failure(random);
        const bool refused = failure.http_status >= 400 && failure.http_status <= 499;
        ambiguous = ambiguous || (failure.request_sent && !refused);
        if (failure.retry_after) {
            const auto asked = std::clamp(*failure.retry_after, milliseconds(0), milliseconds(24h));
            not_before = (std::max)(not_before, now + asked);
        }
        engine.on_failure(now, failure);
    }
    return "does not end";
}

}  // namespace

TEST_SUITE("core.call_engine")
{
    TEST_CASE("no policy, failure or delay makes a call break its promises")
    {
        for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
            CAPTURE(seed);
            REQUIRE_EQ(play(seed), "");
        }
    }

    TEST_CASE("the same seed tells the same history")
    {
        dice one(7);
        dice two(7);
        for (int i = 0; i < 100; ++i)
            CHECK_EQ(any_failure(one).random, any_failure(two).random);
    }
}
