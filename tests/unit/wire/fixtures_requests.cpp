#include <scrapingpros/wire/encode.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

/// Without null members: a null says no more than no member (contract 3.3, A8).
boost::json::value without_nulls(const boost::json::value& from)
{
    if (const auto* array = from.if_array()) {
        boost::json::array out;
        for (const auto& element : *array)
            out.push_back(without_nulls(element));
        return out;
    }
    const auto* object = from.if_object();
    if (!object) return from;
    boost::json::object out;
    for (const auto& [name, value] : *object)
        if (!value.is_null()) out[name] = without_nulls(value);
    return out;
}

void says_the_same_as(const std::string& file, const result<std::string>& body)
{
    REQUIRE(body.has_value());
    CHECK_EQ(boost::json::parse(*body), without_nulls(boost::json::parse(fixture(file))));
}

scrape_request item(const char* path, const char* custom_id)
{
    return {.url = std::string("https://shop.example/") + path, .custom_id = custom_id};
}

collection_draft the_thirteen_items()
{
    auto second = item("tour/2", "tour_2");
    second.format = body_format::markdown;
    auto third = item("tour/1", "tour_1b");
    third.browser = true;
    third.retry_on_block = true;
    third.block_resources = {resource_kind::image, resource_kind::font, resource_kind::media};
    auto fourth = item("gone", "tour_4");
    fourth.extract = {{"title", {"css:h1"}}, {"prices", {"css:.price", {}, true}}};
    auto fifth = item("slow", "tour_5");
    fifth.browser = true;
    fifth.screenshot = true;
    fifth.actions = {
        wait_for_selector_action{"css:.results", 5s, element_state::attached},
        evaluate_action{"document.title", 30s}};
    auto shot = item("shot", "shot");
    shot.screenshot = true;
    return {
        .name = "tours-2026-06-01",
        .requests =
            {item("tour/1", "tour_1"),
             second,
             third,
             fourth,
             fifth,
             item("report.pdf", "report"),
             scrape_request{.url = "https://shop.example/proxyfail", .use_proxy = any_proxy{}},
             item("tour/1", "tour_1"),
             scrape_request{.url = "http://192.168.1.1/admin", .custom_id = "lan"},
             scrape_request{.url = "ftp://files.example/a", .custom_id = "ftp"},
             item("long", std::string(256, 'x').c_str()),
             shot,
             raw_item{"\"https://shop.example/not-an-object\""}},
        .callback_url = "https://hooks.example/scrapingpros"};
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("create_request.json", "is what thirteen typed items are written as")
    {
        diagnostics diag;
        says_the_same_as("create_request.json", encode_draft(the_thirteen_items(), diag));
    }

    FIXTURE_CASE("create_request_minimal.json", "is what a URL alone is written as")
    {
        diagnostics diag;
        const collection_draft draft{
            .name = "one", .requests = {scrape_request{.url = "https://shop.example/tour/1"}}};
        says_the_same_as("create_request_minimal.json", encode_draft(draft, diag));
    }

    FIXTURE_CASE("collection_update_request.json", "is what a new list is written as")
    {
        diagnostics diag;
        const std::vector<request_item> items{item("tour/9", "tour_9")};
        says_the_same_as(
            "collection_update_request.json", encode_update("tours-renamed", items, diag)
        );
    }
}
