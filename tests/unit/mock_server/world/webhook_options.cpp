#include "webhooks/webhook_options.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

/// The path that an error names.
std::string path_of_error(const std::string& text)
{
    try {
        parse_webhook_options(text);
    } catch (const bad_webhook_options& bad) {
        return bad.path;
    }
    return "(no error)";
}

}  // namespace

TEST_SUITE("mock.webhooks.options")
{
    TEST_CASE("names of damages go both ways, and others are refused with those that there are")
    {
        for (std::size_t i = 0; i < webhook_damage_count; ++i) {
            const auto each = static_cast<webhook_damage>(i);
            CHECK_EQ(webhook_damage_named(name_of(each)), each);
        }
        for (const char* wrong : {"", "Body_bit", "body-bit", "none", "body_bit "})
            CHECK_THROWS_AS(webhook_damage_named(wrong), bad_webhook_word);
        CHECK_THROWS_WITH(
            webhook_delivery_named("real"),
            "no webhook delivery is called 'real'; there are assume_ok send"
        );
        CHECK_EQ(webhook_delivery_named("send"), webhook_delivery::send);
    }

    TEST_CASE("options that make no sense are told apart")
    {
        CHECK_FALSE(webhook_options{}.complaint());
        const auto complains = [](auto change) {
            webhook_options options;
            change(options);
            return options.complaint().has_value();
        };
        CHECK(complains([](auto& o) { o.schedule = {5s, 1s}; }));
        CHECK(complains([](auto& o) { o.schedule = {-1s}; }));
        CHECK(complains([](auto& o) { o.schedule = {duration::max()}; }));
        CHECK(complains([](auto& o) { o.stale_by = duration::min(); }));
        CHECK(complains([](auto& o) { o.skew = duration::min(); }));
        CHECK(complains([](auto& o) { o.early_by = -1us; }));
        CHECK(complains([](auto& o) { o.huge_body_bytes = SIZE_MAX; }));
        CHECK_FALSE(complains([](auto& o) { o.skew = -24h; }));
    }

    TEST_CASE("options are read from JSON and written as they were")
    {
        const std::string text =
            R"({"delivery":"send","schedule_ms":[1000,5000],"damage":["early","body_bit"],)"
            R"("damaged_attempts":1,"honour_410":true,"stale_by_ms":1,"skew_ms":-600000,)"
            R"("early_by_ms":0,"huge_body_bytes":5})";
        const webhook_options made = parse_webhook_options(text);
        CHECK_EQ(to_json(made), text);
        CHECK(made.schedule == std::vector<duration>{1s, 5s});
        CHECK(made.skew == -10min);
        const std::string usual = to_json(webhook_options{});
        CHECK_EQ(to_json(parse_webhook_options("{}")), usual);
        CHECK_EQ(to_json(parse_webhook_options(usual)), usual);
    }

    TEST_CASE("what cannot be meant is refused at its place")
    {
        CHECK_EQ(path_of_error(""), "webhook");
        CHECK_EQ(path_of_error("[]"), "webhook");
        CHECK_EQ(path_of_error(R"({"honor_410":true})"), "webhook.honor_410");
        CHECK_EQ(path_of_error(R"({"delivery":"real"})"), "webhook.delivery");
        CHECK_EQ(path_of_error(R"({"delivery":1})"), "webhook.delivery");
        CHECK_EQ(path_of_error(R"({"damage":"early"})"), "webhook.damage");
        CHECK_EQ(path_of_error(R"({"damage":["early","late"]})"), "webhook.damage[1]");
        CHECK_EQ(path_of_error(R"({"schedule_ms":[1,"5s"]})"), "webhook.schedule_ms[1]");
        CHECK_EQ(path_of_error(R"({"schedule_ms":[1e300]})"), "webhook.schedule_ms[0]");
        CHECK_EQ(path_of_error(R"({"schedule_ms":[-1]})"), "webhook");
        CHECK_EQ(path_of_error(R"({"skew_ms":9223372036854775807})"), "webhook.skew_ms");
        CHECK_EQ(path_of_error(R"({"skew_ms":1.5})"), "webhook.skew_ms");
        CHECK_EQ(path_of_error(R"({"damaged_attempts":-1})"), "webhook.damaged_attempts");
        CHECK_EQ(path_of_error(R"({"huge_body_bytes":256000001})"), "webhook.huge_body_bytes");
        CHECK_EQ(path_of_error(R"({"honour_410":1})"), "webhook.honour_410");
        CHECK_THROWS_WITH(
            parse_webhook_options(R"({"x":1})", "tenants.a.webhook"),
            "tenants.a.webhook.x: is unknown; there are delivery schedule_ms damage "
            "damaged_attempts honour_410 stale_by_ms skew_ms early_by_ms huge_body_bytes"
        );
    }
}
