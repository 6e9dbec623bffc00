#include <scrapingpros/model/request_list.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace scrapingpros;

namespace {

request_item item(const std::string& name)
{
    return scrape_request{.url = "https://a.example/" + name};
}

std::string url_of(const request_item& item)
{
    return std::get<scrape_request>(item).url;
}

/// Without a copy for the looking.
const request_item* place_of(const request_list& list)
{
    return list.data();
}

}  // namespace

TEST_SUITE("model.request_list")
{
    TEST_CASE("it is a vector")
    {
        request_list list;
        CHECK(list.empty());
        CHECK_EQ(list.begin(), list.end());
        list.push_back(item("1"));
        list.emplace_back(scrape_request{.url = "https://a.example/2"});
        list.emplace_back(raw_item{"3"});
        REQUIRE_EQ(list.size(), 3u);
        CHECK_EQ(url_of(list[0]), "https://a.example/1");
        CHECK_EQ(url_of(list.at(1)), "https://a.example/2");
        CHECK(std::holds_alternative<raw_item>(list.back()));
        list.pop_back();
        std::string all;
        for (const auto& one : std::as_const(list))
            all += url_of(one).back();
        CHECK_EQ(all, "12");
        CHECK_EQ(std::span<const request_item>(list).size(), 2u);
        list.clear();
        CHECK(list.empty());
        CHECK(std::as_const(list).items().empty());
    }

    TEST_CASE("it is made of a vector or of items, and compared by what is in it")
    {
        const std::vector<request_item> items{item("1"), item("2")};
        const request_list list = items;
        CHECK(list == request_list{item("1"), item("2")});
        CHECK(list == items);
        const std::vector<request_item>& as_vector = list;
        CHECK(as_vector == items);
        std::optional<std::vector<request_item>> kept;
        kept = list;
        CHECK(kept == items);
        CHECK_FALSE(list == request_list{item("1")});
        CHECK(request_list() == request_list(std::vector<request_item>()));
    }

    TEST_CASE("copies share their items until one of them is changed")
    {
        request_list first{item("1"), item("2")};
        request_list second = first;
        CHECK_EQ(place_of(first), place_of(second));
        second.push_back(item("3"));
        CHECK_NE(place_of(first), place_of(second));
        CHECK_EQ(first.size(), 2u);
        CHECK_EQ(second.size(), 3u);

        request_list third = first;
        std::get<scrape_request>(third[0]).url = "https://b.example/";
        CHECK_EQ(url_of(std::as_const(first)[0]), "https://a.example/1");
        CHECK_EQ(url_of(std::as_const(third)[0]), "https://b.example/");

        const auto* kept = place_of(second);
        std::get<scrape_request>(second[0]).url = "https://c.example/";
        CHECK_EQ(place_of(second), kept);
    }

    TEST_CASE("what it was moved from is empty, and can be used again")
    {
        request_list list{item("1")};
        const request_list other = std::move(list);
        CHECK_EQ(other.size(), 1u);
        list = {item("2")};
        CHECK_EQ(url_of(std::as_const(list)[0]), "https://a.example/2");
        CHECK_EQ(url_of(other[0]), "https://a.example/1");
    }
}
