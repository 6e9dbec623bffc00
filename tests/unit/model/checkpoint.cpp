#include <scrapingpros/model/checkpoint.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr std::array every_settlement{
    settlement::usable,
    settlement::not_usable,
    settlement::undecided,
    settlement::failed,
    settlement::timed_out,
    settlement::filtered,
    settlement::missing};

std::uint64_t sum(const settlement_counts& c)
{
    return delivered(c) + c.filtered + c.missing;
}

}  // namespace

TEST_SUITE("model.checkpoint")
{
    TEST_CASE("a new checkpoint is one of a batch that nothing was sent of")
    {
        const checkpoint fresh;
        CHECK_EQ(fresh.stage, batch_stage::creating);
        CHECK_FALSE(fresh.first_create_at);
        CHECK(fresh.settled.empty());
        CHECK_EQ(sum(fresh.counts), 0);
    }

    TEST_CASE("the stages are in the order of time")
    {
        CHECK_LT(batch_stage::creating, batch_stage::created);
        CHECK_LT(batch_stage::created, batch_stage::starting);
        CHECK_LT(batch_stage::starting, batch_stage::running);
        CHECK_LT(batch_stage::running, batch_stage::finished);
    }

    TEST_CASE("each step settles one job, and is counted by how")
    {
        checkpoint c;
        std::uint64_t steps = 0;
        for (const auto how : every_settlement) {
            CAPTURE(to_string(how));
            apply(c, {.id = {std::to_string(steps)}, .how = how});
            ++steps;
            CHECK_EQ(c.settled.size(), steps);
            CHECK_EQ(sum(c.counts), steps);
        }
        CHECK_EQ(c.counts, settlement_counts{1, 1, 1, 1, 1, 1, 1});
    }

    TEST_CASE("what was filtered or is missing was not delivered")
    {
        settlement_counts counts;
        for (const auto how : every_settlement)
            add(counts, how);
        CHECK_EQ(delivered(counts), 5);
        CHECK_EQ(delivered({.filtered = 3, .missing = 4}), 0);
    }

    TEST_CASE("a step that is known already changes nothing, however it differs")
    {
        checkpoint c;
        apply(c, {.id = {"a"}, .how = settlement::usable, .high_water_mark = timestamp(1s)});
        const checkpoint before = c;
        apply(c, {.id = {"a"}, .how = settlement::usable, .high_water_mark = timestamp(1s)});
        CHECK_EQ(c, before);
        apply(
            c,
            {.id = {"a"},
             .how = settlement::missing,
             .high_water_mark = timestamp(9s),
             .missing = shortfall{.id = {"a"}}}
        );
        CHECK_EQ(c, before);
    }

    TEST_CASE("the mark only rises, and a step without one leaves it")
    {
        checkpoint c;
        apply(c, {.id = {"a"}});
        CHECK_FALSE(c.high_water_mark);
        apply(c, {.id = {"b"}, .high_water_mark = timestamp(5s)});
        apply(c, {.id = {"c"}, .high_water_mark = timestamp(3s)});
        apply(c, {.id = {"d"}});
        CHECK_EQ(c.high_water_mark, timestamp(5s));
        apply(c, {.id = {"e"}, .high_water_mark = timestamp(5s + 1us)});
        CHECK_EQ(c.high_water_mark, timestamp(5s + 1us));
    }

    TEST_CASE("what cannot be had is listed in the order of the steps")
    {
        checkpoint c;
        for (const char* id : {"z", "a", "z"})
            apply(
                c,
                {.id = {id},
                 .how = settlement::missing,
                 .missing = shortfall{.id = {id}, .cause = shortfall_cause::lost}}
            );
        REQUIRE_EQ(c.missing.size(), 2);
        CHECK_EQ(c.missing[0].id, job_id{"z"});
        CHECK_EQ(c.missing[1].id, job_id{"a"});
        CHECK_EQ(c.counts.missing, 2);
    }

    TEST_CASE("no value out of range has a name or a count")
    {
        CHECK_EQ(to_string(static_cast<settlement>(99)), "");
        CHECK_EQ(to_string(static_cast<batch_stage>(-1)), "");
        settlement_counts counts;
        add(counts, static_cast<settlement>(99));
        CHECK_EQ(counts, settlement_counts{});
    }
}
