// SRV-012: the limiters against models that know nothing but the times of the requests that they
// admitted, and look at all of them each time. 100,000 arrivals for each limiter by default; the
// whole million with
//
//     SRV_012_ARRIVALS=1000000 test_mock_world --test-case="SRV-012*"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "limits/limit_headers.hpp"
#include "limits/throttle.hpp"
#include "support.hpp"
#include "text.hpp"

using namespace mock_test;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t fallback)
{
    const char* text = std::getenv(name);
    return text == nullptr ? fallback : number_in<std::uint64_t>(text).value_or(fallback);
}

std::uint64_t arrivals()
{
    return from_environment("SRV_012_ARRIVALS", 100'000);
}

class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t limit)
    {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ >> 33) % limit;
    }
    duration up_to(duration most)
    {
        return duration{
            static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1))};
    }

private:
    std::uint64_t state_;
};

/// Bursts, trickles, pauses, and gaps that fall on the edges of windows.
duration gap(dice& random, time_point now)
{
    const time_point next_minute = std::chrono::floor<std::chrono::minutes>(now) + 1min;
    switch (random.below(12)) {
    case 0:
    case 1:
    case 2: return duration{0};
    case 3: return duration{1};
    case 4:
    case 5:
    case 6: return random.up_to(1s);
    case 7: return random.up_to(7s);
    case 8: return next_minute - now;
    case 9: return next_minute - now - 1us;
    case 10: return random.below(4) == 0 ? 60s + random.up_to(2us) - 1us : random.up_to(3s);
    default: return random.below(6) == 0 ? random.up_to(150s) : random.up_to(100ms);
    }
}

/// Whether a request at `now` is admitted after those of `past`, all of them admitted.
using rule = std::function<bool(const std::vector<time_point>& past, time_point now)>;

/// Fewer than the limit since the last whole minute.
rule wall_window(std::size_t limit)
{
    return [limit](const std::vector<time_point>& past, time_point now) {
        std::size_t in_window = 0;
        for (const time_point each : past)
            if (each.time_since_epoch() / 1min == now.time_since_epoch() / 1min) ++in_window;
        return in_window < limit;
    };
}

/// Windows are laid over the past one after the other, each from its first request on.
rule first_request_window(std::size_t limit)
{
    return [limit](const std::vector<time_point>& past, time_point now) {
        std::size_t i = 0;
        while (i < past.size()) {
            const time_point begins = past[i];
            std::size_t in_window = 0;
            for (; i < past.size() && past[i] - begins < 1min; ++i)
                ++in_window;
            if (i == past.size()) return now - begins >= 1min || in_window < limit;
        }
        return limit > 0;
    };
}

/// Fewer than the limit in the minute before.
rule sliding_window(std::size_t limit)
{
    return [limit](const std::vector<time_point>& past, time_point now) {
        std::size_t recent = 0;
        for (const time_point each : past)
            if (now - each < 1min) ++recent;
        return recent < limit;
    };
}

/// No stretch of time has seen more than the burst and what came in during it.
rule arrival_curve(std::size_t per_minute, std::size_t burst)
{
    return [=](const std::vector<time_point>& past, time_point now) {
        for (std::size_t i = 0; i < past.size(); ++i) {
            const std::size_t in_stretch = past.size() - i + 1;
            const auto length = static_cast<std::size_t>((now - past[i]).count());
            if (in_stretch * 60'000'000 > burst * 60'000'000 + per_minute * length) return false;
        }
        return burst > 0;
    };
}

struct subject {
    limiter real;
    rule model;
    duration memory;  ///< a pause this long makes the model forget
};

subject draw_subject(dice& random, choice::rate_algorithm how, window_anchor anchor)
{
    using enum choice::rate_algorithm;
    const std::size_t limit = 1 + random.below(40);
    if (how == sliding_60s) return {limiter{{how, limit}}, sliding_window(limit), 1min};
    if (how == fixed_window_60s && anchor == window_anchor::first_request)
        return {limiter{{how, limit, anchor}}, first_request_window(limit), 1min};
    if (how == fixed_window_60s) return {limiter{{how, limit}}, wall_window(limit), 1min};
    const std::size_t burst = 1 + random.below(limit);
    return {limiter{{how, limit, {}, burst}}, arrival_curve(limit, burst), 1min};
}

std::size_t room(const rule& admits, std::vector<time_point> past, time_point now)
{
    std::size_t count = 0;
    for (; admits(past, now); ++count)
        past.push_back(now);
    return count;
}

/// Remaining, reset and wait of a verdict against what the model would do next.
bool is_true(
    const subject& of,
    const std::vector<time_point>& past,
    const limiter::verdict& told,
    time_point now
)
{
    if (told.remaining != room(of.model, past, now)) return false;
    if (!told.admitted)
        return of.model(past, now + told.retry_after) &&
               !of.model(past, now + told.retry_after - 1us);
    const std::size_t whole = room(of.model, {}, now);
    return room(of.model, past, told.reset) == whole &&
           (told.reset == now || room(of.model, past, told.reset - 1us) < whole);
}

/// The number of differences.
std::size_t compare(choice::rate_algorithm how, window_anchor anchor, std::uint64_t seed)
{
    dice random{seed};
    std::size_t wrong = 0;
    std::size_t admitted = 0;
    const std::uint64_t total = arrivals();
    for (std::uint64_t done = 0; done < total;) {
        subject of = draw_subject(random, how, anchor);
        std::vector<time_point> past;
        time_point now = start + random.up_to(1h);
        for (int i = 0; i < 1'000 && done < total; ++i, ++done) {
            now += gap(random, now);
            if (!past.empty() && now - past.back() >= of.memory) past.clear();
            const bool expected = of.model(past, now);
            const limiter::verdict told = of.real.admit(now);
            if (told.admitted != expected) ++wrong;
            if (expected) past.push_back(now);
            if (random.below(20) == 0 && !is_true(of, past, told, now)) ++wrong;
            admitted += told.admitted ? 1 : 0;
        }
    }
    // A history in which nothing was refused, or nothing admitted, would show nothing.
    CHECK_GT(admitted, total / 20);
    CHECK_LT(admitted, total - total / 20);
    return wrong;
}

