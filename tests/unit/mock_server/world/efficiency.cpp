#include "books/efficiency.hpp"

#include <doctest/doctest.h>

#include "state.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

/// Ten jobs, one after the other, each of 2 s from 0.9 s on. Rows become visible at 5, 10, 15 and
/// 20 s (2, 2, 3 and 2 of them) and the last one at 20.94 s.
struct slow_run : peer {
    slow_run() : peer(steady(2s, 1)) { run = run_of(10); }

    run_efficiency score() const
    {
        const world_state& state = service.state();
        return efficiency_of(*state.find_run(id_in(run)), *state.seen.find_run(id_in(run)), now);
    }

    std::string run;
};

}  // namespace

TEST_SUITE("mock.efficiency")
{
    TEST_CASE("a poller every 5 s made one poll more than its own delay needed")
    {
        slow_run client;
        for (int i = 0; i < 5; ++i) {
            client.now += 5s;
            client.read(client.run + "/jobs");
        }
        const run_efficiency found = client.score();
        CHECK_EQ(found.rows, 10);
        CHECK_EQ(found.listed, 10);
        CHECK_EQ(found.polls(), 5);
        CHECK_EQ(found.delay.mean, duration{406'000});
        CHECK_EQ(found.delay.max, duration{4'060'000});
        // The two rows of 20 s may wait for the last one: 1.88 s for all, and a poll is saved.
        CHECK_EQ(found.bounds.at(0).polls, 4);
        CHECK_EQ(found.bounds.at(0).score, 1250);
        CHECK_EQ(found.bounds.at(0).polls_for_max, 4);
        CHECK_EQ(found.bounds.at(0).mean, duration{0});
        CHECK_EQ(found.bounds.at(1).page, 1000);
        CHECK_EQ(found.bounds.at(1).polls, 4);
    }

    TEST_CASE("status reads are polls, and so are listings that failed")
    {
        slow_run client;
        for (int i = 0; i < 5; ++i) {
            client.now += 5s;
            client.read(client.run);
            client.read(client.run + "/jobs");
        }
        CHECK_EQ(client.score().bounds.at(0).score, 2500);
        client.service.add_fault(make_fault(
            operation::list_jobs, effect::status{503}, fault_phase::before, occurrence::nth(6)
        ));
        client.get(client.run + "/jobs");
        CHECK_EQ(client.score().polls(), 11);
    }

    TEST_CASE("a client that polls once is perfect on one axis, and the other one is told too")
    {
        slow_run client;
        client.finish(client.run);
        client.read(client.run + "/jobs");
        const json::value told = parse(efficiency_json(client.service.state(), client.now));
        CHECK_EQ(told.at("score"), 1.0);
        CHECK_EQ(told.at("polls"), 1);
        CHECK_EQ(told.at("frontier_polls"), 1);
        const json::value& run = told.at("runs").at(0);
        CHECK_EQ(run.at("delay").at("max"), 15.95);
        CHECK_EQ(run.at("frontier").at(0).at("polls_at_own_max"), 1);
    }

    TEST_CASE("a run that nobody listed has no score, and nothing is divided by it")
    {
        slow_run client;
        const run_efficiency early = client.score();
        CHECK_EQ(early.rows, 0);
        CHECK_EQ(early.bounds.at(0).score, 0);
        client.finish(client.run);
        client.read(client.run);
        CHECK_EQ(client.score().rows, 10);
        CHECK_EQ(client.score().listed, 0);
        CHECK_EQ(client.score().bounds.at(0).polls, 0);
        CHECK(parse(efficiency_json(client.service.state(), client.now, "nobody"))
                  .at("runs")
                  .as_array()
                  .empty());
    }
}
