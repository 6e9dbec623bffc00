#include <scrapingpros/model/job.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

using namespace scrapingpros;

TEST_SUITE("model.job")
{
    TEST_CASE("the four words of the wire are read and written, others are unknown")
    {
        for (const std::string_view word : {"processing", "completed", "failed", "timeout"})
            CHECK_EQ(to_string(job_status_from(word)), word);
        CHECK(job_status_from("cancelled") == job_status::unknown);
        CHECK(job_status_from("") == job_status::unknown);
        CHECK(job_status_from("Completed") == job_status::unknown);
        CHECK(to_string(job_status::unknown).empty());
    }

    TEST_CASE("only a job that is being worked on, or whose word is unknown, is not terminal")
    {
        CHECK(is_terminal(job_status::completed));
        CHECK(is_terminal(job_status::failed));
        CHECK(is_terminal(job_status::timeout));
        CHECK_FALSE(is_terminal(job_status::processing));
        CHECK_FALSE(is_terminal(job_status::unknown));
    }

    TEST_CASE("a status filter is one word or several separated by commas, and nothing else")
    {
        using statuses = std::vector<job_status>;
        CHECK_EQ(job_statuses_from("failed").value(), statuses{job_status::failed});
        CHECK_EQ(
            job_statuses_from("completed,failed,timeout").value(),
            statuses{job_status::completed, job_status::failed, job_status::timeout}
        );
        for (const std::string_view text :
             {"", ",", "completed,", ",completed", "completed, failed", "all", "Completed"}) {
            CAPTURE(text);
            CHECK_EQ(job_statuses_from(text).error(), make_error_code(errc::bad_option));
        }
    }
}