std::uint64_t seed()
{
    const std::uint64_t drawn = from_environment("SRV_012_SEED", 20260601);
    MESSAGE("SRV_012_SEED=" << drawn << " SRV_012_ARRIVALS=" << arrivals());
    return drawn;
}

std::int64_t number_of(const response_plan& plan, const char* name)
{
    return *number_in<std::int64_t>(*header_of(plan, name));
}

/// "12.5" as microseconds.
duration seconds_in(const std::string& text)
{
    const std::size_t dot = text.find('.');
    std::string fraction = text.substr(dot + 1);
    fraction.resize(6, '0');
    return std::chrono::seconds{*number_in<std::int64_t>(text.substr(0, dot))} +
           duration{*number_in<std::int64_t>(fraction)};
}

}  // namespace

TEST_SUITE("mock.limiter_model")
{
    TEST_CASE("SRV-012: a fixed window admits what its model admits")
    {
        CHECK_EQ(
            compare(choice::rate_algorithm::fixed_window_60s, window_anchor::wall_minute, seed()), 0
        );
    }

    TEST_CASE("SRV-012: a window from its first request on admits what its model admits")
    {
        CHECK_EQ(
            compare(choice::rate_algorithm::fixed_window_60s, window_anchor::first_request, seed()),
            0
        );
    }

    TEST_CASE("SRV-012: a sliding window admits what its model admits")
    {
        CHECK_EQ(compare(choice::rate_algorithm::sliding_60s, {}, seed()), 0);
    }

    TEST_CASE("SRV-012: a token bucket admits what its arrival curve allows")
    {
        CHECK_EQ(compare(choice::rate_algorithm::token_bucket, {}, seed()), 0);
    }

    TEST_CASE("SRV-012: requests at work are counted as a list of them counts")
    {
        dice random{seed()};
        scenario from = steady();
        from.limits.in_flight = 5;
        peer client{from};
        struct at_work {
            std::uint64_t ordinal;
            std::uint64_t connection;
        };
        std::vector<at_work> model;
        std::size_t refused = 0;
        const std::uint64_t total = arrivals() / 10;
        for (std::uint64_t i = 0; i < total; ++i) {
            client.now += random.up_to(10ms);
            if (!model.empty() && random.below(5) < 2) {
                const std::size_t which = random.below(model.size());
                client.service.finished(model[which].ordinal, {}, client.now);
                model.erase(model.begin() + static_cast<std::ptrdiff_t>(which));
                continue;
            }
            const std::uint64_t connection = 1 + random.below(12);
            std::erase_if(model, [&](const at_work& a) { return a.connection == connection; });
            const response_plan plan = client.service.handle(
                {"GET",
                 "/v1/async/collections",
                 {{"Authorization", "Bearer test_token_a"}},
                 "",
                 connection},
                client.now
            );
            // The reads bucket may be empty: a minute later it is not.
            if (number_of(plan, "X-RateLimit-Limit") != 5 && plan.status == 429) {
                client.now += 1min;
                continue;
            }
            REQUIRE_EQ(plan.status, model.size() < 5 ? 200u : 429u);
            if (plan.status == 200) model.push_back({plan.ordinal, connection});
            refused += plan.status == 429 ? 1 : 0;
        }
        CHECK_GT(refused, total / 20);
    }

    TEST_CASE("SRV-012: what the headers say is what the next reply does")
    {
        for (const char* how : {"fixed_window_60s", "sliding_60s", "token_bucket"}) {
            CAPTURE(how);
            dice random{seed()};
            scenario from = steady();
            from.contract.set("rate_algorithm", how);
            from.contract.set("retry_after_form", "fraction");
            from.contract.read_per_minute = 9;
            peer client{from};
            const auto ask = [&] { return client.get("/v1/async/collections"); };
            std::size_t waits = 0;
            std::int64_t announced = 9;
            for (int i = 0; i < 1'000; ++i) {
                const response_plan plan = ask();
                if (plan.status == 200) {
                    const std::int64_t remaining = number_of(plan, "X-RateLimit-Remaining");
                    REQUIRE_GE(remaining, announced - 1);
                    announced = remaining;
                    const time_point reset{
                        std::chrono::seconds{number_of(plan, "X-RateLimit-Reset")}};
                    REQUIRE_GE(reset, client.now);
                    if (random.below(3) == 0) {
                        client.now += random.up_to(9s);
                        announced = std::max<std::int64_t>(announced, 0);
                    }
                    continue;
                }
                ++waits;
                REQUIRE_EQ(number_of(plan, "X-RateLimit-Remaining"), 0);
                const duration wait = seconds_in(*header_of(plan, "Retry-After"));
                client.now += wait - 1us;
                REQUIRE_EQ(ask().status, 429);
                client.now += 1us;
                const response_plan next = ask();
                REQUIRE_EQ(next.status, 200);
                announced = number_of(next, "X-RateLimit-Remaining");
                // At the reset the whole limit is there.
                if (random.below(4) == 0) {
                    client.now =
                        time_point{std::chrono::seconds{number_of(next, "X-RateLimit-Reset")}};
                    for (int k = 0; k < 9; ++k)
                        REQUIRE_EQ(ask().status, 200);
                    announced = 0;
                }
            }
            CHECK_GT(waits, 20);
        }
    }
}
