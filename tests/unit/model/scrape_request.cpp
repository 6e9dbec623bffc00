#include <scrapingpros/model/scrape_request.hpp>

#include <doctest/doctest.h>

#include <variant>

using namespace scrapingpros;

TEST_SUITE("model.scrape_request")
{
    TEST_CASE("a request of a URL alone leaves everything else to the server")
    {
        const scrape_request plain{.url = "https://shop.example"};
        CHECK_FALSE(plain.browser);
        CHECK_FALSE(plain.use_proxy.has_value());
        CHECK_FALSE(plain.browser_type.has_value());
        CHECK(std::holds_alternative<target_get>(plain.http_method));
        CHECK(plain.extra_json.empty());
    }

    TEST_CASE("an explicit lack of a proxy differs from saying nothing")
    {
        CHECK(scrape_request{.use_proxy = no_proxy{}} != scrape_request{});
        CHECK(scrape_request{.use_proxy = any_proxy{}} != scrape_request{.use_proxy = no_proxy{}});
    }

    TEST_CASE("rules of extraction are written by name")
    {
        const scrape_request request{
            .extract = {{"title", {"css:h1"}}, {"prices", {"css:.price", {}, true}}}};
        CHECK_FALSE(request.extract.at("title").multiple);
        CHECK(request.extract.at("prices").multiple);
    }
}
