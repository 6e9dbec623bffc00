#include <scrapingpros/model/start_outcome.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.start_outcome")
{
    TEST_CASE("an outcome that nobody filled in claims no run")
    {
        const start_outcome nothing;
        CHECK_EQ(nothing.certainty, start_certainty::not_started);
        CHECK_FALSE(nothing.started_run);
        CHECK_FALSE(nothing.cause);
    }

    TEST_CASE("outcomes compare by certainty, run and attempt")
    {
        const start_outcome unknown{
            start_certainty::unknown, {}, {{"c"}, timestamp{}}, errc::server_error};
        auto other = unknown;
        CHECK_EQ(unknown, other);
        other.attempt.not_before += std::chrono::seconds(1);
        CHECK_NE(unknown, other);
    }
}
