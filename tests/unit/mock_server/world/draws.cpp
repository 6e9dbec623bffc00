// Values that every compiler and standard library must agree on. A change here changes every
// recorded history: then the numbers below are made anew, on purpose.
#include "runs/draws.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "runs/polling_workload.hpp"
#include "runs/stock_workloads.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

template <class Distribution>
std::vector<std::int64_t> first_of(const Distribution& points)
{
    const draws chance{42, "golden"};
    std::vector<std::int64_t> out;
    for (std::uint64_t i = 0; i < 5; ++i)
        out.push_back(chance.from(points, "value", 0, i));
    return out;
}

std::vector<std::int64_t> sorted_of(const spread& points)
{
    const draws chance{42, "golden"};
    std::vector<std::int64_t> out;
    for (std::uint64_t i = 0; i < 20'000; ++i)
        out.push_back(chance.from(points, "value", 1, i));
    std::sort(out.begin(), out.end());
    return out;
}

void check_near(std::int64_t made, std::int64_t wanted, std::int64_t percent)
{
    CAPTURE(made);
    CAPTURE(wanted);
    CHECK_LE(std::abs(made - wanted) * 100, wanted * percent);
}

/// All answers of a history of requests.
std::string history(std::uint64_t seed)
{
    scenario from = scenario::lifelike();
    from.seed = seed;
    peer client{from};
    const std::string run = client.run_of(20);
    std::string told;
    for (int i = 0; i < 5; ++i) {
        client.now += 3s;
        told += client.get(run).body + client.get(run + "/jobs?include_results=true").body;
    }
    return told;
}

}  // namespace

TEST_SUITE("mock.draws")
{
    TEST_CASE("golden values of the draws and of each distribution")
    {
        const draws chance{42, "golden"};
        CHECK_EQ(chance.number("a", 0, 0), 15513946145241850506u);
        CHECK_EQ(chance.number("a", ~0ull, ~0ull), 13286364871344846070u);
        CHECK_EQ(view(chance.id("id", 3, 4)), "9a9e2eb0-41b8-4929-ae2d-05ac598590a5");
        CHECK_EQ(chance.between(1s, 9s, "between", 1, 2), 1353769us);
        using values = std::vector<std::int64_t>;
        CHECK_EQ(first_of(quantiles{100, 200, 1'000, 5'000}), values{192, 537, 241, 112, 632});
        CHECK_EQ(
            first_of(log_normal{6'000'000, 40'000'000, 0}),
            values{3806076, 12832762, 10174987, 18081482, 4700912}
        );
        CHECK_EQ(
            first_of(pareto{61'440, 2'097'152, 0}), values{100914, 46822, 42168, 53068, 78251}
        );
        CHECK_EQ(log_normal::by_sigma(12'000'000, 500'000).p99, 38401244);
        CHECK_EQ(pareto_at(15'000'000, 1'300, 0, 1ull << 60), 126571656);
        CHECK_EQ(
            hash_of(*stock_workload("1k-burst", 1)),
            "a01407467e8d6967d42ca42720ef56431f062c29b2ff4ec18123654ba827c651"
        );
        CHECK_EQ(
            hash_of(*stock_workload("10k-browser-tail", 1)),
            "492ed26486f3ec198f38ce524be668b339b0c62b96d94557a2401bdfaa431bc7"
        );
    }

    TEST_CASE("log-normal and Pareto go through their two points and not beyond their cap")
    {
        const auto times = sorted_of(log_normal{6'000'000, 40'000'000, 0});
        check_near(times[10'000], 6'000'000, 3);
        check_near(times[19'800], 40'000'000, 8);
        check_near(times[200], 900'000, 8);  // the other tail: 6 / (40 / 6) s
        const auto sizes = sorted_of(pareto{61'440, 2'097'152, 0});
        check_near(sizes[10'000], 61'440, 3);
        check_near(sizes[19'800], 2'097'152, 15);
        check_near(sizes[0], 32'870, 2);  // p50 / 2^(1/alpha)
        CHECK_EQ(sorted_of(log_normal{6'000'000, 40'000'000, 8'000'000}).back(), 8'000'000);
        CHECK_EQ(sorted_of(pareto{61'440, 2'097'152, 100'000}).back(), 100'000);
        CHECK_EQ(sorted_of(log_normal{0, 0, 0}).back(), 0);
        CHECK_EQ(sorted_of(log_normal{5, 5, 0}).front(), 5);
    }

    TEST_CASE("powers and logarithms stay within their range at the ends of it")
    {
        constexpr std::int64_t largest = std::int64_t{1} << 62;
        CHECK_EQ(times_power_of_two(1, 0), 1);
        CHECK_EQ(times_power_of_two(1'000'000, 65'536), 2'000'000);
        CHECK_EQ(times_power_of_two(1'000'000, -65'536), 500'000);
        CHECK_EQ(times_power_of_two(1, 1'000 * 65'536), largest);
        CHECK_EQ(times_power_of_two(largest, 64 * 65'536), largest);
        CHECK_EQ(times_power_of_two(1'000'000, -1'000 * 65'536), 0);
        CHECK_EQ(times_power_of_two(-5, 65'536), 0);
        CHECK_EQ(log2_of(1), 0);
        CHECK_EQ(log2_of(1ull << 63), 63 * 65'536);
        CHECK_LE(std::abs(log2_of(~0ull) - 64 * 65'536), 1);
        for (const std::uint64_t draw : {0ull, 1ull, ~0ull, 1ull << 63, (1ull << 63) - 1}) {
            CHECK_LE(std::abs(normal_at(draw)), 5 * 65'536);
            CHECK_GE(value_at(pareto{10, 20, 0}, draw), 0);
        }
        CHECK_LE(std::abs(normal_at(~0ull)), 1);
        CHECK_LT(normal_at(0), -4 * 65'536);
        CHECK_GT(normal_at(1ull << 63), 4 * 65'536);
    }

    TEST_CASE("another seed gives other bytes, the same seed the same")
    {
        const std::string told = history(1);
        CHECK_EQ(told, history(1));
        for (const std::uint64_t seed : {0ull, 2ull, ~0ull})
            CHECK_NE(told, history(seed));
    }
}
