#include <scrapingpros/model/request_rules.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

scrape_request good()
{
    return {.url = "https://shop.example/1"};
}

/// The only problem of a request.
request_problem only_problem(const scrape_request& request, const validation_options& options = {})
{
    const auto problems = validate(request, options);
    REQUIRE_EQ(problems.size(), 1);
    return problems[0];
}

}  // namespace

TEST_SUITE("model.request_rules")
{
    TEST_CASE("a plain request has no problems")
    {
        CHECK(validate(good()).empty());
        CHECK(validate(scrape_request{.url = "HTTP://shop.example:8080/?q=1#x"}).empty());
        CHECK(validate(scrape_request{.url = "http://[::1]/"}).empty());
        CHECK(validate(scrape_request{.url = "https://user:pw@shop.example/"}).empty());
    }

    TEST_CASE("a URL that is none is named")
    {
        for (const auto& [url, rule] : std::vector<std::pair<std::string, request_rule>>{
                 {"", request_rule::url_missing},
                 {" \t", request_rule::url_missing},
                 {"ftp://files.example/a", request_rule::url_scheme},
                 {"mailto:a@b.example", request_rule::url_scheme},
                 {"javascript:alert(1)", request_rule::url_scheme},
                 {"//shop.example/1", request_rule::url_scheme},
                 {"/tour/1", request_rule::url_scheme},
                 {"https://", request_rule::url_scheme},
                 {"https:///x", request_rule::url_scheme},
                 {"https://shop.example/a b", request_rule::url_characters},
                 {"https://shop.example/\r\nX: 1", request_rule::url_characters},
                 {"https://shop.example/\xFF", request_rule::not_utf8},
             }) {
            CAPTURE(url);
            const auto problem = only_problem({.url = url});
            CHECK_EQ(problem.rule, rule);
            CHECK_EQ(problem.field, "url");
            CHECK_EQ(problem.level, problem_level::error);
        }
    }

    TEST_CASE("a bare host is a warning, because the server may complete it")
    {
        for (const char* url : {"www.example.com", "www.example.com/a?b", "localhost:3000/x"}) {
            CAPTURE(url);
            const auto problem = only_problem({.url = url});
            CHECK_EQ(problem.rule, request_rule::url_bare_host);
            CHECK_EQ(problem.level, problem_level::warning);
        }
        CHECK(validate({.url = "www.example.com"}, {.bare_host = problem_level::off}).empty());
    }

    TEST_CASE("255 characters of a custom id are allowed, however many bytes they take")
    {
        auto request = good();
        request.custom_id = "";
        for (int i = 0; i < 255; ++i)
            *request.custom_id += "\xC3\xA9";
        CHECK(validate(request).empty());
        *request.custom_id += "x";
        const auto problem = only_problem(request);
        CHECK_EQ(problem.rule, request_rule::custom_id_length);
        CHECK_EQ(problem.message, "256 characters, at most 255 are allowed");
        request.custom_id = "\xC3";
        CHECK_EQ(only_problem(request).rule, request_rule::not_utf8);
    }

    TEST_CASE("five members need a browser, one of them for sure")
    {
        auto request = good();
        request.screenshot = true;
        request.actions = {key_press_action{"Enter"}};
        request.network_capture = network_capture_options{};
        request.block_resources = {resource_kind::image};
        request.block_requests = {"ads"};
        std::vector<std::string> fields;
        for (const auto& problem : validate(request, {.browser_rules = problem_level::warning})) {
            CHECK_EQ(problem.rule, request_rule::needs_browser);
            CHECK_EQ(
                problem.level,
                problem.field == "screenshot" ? problem_level::error : problem_level::warning
            );
            fields.push_back(problem.field);
        }
        CHECK(
            fields ==
            std::vector<std::string>{
                "screenshot", "actions", "network_capture", "block_resources", "block_requests"}
        );
        CHECK_EQ(validate(request, {.browser_rules = problem_level::off}).size(), 1);
        request.browser = true;
        CHECK(validate(request).empty());
    }

    TEST_CASE("steps that lack what they need are named by their place")
    {
        auto request = good();
        request.browser = true;
        request.actions = {
            click_action{},
            wait_for_timeout_action{-1ms},
            while_action{.selector = "css:.more", .actions = {input_action{}}},
            collect_action{},
        };
        const auto problems = validate(request);
        REQUIRE_EQ(problems.size(), 4);
        CHECK_EQ(problems[0].field, "actions.0.selector");
        CHECK_EQ(problems[1].field, "actions.1.time");
        CHECK_EQ(problems[1].rule, request_rule::negative_time);
        CHECK_EQ(problems[2].field, "actions.2.actions.0.selector");
        CHECK_EQ(problems[3].field, "actions.3.extract");
    }

    TEST_CASE("a header cannot smuggle in another one")
    {
        auto request = good();
        const std::string with_nul("a\0b", 3);
        for (const std::string& bad :
             {std::string("a\r\nX-Other: 1"), std::string("a\nb"), with_nul}) {
            request.headers = {{"X-A", bad}};
            CHECK_EQ(only_problem(request).rule, request_rule::header_value);
            CHECK_EQ(only_problem(request).field, "headers.X-A");
        }
        for (const std::string bad : {"", "X A", "X:A", "X\nA", "X\xC3\xA9"}) {
            CAPTURE(bad);
            request.headers = {{bad, "1"}};
            CHECK_EQ(only_problem(request).rule, request_rule::header_name);
        }
        request.headers = {{"Accept-Language", "es"}, {"X-\x7E", "\xC3\xA9"}};
        CHECK(validate(request).empty());
        request.cookies = {{"session", "a\r\nb"}};
        CHECK_EQ(only_problem(request).field, "cookies.session");
    }

    TEST_CASE("a POST goes to an http or https URL")
    {
        auto request = good();
        request.http_method = target_post{.url = "https://api.example/graphql"};
        CHECK(validate(request).empty());
        for (const char* url : {"api.example/graphql", "ftp://api.example"}) {
            CAPTURE(url);
            request.http_method = target_post{.url = url};
            CHECK_EQ(only_problem(request).rule, request_rule::post_url_scheme);
            CHECK_EQ(only_problem(request).field, "http_method.url");
        }
    }

    TEST_CASE("proxies are complete")
    {
        auto request = good();
        request.use_proxy = country_proxy{};
        CHECK_EQ(only_problem(request).rule, request_rule::member_missing);
        request.use_proxy = retrying_proxy{.delay = -1s};
        CHECK_EQ(only_problem(request).rule, request_rule::negative_time);
        request.use_proxy = any_proxy{};
        CHECK(validate(request).empty());
    }

    TEST_CASE("problems of a collection name their items")
    {
        const collection_draft draft{
            .name = "n",
            .requests = {
                good(), raw_item{"not looked at"}, scrape_request{.url = "ftp://a.example"}}};
        const auto problems = validate(draft);
        REQUIRE_EQ(problems.size(), 1);
        CHECK_EQ(problems[0].item, 2u);
        CHECK_EQ(place_of(problems[0]), "requests[2].url");
        CHECK(has_errors(problems));
    }

    TEST_CASE("duplicates are the same URL with the same custom id, or with none")
    {
        collection_draft draft{.name = "n"};
        const auto add = [&draft](const char* url, std::optional<std::string> id) {
            draft.requests.push_back(scrape_request{.url = url, .custom_id = std::move(id)});
        };
        add("https://a.example", {});
        add("https://a.example", "1");
        add("https://a.example", "");
        add("https://a.example", {});
        add("https://a.example/", {});
        add("https://a.example", "1");
        const auto problems = validate(draft);
        REQUIRE_EQ(problems.size(), 2);
        CHECK_EQ(problems[0].item, 3u);
        CHECK_EQ(problems[1].item, 5u);
        CHECK_EQ(problems[0].rule, request_rule::duplicate);
        CHECK_FALSE(has_errors(problems));
        CHECK(validate(draft, {.duplicates = problem_level::off}).empty());
    }

    TEST_CASE("a collection without name or items is reported, not refused")
    {
        const auto problems = validate(collection_draft{});
        REQUIRE_EQ(problems.size(), 2);
        CHECK_EQ(problems[0].rule, request_rule::name_missing);
        CHECK_EQ(problems[1].rule, request_rule::no_items);
        CHECK_EQ(place_of(problems[1]), "requests");
        CHECK_FALSE(has_errors(problems));
    }

    TEST_CASE("the callback must be a URL")
    {
        const auto problems = validate(collection_draft{
            .name = "n", .requests = {good()}, .callback_url = "mailto:x"});
        REQUIRE_EQ(problems.size(), 1);
        CHECK_EQ(problems[0].field, "callback_url");
    }

    TEST_CASE("no more problems are listed than asked for, also of 50,000 items")
    {
        collection_draft draft{.name = "n"};
        draft.requests.assign(50'000, scrape_request{.url = "ftp://a.example"});
        CHECK_EQ(validate(draft).size(), 100);
        CHECK_EQ(validate(draft, {.max_problems = 3}).size(), 3);
        draft.requests.assign(50'000, good());
        CHECK_EQ(validate(draft, {.max_problems = 100'000}).size(), 49'999);
    }

    TEST_CASE("text that is not UTF-8 is found wherever it is")
    {
        const std::string bad = "\xFF";
        std::vector<scrape_request> requests(6, good());
        requests[0].language = bad;
        requests[1].headers = {{"X-A", bad}};
        requests[2].extract = {{"title", {bad}}};
        requests[3].browser = true;
        requests[3].actions = {evaluate_action{.script = bad}};
        requests[4].use_proxy = country_proxy{bad};
        requests[5].http_method = target_post{.url = "https://a.example/" + bad};
        for (const auto& request : requests)
            CHECK_EQ(only_problem(request).rule, request_rule::not_utf8);
    }
}
