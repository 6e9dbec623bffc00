#include <scrapingpros/wire/encode.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

std::string encoded(const request_item& item)
{
    diagnostics diag;
    const auto text = encode_item(item, diag);
    REQUIRE(text.has_value());
    return *text;
}

/// An item without its URL, to see what one member alone adds.
std::string members(scrape_request request)
{
    request.url = "u";
    std::string text = encoded(request);
    REQUIRE(text.starts_with(R"({"url":"u")"));
    text.erase(0, 10);
    text.pop_back();
    return text.empty() ? text : text.substr(1);
}

}  // namespace

TEST_SUITE("wire.encode")
{
    TEST_CASE("members at their default are not written")
    {
        CHECK_EQ(members({}), "");
    }

    TEST_CASE("every member is written as the contract spells it")
    {
        for (const auto& [request, expected] : std::vector<std::pair<scrape_request, std::string>>{
                 {{.custom_id = ""}, R"("custom_id":"")"},
                 {{.format = body_format::markdown}, R"("format":"markdown")"},
                 {{.browser = true}, R"("browser":true)"},
                 {{.browser_type = browser_kind::auto_}, R"("browser_type":"auto")"},
                 {{.browser_type = browser_kind::stealth}, R"("browser_type":"stealth")"},
                 {{.use_proxy = no_proxy{}}, R"("use_proxy":null)"},
                 {{.use_proxy = any_proxy{}}, R"("use_proxy":"any")"},
                 {{.use_proxy = country_proxy{"BR"}}, R"("use_proxy":"BR")"},
                 {{.use_proxy = retrying_proxy{}}, R"("use_proxy":{"proxy":"any"})"},
                 {{.use_proxy = retrying_proxy{"any", 3, 1s, 2.5}},
                  R"("use_proxy":{"proxy":"any","max_retries":3,"delay_seconds":1,"backoff_factor":2.5E0})"},
                 {{.use_proxy = retrying_proxy{.delay = 1500ms}},
                  R"("use_proxy":{"proxy":"any","delay_seconds":1.5E0})"},
                 {{.screenshot = true}, R"("screenshot":true)"},
                 {{.language = "es-AR"}, R"("language":"es-AR")"},
                 {{.headers = {{"X-B", "2"}, {"X-A", "1"}}}, R"("headers":{"X-A":"1","X-B":"2"})"},
                 {{.window_size = window_kind::mobile}, R"("window_size":"mobile")"},
                 {{.cookies = {{"s", "1"}}}, R"("cookies":{"s":"1"})"},
                 {{.extract = {{"t", {"css:h1"}}, {"a", {"css:a", "href"}}}},
                  R"("extract":{"a":{"selector":"css:a","attribute":"href"},"t":"css:h1"})"},
                 {{.network_capture = network_capture_options{{"xhr"}, 2s, "*/api/*"}},
                  R"("network_capture":{"resource_types":["xhr"],"listen_after_load_ms":2000,"url_pattern":"*/api/*"})"},
                 {{.retry_on_block = true}, R"("retry_on_block":true)"},
                 {{.block_resources = {resource_kind::xhr, resource_kind::image}},
                  R"("block_resources":["xhr","image"])"},
                 {{.block_requests = {"ads", "\"x\""}}, R"("block_requests":["ads","\"x\""])"},
             })
            CHECK_EQ(members(request), expected);
    }

    TEST_CASE("a POST is written with its payload as JSON, not as text")
    {
        CHECK_EQ(
            members(
                {.http_method = target_post{R"({"a":[1,null]})", "https://a.b", payload_type::form}}
            ),
            R"("http_method":{"method":"post","payload":{"a":[1,null]},"url":"https://a.b","content_type":"form"})"
        );
        CHECK_EQ(members({.http_method = target_post{}}), R"("http_method":{"method":"post"})");
    }

    TEST_CASE("every step is written as the contract spells it")
    {
        for (const auto& [step, expected] : std::vector<std::pair<browser_action, std::string>>{
                 {click_action{"a"}, R"({"type":"click","selector":"a"})"},
                 {click_action{"a", true, true},
                  R"({"type":"click","selector":"a","wait_for_navigation":true,"optional":true})"},
                 {input_action{"a", "b"}, R"({"type":"input","selector":"a","text":"b"})"},
                 {select_action{"a", "b"}, R"({"type":"select","selector":"a","value":"b"})"},
                 {key_press_action{"Enter"}, R"({"type":"key-press","key":"Enter"})"},
                 {wait_for_selector_action{"a", 5s, element_state::hidden},
                  R"({"type":"wait-for-selector","selector":"a","time":5000,"state":"hidden"})"},
                 {wait_for_timeout_action{250ms}, R"({"type":"wait-for-timeout","time":250})"},
                 {evaluate_action{"1+1"}, R"({"type":"evaluate","script":"1+1"})"},
                 {collect_action{{{"t", {"css:h1", {}, true}}}},
                  R"({"type":"collect","extract":{"t":{"selector":"css:h1","multiple":true}}})"},
                 {while_action{
                      loop_condition::selector_invisible, "a", {key_press_action{"End"}}, 5},
                  R"({"type":"while","condition":{"type":"selector-invisible","selector":"a"},"actions":[{"type":"key-press","key":"End"}],"max_iterations":5})"},
             })
            CHECK_EQ(members({.actions = {step}}), "\"actions\":[" + expected + "]");
    }

    TEST_CASE("members of another time are passed through, and replace those that are known")
    {
        CHECK_EQ(members({.extra_json = {{"priority", "7"}}}), R"("priority":7)");
        CHECK_EQ(
            members({.browser = true, .extra_json = {{"browser", "null"}}}), R"("browser":null)"
        );
    }

    TEST_CASE("a raw item is sent as it is")
    {
        CHECK_EQ(encoded(raw_item{" [1, \"x\" ] "}), " [1, \"x\" ] ");
    }

    TEST_CASE("what would spoil the whole body is refused, by item and member")
    {
        const scrape_request good{.url = "https://a.example"};
        for (const auto& [bad, place] : std::vector<std::pair<request_item, std::string>>{
                 {raw_item{""}, "requests[1]"},
                 {raw_item{"{} {}"}, "requests[1]"},
                 {raw_item{"\"\xFF\""}, "requests[1]"},
                 {scrape_request{.url = "\xFF"}, "requests[1].url"},
                 {scrape_request{.custom_id = "\xED\xA0\x80"}, "requests[1].custom_id"},
                 {scrape_request{.actions = {evaluate_action{"\xFF"}}}, "requests[1].actions"},
                 {scrape_request{.extra_json = {{"x", "{"}}}, "requests[1].x"},
                 {scrape_request{.http_method = target_post{"nope"}},
                  "requests[1].http_method.payload"},
             }) {
            CAPTURE(place);
            diagnostics diag;
            const auto body = encode_draft({.name = "n", .requests = {good, bad}}, diag);
            REQUIRE(body.has_error());
            CHECK(body.error() == errc::bad_request_item);
            CHECK_EQ(diag.place, place);
            CHECK_FALSE(diag.client_text.empty());
        }
        diagnostics diag;
        CHECK(encode_draft({.name = "\xFF"}, diag).error() == errc::bad_request_item);
        CHECK_EQ(diag.place, "name");
    }

    TEST_CASE("a draft keeps its items in order and leaves out what is empty")
    {
        diagnostics diag;
        CHECK_EQ(*encode_draft({.name = "a\"b\n"}, diag), R"({"name":"a\"b\n"})");
        const collection_draft draft{
            .name = "n",
            .requests = {raw_item{"1"}, raw_item{"2"}, raw_item{"3"}},
            .callback_url = "https://hook.example"};
        CHECK_EQ(
            *encode_draft(draft, diag),
            R"({"name":"n","requests":[1,2,3],"callback_url":"https://hook.example"})"
        );
    }

    TEST_CASE("an update tells a renaming from a list of nothing")
    {
        diagnostics diag;
        CHECK_EQ(*encode_update("n", {}, diag), R"({"name":"n"})");
        CHECK_EQ(
            *encode_update("n", std::vector<request_item>{}, diag), R"({"name":"n","requests":[]})"
        );
    }

    TEST_CASE("50,000 items make one valid body, the same every time")
    {
        collection_draft draft{.name = "many"};
        for (int i = 0; i < 50'000; ++i)
            draft.requests.push_back(scrape_request{
                .url = "https://shop.example/" + std::to_string(i), .custom_id = std::to_string(i)}
            );
        diagnostics diag;
        const auto body = encode_draft(draft, diag);
        REQUIRE(body.has_value());
        CHECK_EQ(*body, *encode_draft(draft, diag));
        const auto parsed = boost::json::parse(*body);
        CHECK_EQ(parsed.at("requests").as_array().size(), 50'000);
        CHECK_EQ(parsed.at("requests").as_array().back().at("custom_id").as_string(), "49999");
    }
}
