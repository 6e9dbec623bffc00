#ifndef TESTS_UNIT_WIRE_CHECKPOINT_SAMPLE_HPP
#define TESTS_UNIT_WIRE_CHECKPOINT_SAMPLE_HPP

#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::tests {

inline std::string encoded(const checkpoint& c)
{
    diagnostics diag;
    const auto text = encode_checkpoint(c, diag);
    REQUIRE_MESSAGE(text.has_value(), describe(text.error(), diag));
    return *text;
}

inline checkpoint decoded(std::string_view text)
{
    diagnostics diag;
    const auto read = decode_checkpoint(text, diag);
    REQUIRE_MESSAGE(read.has_value(), describe(read.error(), diag));
    CHECK_EQ(diag, diagnostics{});
    return *read;
}

inline std::string numbered_uuid(int number)
{
    char text[37];
    std::snprintf(text, sizeof text, "0190f3b2-5c7e-7abc-8def-%012d", number);
    return text;
}

/// Every member of an item set, and texts as items that a parser and a writer would not keep.
inline collection_draft full_draft()
{
    using namespace std::chrono_literals;
    const while_action loop{
        loop_condition::selector_invisible,
        "css:#more",
        {click_action{"css:a", true, true}, key_press_action{"End"}},
        5};
    return {
        .name = "tours \"\u00e9\"\n",
        .requests =
            {scrape_request{
                 .url = "https://shop.example/a?b=c&d=\u00e9",
                 .custom_id = "id \"1\"\\",
                 .format = body_format::markdown,
                 .browser = true,
                 .browser_type = browser_kind::auto_,
                 .use_proxy = retrying_proxy{"BR", 3, 1500ms, 0.1},
                 .screenshot = true,
                 .actions =
                     {loop,
                      input_action{"css:i", "\x01\t"},
                      select_action{"css:s", "v"},
                      wait_for_selector_action{"css:w", 5s, element_state::hidden},
                      wait_for_timeout_action{250ms},
                      evaluate_action{"return 1 < 2 && \"</script>\"", 1s},
                      collect_action{{{"t", {"css:h1", "href", true}}}}},
                 .language = "es-AR",
                 .http_method =
                     target_post{
                         R"({"b":1.50,"a":[1e3,-0,12345678901234567890,null]})",
                         "https://shop.example/post",
                         payload_type::form},
                 .headers = {{"X-B", "2"}, {"X-A", "1"}},
                 .window_size = window_kind::mobile,
                 .cookies = {{"s", "1"}},
                 .extract = {{"t", {"css:h1"}}, {"a", {"css:a", "href", true}}},
                 .network_capture = network_capture_options{{"xhr"}, 2s, "*/api/*"},
                 .retry_on_block = true,
                 .block_resources = {resource_kind::xhr, resource_kind::image},
                 .block_requests = {"ads"},
                 .extra_json = {{"priority", " 7.0 "}, {"browser", "null"}}},
             scrape_request{.url = "https://a.example", .use_proxy = no_proxy{}},
             raw_item{" {\n  \"url\" : \"https:\\/\\/b.example\", \"n\": 1.0, \"n\": 1E+2 }\r\n"},
             raw_item{"\"\\u00e9\\ud83d\\ude00\""},
             raw_item{"[1.0, 12345678901234567890123, -0, 0.1e-7]"},
             raw_item{"null"}},
        .callback_url = "https://hook.example/?a=1"};
}

/// Every member set; the draft's items as they are read back.
inline checkpoint full_checkpoint()
{
    using namespace std::chrono_literals;
    checkpoint c{
        .stage = batch_stage::starting,
        .name = "tours",
        .idempotency_key = "key-1",
        .first_create_at = timestamp(1'780'272'000s),
        .draft =
            collection_draft{
                .name = "tours",
                .requests = {raw_item{"{\"url\":\"https://a.example\"}"}, raw_item{"[\n]"}},
                .callback_url = "https://hook.example"},
        .submitted = 9,
        .created =
            creation{
                .id = {"c1"},
                .name = "tours",
                .message = "created",
                .duplicates_skipped = 2,
                .blocked_urls =
                    {{3, "http://10.0.0.1", block_reason::private_ip, "private_ip", "no"},
                     {{}, "http://x", block_reason::other, "of tomorrow", {}}},
                .invalid_items = {{4, "u", {{"url", "missing", "no url"}, {"<root>", "", ""}}}, {}},
                .duplicate_urls = {"https://a.example", "https://a.example"},
                .replayed = true},
        .callback_url = "https://hook.example",
        .start = start_attempt{{"c1"}, timestamp(1'780'272'001s + 7us)},
        .target = run_ref{{"c1"}, {"r1"}},
        .total = 5,
        .settled = {},
        .counts = {1, 2, 3, 4, 5, 6, 7},
        .high_water_mark = timestamp(1'780'272'002s),
        .missing = {
            {{"j3"}, shortfall_cause::lost, "u", "cid", timestamp(1s), errc::result_lost},
            {.id = {"j4"}, .cause = shortfall_cause::never_listed}}};
    for (const char* id : {"0190f3b2-5c7e-7abc-8def-0123456789ab", "not a uuid", ""})
        c.settled.insert({id});
    return c;
}

/// One step of each kind.
inline std::vector<settled_job> sample_steps()
{
    using namespace std::chrono_literals;
    return {
        {{numbered_uuid(1)}, settlement::usable, timestamp(1'780'272'003s), {}},
        {{numbered_uuid(2)}, settlement::not_usable, {}, {}},
        {{"odd \n id"}, settlement::undecided, timestamp(1s), {}},
        {{numbered_uuid(4)}, settlement::failed, {}, {}},
        {{numbered_uuid(5)}, settlement::timed_out, {}, {}},
        {{numbered_uuid(6)}, settlement::filtered, {}, {}},
        {{numbered_uuid(7)},
         settlement::missing,
         timestamp(1'780'272'004s),
         shortfall{
             .id = {numbered_uuid(7)},
             .cause = shortfall_cause::expired,
             .custom_id = "c",
             .ec = errc::result_expired}},
    };
}

}  // namespace scrapingpros::tests

#endif
