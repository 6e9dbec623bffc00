#include <scrapingpros/model/collection.hpp>

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace scrapingpros;
using scrapingpros::tests::a_creation;

TEST_SUITE("model.collection")
{
    TEST_CASE("queued jobs are the items less the three buckets")
    {
        CHECK_EQ(queued(a_creation("c", 2, 3, 1), 13), 7);
        CHECK_EQ(queued(a_creation("c"), 5), 5);
        CHECK_EQ(queued(a_creation("c"), 0), 0);
    }

    TEST_CASE("buckets that hold more than was sent leave nothing, not a huge number")
    {
        CHECK_EQ(queued(a_creation("c", 2, 3, 1), 5), 0);
        CHECK_EQ(queued(a_creation("c", 2, 3, 1), 6), 0);
    }

    TEST_CASE("duplicates count by number or by list, whichever the server sent")
    {
        auto answer = a_creation("c", 0, 0, 2);
        answer.duplicate_urls.clear();
        CHECK_EQ(queued(answer, 10), 8);
        answer = a_creation("c", 0, 0, 2);
        answer.duplicates_skipped = 0;
        CHECK_EQ(queued(answer, 10), 8);
    }

    TEST_CASE("a draft keeps its items in order and of both kinds")
    {
        const collection_draft draft{
            .name = "n", .requests = {scrape_request{.url = "https://a.example"}, raw_item{"1"}}};
        CHECK(std::holds_alternative<scrape_request>(draft.requests[0]));
        CHECK(std::holds_alternative<raw_item>(draft.requests[1]));
    }
}
