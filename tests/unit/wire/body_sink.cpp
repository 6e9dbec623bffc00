#include <scrapingpros/wire/body_sink.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace scrapingpros;

TEST_SUITE("wire.body_sink")
{
    TEST_CASE("a sink needs to say what to do with text and nothing else")
    {
        struct : body_sink {
            void on_text(std::string_view piece) override { all += piece; }
            std::string all{};
        } sink;
        body_sink& to = sink;
        to.on_begin(body_kind::html);
        to.on_text("a");
        to.on_text("b");
        CHECK_EQ(sink.all, "ab");
        CHECK(std::is_abstract_v<body_sink>);
        CHECK(std::has_virtual_destructor_v<body_sink>);
    }
}
