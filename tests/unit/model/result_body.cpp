#include <scrapingpros/model/result_body.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.result_body")
{
    TEST_CASE("a body is text, binary or nothing, never two of them")
    {
        for (const auto kind :
             {body_kind::none,
              body_kind::html,
              body_kind::markdown,
              body_kind::base64,
              body_kind::offloaded}) {
            CAPTURE(to_string(kind));
            CHECK_FALSE((is_text(kind) && is_binary(kind)));
            CHECK_FALSE(to_string(kind).empty());
        }
        CHECK(is_text(body_kind::html));
        CHECK(is_text(body_kind::markdown));
        CHECK(is_binary(body_kind::base64));
        CHECK(is_binary(body_kind::offloaded));
        CHECK_FALSE(is_text(body_kind::none));
        CHECK_FALSE(is_binary(body_kind::none));
    }

    TEST_CASE("an empty page differs from no page")
    {
        CHECK(result_body{body_kind::html, ""} != result_body{});
    }
}
