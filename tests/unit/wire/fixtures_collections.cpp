#include <scrapingpros/wire/decode.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/builders.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

const collection_id tours{"c0ffee00-0000-4000-8000-000000000001"};

creation decoded_creation(const std::string& file)
{
    diagnostics diag;
    const auto answer = decode_creation(fixture(file), diag);
    REQUIRE(answer.has_value());
    CHECK_EQ(diag.place, "");
    return *answer;
}

void has_every_bucket(const creation& answer)
{
    CHECK_EQ(answer.id, tours);
    CHECK_EQ(answer.name, "tours-2026-06-01");
    CHECK_EQ(answer.duplicates_skipped, 1);
    CHECK(answer.duplicate_urls == std::vector<std::string>{"https://shop.example/tour/1"});
    CHECK(
        answer.blocked_urls ==
        std::vector<blocked_url>{
            {8,
             "http://192.168.1.1/admin",
             block_reason::private_ip,
             "private_ip",
             "URL resolved to a private or internal IP."},
            {9,
             "ftp://files.example/a",
             block_reason::invalid_protocol,
             "invalid_protocol",
             "Only http and https URLs are accepted."}}
    );
    CHECK(
        answer.invalid_items ==
        std::vector<invalid_item>{
            {10,
             "https://shop.example/long",
             {{"custom_id", "string_too_long", "String should have at most 255 characters"}}},
            {11,
             "https://shop.example/shot",
             {{"screenshot", "param_invalid", "screenshot requires browser=true"}}},
            {12, {}, {{"<root>", "not_a_dict", "Item must be an object"}}}}
    );
    CHECK_EQ(queued(answer, 13), 7);
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("create_201.json", "decodes to a collection of which nothing was refused")
    {
        const creation expected{
            .id = tours, .name = "one", .message = "Collection created successfully."};
        CHECK_EQ(decoded_creation("create_201.json"), expected);
        CHECK_EQ(read_replayed(fixture_headers("create_201.json")), false);
    }

    FIXTURE_CASE("create_201_buckets.json", "decodes to three buckets that leave 7 of 13 items")
    {
        has_every_bucket(decoded_creation("create_201_buckets.json"));
    }

    FIXTURE_CASE("create_201_replayed.json", "decodes to the first answer, marked as replayed")
    {
        has_every_bucket(decoded_creation("create_201_replayed.json"));
        CHECK_EQ(read_replayed(fixture_headers("create_201_replayed.json")), true);
    }

    FIXTURE_CASE("create_201_old_server.json", "decodes to empty buckets")
    {
        const auto answer = decoded_creation("create_201_old_server.json");
        CHECK_EQ(answer.id, tours);
        CHECK_EQ(queued(answer, 5), 5);
        CHECK_FALSE(read_replayed(fixture_headers("create_201_old_server.json")).has_value());
    }

    FIXTURE_CASE("collection_update_200.json", "decodes like the answer to a create")
    {
        diagnostics diag;
        const auto answer = decode_update(fixture("collection_update_200.json"), diag);
        const creation expected{
            .id = tours, .name = "tours-renamed", .message = "Collection updated successfully."};
        REQUIRE(answer.has_value());
        CHECK_EQ(*answer, expected);
    }

    FIXTURE_CASE("collection_get_200.json", "decodes to a name and two stamps")
    {
        diagnostics diag;
        const auto read = decode_collection(fixture("collection_get_200.json"), diag);
        REQUIRE(read.has_value());
        CHECK_EQ(read->id, tours);
        CHECK_EQ(read->name, "tours-2026-06-01");
        CHECK(read->created_at == at(-9480ms));
        CHECK(read->updated_at == at(-9480ms));
    }

    FIXTURE_CASE("collections_list_200.json", "decodes newest first, old ones without stamps")
    {
        diagnostics diag;
        const auto list = decode_collection_list(fixture("collections_list_200.json"), diag);
        REQUIRE(list.has_value());
        REQUIRE_EQ(list->items.size(), 3);
        CHECK_EQ(list->unreadable, 0);
        CHECK_EQ(list->items[0].name, "tours-2026-06-01");
        CHECK(list->items[1].updated_at == at(-82809750ms));
        CHECK_EQ(list->items[2].name, "before-april");
        CHECK_FALSE(list->items[2].created_at.has_value());
        CHECK_EQ(diag.place, "");
    }

    FIXTURE_CASE("collections_list_empty_200.json", "decodes to no collections")
    {
        diagnostics diag;
        const auto list = decode_collection_list(fixture("collections_list_empty_200.json"), diag);
        REQUIRE(list.has_value());
        CHECK(list->items.empty());
    }

    FIXTURE_CASE("collection_delete_200.json", "is a document that nobody needs to read")
    {
        diagnostics diag;
        CHECK(decode_document(fixture("collection_delete_200.json"), diag).has_value());
    }
}
