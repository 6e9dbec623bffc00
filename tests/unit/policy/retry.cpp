#include <scrapingpros/policy/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t all_bits = (std::numeric_limits<std::uint64_t>::max)();

/// The waits of a policy while a call fails so, until it gives up.
template <class Policy>
std::vector<milliseconds> waits(Policy policy, failed_attempt failure)
{
    std::vector<milliseconds> all;
    for (failure.attempt = 1; failure.attempt < 100; ++failure.attempt) {
        const auto wait = policy.on_failure(failure);
        if (!wait) break;
        all.push_back(*wait);
    }
    return all;
}

failed_attempt of_kind(failure_class kind, error_code ec = errc::server_error)
{
    return {.kind = kind, .ec = ec};
}

struct always {
    milliseconds wait{};
    std::optional<milliseconds> on_failure(const failed_attempt&) const { return wait; }
};

}  // namespace

TEST_SUITE("policy.retry")
{
    TEST_CASE("no retry gives up at once, whatever failed")
    {
        for (std::size_t i = 0; i < failure_class_count; ++i)
            CHECK_FALSE(no_retry{}.on_failure(of_kind(static_cast<failure_class>(i))));
    }

    TEST_CASE("an exponential back-off doubles up to its ceiling and gives up after its attempts")
    {
        const std::vector<milliseconds> stock = {250ms, 500ms, 1s, 2s};
        CHECK_EQ(waits(exponential_backoff{}, of_kind(failure_class::server)), stock);
        const exponential_backoff small{.first = 1s, .ceiling = 3s, .max_attempts = 6};
        const std::vector<milliseconds> capped = {1s, 2s, 3s, 3s, 3s};
        CHECK_EQ(waits(small, of_kind(failure_class::server)), capped);
    }

    TEST_CASE("an exponential back-off keeps its ceiling from the first wait on")
    {
        const exponential_backoff odd{.first = 9s, .ceiling = 2s, .max_attempts = 3};
        const std::vector<milliseconds> expected = {2s, 2s};
        CHECK_EQ(waits(odd, of_kind(failure_class::server)), expected);
    }

    TEST_CASE("an exponential back-off does not overflow")
    {
        const exponential_backoff endless{
            .first = (milliseconds::max)() / 2 + 1ms, .ceiling = (milliseconds::max)()};
        for (const auto wait : waits(endless, of_kind(failure_class::server)))
            CHECK_GE(wait, endless.first);
    }

    TEST_CASE("an exponential back-off retries what may pass, and lost connections of any code")
    {
        const error_code foreign = make_error_code(boost::system::errc::connection_reset);
        exponential_backoff policy;
        CHECK(policy.on_failure(of_kind(failure_class::connect, foreign)));
        CHECK(policy.on_failure(of_kind(failure_class::reset_before_response, foreign)));
        CHECK(policy.on_failure(of_kind(failure_class::reset_mid_body, foreign)));
        CHECK(policy.on_failure(of_kind(failure_class::throttled, errc::throttled)));
        CHECK(policy.on_failure(of_kind(failure_class::client_timeout, errc::silence_timeout)));
        CHECK(policy.on_failure(of_kind(failure_class::not_found_grace, errc::result_pending)));
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::tls, foreign)));
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::protocol, errc::malformed_response)));
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::auth, errc::unauthorized)));
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::permanent, errc::quota_exceeded)));
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::permanent, errc::result_lost)));
    }

    TEST_CASE("retries by class have the limits and the waits of their class")
    {
        const struct {
            failure_class kind;
            std::vector<milliseconds> waits;
        } rows[] = {
            {failure_class::throttled, {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s, 60s, 60s, 60s}},
            {failure_class::server, {500ms, 1s, 2s, 4s}},
            {failure_class::connect, {250ms, 500ms, 1s, 2s}},
            {failure_class::reset_before_response, {250ms, 500ms, 1s}},
            {failure_class::reset_mid_body, {250ms, 500ms, 1s}},
            {failure_class::client_timeout, {250ms, 500ms}},
            {failure_class::tls, {}},
            {failure_class::protocol, {}},
            {failure_class::auth, {}},
            {failure_class::not_found_grace, {500ms, 1s, 2s, 4s}},
            {failure_class::permanent, {}},
        };
        for (const auto& row : rows) {
            CAPTURE(static_cast<int>(row.kind));
            CHECK_EQ(waits(retry_by_class{}, of_kind(row.kind)), row.waits);
        }
    }

    TEST_CASE("each class counts for itself")
    {
        retry_by_class policy;
        CHECK_EQ(policy.on_failure(of_kind(failure_class::client_timeout)), 250ms);
        CHECK_EQ(policy.on_failure(of_kind(failure_class::server)), 500ms);
        CHECK_EQ(policy.on_failure(of_kind(failure_class::client_timeout)), 500ms);
        CHECK_EQ(policy.on_failure(of_kind(failure_class::throttled)), 1s);
        CHECK_FALSE(policy.on_failure(of_kind(failure_class::client_timeout)));
        CHECK_EQ(policy.on_failure(of_kind(failure_class::server)), 1s);
    }

    TEST_CASE("a rule may be changed, and its waits do not overflow")
    {
        retry_by_class policy;
        policy.rules[static_cast<std::size_t>(failure_class::permanent)] = {50, 1ms, 1h};
        const auto all = waits(policy, of_kind(failure_class::permanent));
        REQUIRE_EQ(all.size(), 50);
        for (std::size_t i = 1; i < all.size(); ++i)
            CHECK_GE(all[i], all[i - 1]);
        CHECK_LE(all.back(), 1h);
    }

    TEST_CASE("a copy of a prototype begins to count afresh")
    {
        const retry_by_class prototype;
        auto first = prototype;
        (void)first.on_failure(of_kind(failure_class::server));
        auto second = prototype;
        CHECK_EQ(second.on_failure(of_kind(failure_class::server)), 500ms);
    }

    TEST_CASE("jitter lengthens by its share at most, in proportion to the bits drawn")
    {
        jittered<always> policy{.inner = {1s}, .share = 0.5};
        CHECK_EQ(policy.on_failure({.random = 0}), 1s);
        CHECK_EQ(policy.on_failure({.random = all_bits / 2 + 1}), 1250ms);
        CHECK_EQ(policy.on_failure({.random = all_bits}), 1499ms);
    }

    TEST_CASE("jitter never shortens, and never beyond its share")
    {
        const std::uint64_t seed = 20'260'530;
        CAPTURE(seed);
        std::mt19937_64 bits(seed);
        jittered<always> policy{.inner = {800ms}};
        for (int i = 0; i < 1000; ++i) {
            const auto wait = policy.on_failure({.random = bits()});
            REQUIRE(wait);
            REQUIRE_GE(*wait, 800ms);
            REQUIRE_LE(*wait, 1s);
        }
    }

    TEST_CASE("jitter begins at the wait that the server asked for")
    {
        jittered<always> policy{.inner = {1s}, .share = 0.5};
        CHECK_EQ(policy.on_failure({.retry_after = 10s, .random = 0}), 10s);
        CHECK_EQ(policy.on_failure({.retry_after = 10s, .random = all_bits / 2 + 1}), 12500ms);
        CHECK_EQ(policy.on_failure({.retry_after = 0ms, .random = 0}), 1s);
        CHECK_EQ(policy.on_failure({.retry_after = -5s, .random = 0}), 1s);
    }

    TEST_CASE("jitter keeps giving up, and takes a share out of its range for the nearest")
    {
        CHECK_FALSE(jittered<no_retry>{}.on_failure({.retry_after = 1s}));
        CHECK_EQ((jittered<always>{{1s}, -1.0}).on_failure({.random = all_bits}), 1s);
        CHECK_EQ((jittered<always>{{1s}, 7.0}).on_failure({.random = all_bits}), 1999ms);
    }

    TEST_CASE("jitter does not overflow the longest wait, and a negative wait is none")
    {
        jittered<always> endless{.inner = {(milliseconds::max)()}, .share = 1};
        CHECK_EQ(endless.on_failure({.random = all_bits}), (milliseconds::max)());
        jittered<always> negative{.inner = {(milliseconds::min)()}, .share = 1};
        CHECK_EQ(negative.on_failure({.random = all_bits}), 0ms);
    }
}
