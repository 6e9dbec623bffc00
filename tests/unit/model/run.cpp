#include <scrapingpros/model/run.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.run")
{
    TEST_CASE("the four words of the wire are read and written, others are unknown")
    {
        for (const std::string_view word : {"in_progress", "completed", "failed", "cancelled"})
            CHECK_EQ(to_string(run_status_from(word)), word);
        CHECK(run_status_from("paused") == run_status::unknown);
        CHECK(run_status_from("") == run_status::unknown);
    }

    TEST_CASE("a run of an unknown status may still go on")
    {
        CHECK_FALSE(is_terminal(run_status::unknown));
        CHECK_FALSE(is_terminal(run_status::in_progress));
        CHECK(is_terminal(run_status::completed));
        CHECK(is_terminal(run_status::failed));
        CHECK(is_terminal(run_status::cancelled));
    }

    TEST_CASE("finished jobs are the sum of three counters, and unknown if one is missing")
    {
        run r{.success_requests = 3, .failed_requests = 3, .timeout_requests = 1};
        CHECK_EQ(finished_jobs(r), 7u);
        r.timeout_requests.reset();
        CHECK_FALSE(finished_jobs(r).has_value());
        CHECK_FALSE(finished_jobs({}).has_value());
    }
}
