#include <scrapingpros/core/outcomes.hpp>

#include <doctest/doctest.h>

#include "support/builders.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using core::settlement_of;

TEST_SUITE("core.outcomes")
{
    TEST_CASE("the state of the job comes before the verdict")
    {
        const auto how = [](job row, judgement value) {
            return settlement_of({std::move(row), {}, {value, "", ""}});
        };
        CHECK_EQ(how(a_job("a"), judgement::usable), settlement::usable);
        CHECK_EQ(how(a_job("a"), judgement::not_usable), settlement::not_usable);
        CHECK_EQ(how(a_job("a"), judgement::unknown), settlement::undecided);
        CHECK_EQ(how(a_job("a").failed(), judgement::usable), settlement::failed);
        CHECK_EQ(how(a_job("a").timed_out(), judgement::usable), settlement::timed_out);
        CHECK_EQ(
            how(a_job("a").status(job_status::unknown), judgement::unknown), settlement::undecided
        );
    }

    TEST_CASE("whatever may be usable is wanted as usable")
    {
        CHECK(core::is_wanted_as_usable(settlement::usable));
        CHECK(core::is_wanted_as_usable(settlement::undecided));
        for (const auto how :
             {settlement::not_usable,
              settlement::failed,
              settlement::timed_out,
              settlement::missing})
            CHECK_FALSE(core::is_wanted_as_usable(how));
    }

    TEST_CASE("a result has the url and the id of its row, unless it has its own")
    {
        job_outcome item{a_job("a").custom_id("mine"), a_result("1"), {}};
        core::fill_from_row(item);
        CHECK_EQ(item.result->url, "https://shop.example/a");
        CHECK_EQ(item.result->custom_id, "mine");
        item.result->url = "https://other.example";
        core::fill_from_row(item);
        CHECK_EQ(item.result->url, "https://other.example");
        job_outcome failed{a_job("a").failed(), {}, {}};
        core::fill_from_row(failed);
        CHECK_FALSE(failed.result);
    }

    TEST_CASE("the size of an outcome is that of its large parts")
    {
        job_outcome item{a_job("a"), {}, {}};
        CHECK_EQ(core::size_of_parts(item), 0u);
        item.result = a_result("12345");
        CHECK_EQ(core::size_of_parts(item), 5u);
        item.result->screenshot_base64 = "123";
        item.result->timings_json = "{}";
        CHECK_EQ(core::size_of_parts(item), 10u);
    }
}
