#include <scrapingpros/model/page.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.page")
{
    TEST_CASE("a page that says nothing about the next one is the last")
    {
        CHECK_FALSE(page_end{}.has_more);
        CHECK_FALSE(page_end{}.cursor.has_value());
    }

    TEST_CASE("a row without a result tells by default that there was none to read")
    {
        CHECK(listed_job{}.state == inline_state::absent);
        CHECK(listed_job{.state = inline_state::unreadable} != listed_job{});
    }

    TEST_CASE("a page may hold readable and unreadable rows side by side")
    {
        const job_page page{
            .rows = {listed_job{.job = {.id = {"a"}}}, unreadable_row{1, "why", {}}}};
        CHECK(std::holds_alternative<listed_job>(page.rows[0]));
        CHECK_EQ(std::get<unreadable_row>(page.rows[1]).index, 1);
    }
}
