#include "support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "books/verdicts.hpp"

namespace mock_test {

const time_point start = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 10h;

response_plan peer::send(
    std::string_view method, std::string target, std::string body, std::vector<header> headers
)
{
    headers.push_back({"authorization", "Bearer " + token});
    headers.push_back({"Content-Type", "application/json"});
    return service.handle(
        {std::string(method), std::move(target), std::move(headers), std::move(body), 0}, now
    );
}

json::value peer::read(std::string target)
{
    CAPTURE(target);
    const response_plan plan = get(std::move(target));
    REQUIRE_EQ(plan.status, 200);
    return parse(plan.body);
}

json::value peer::ledger()
{
    return parse(ledger_json(service.state(), {}, now));
}

std::string peer::create(std::string_view list, std::string_view name)
{
    const response_plan plan = send(
        "POST",
        "/v1/async/collections",
        R"({"name":")" + std::string(name) + R"(","requests":)" + std::string(list) + "}"
    );
    CAPTURE(plan.body);
    REQUIRE_EQ(plan.status, 201);
    return text_of(parse(plan.body).at("id"));
}

std::string peer::start_run(const std::string& collection)
{
    const std::string path = "/v1/async/collections/" + collection;
    const response_plan plan = send("POST", path + "/run");
    CAPTURE(plan.body);
    REQUIRE_GE(plan.status, 200);
    REQUIRE_LT(plan.status, 300);
    return path + "/runs/" + text_of(parse(plan.body).at("run_id"));
}

std::string peer::run_of(std::size_t jobs)
{
    return run_of(std::string_view(items(jobs)));
}

void peer::finish(const std::string& run_path)
{
    const auto view = service.find_run(id_in(run_path), now);
    REQUIRE(view);
    now = std::max(view->terminal_at, view->all_visible_at);
}

json::array peer::rows(const std::string& run_path, const std::string& query)
{
    json::array all;
    std::string cursor;
    for (;;) {
        const json::value page = read(run_path + "/jobs?" + query + cursor);
        for (const json::value& row : page.at("items").as_array())
            all.push_back(row);
        if (!page.at("has_more").as_bool()) return all;
        cursor = "&cursor=" + text_of(page.at("cursor_next"));
        for (std::size_t at; (at = cursor.find('=', 8)) != cursor.npos;)
            cursor.replace(at, 1, "%3D");
    }
}

std::optional<std::string> header_of(const response_plan& plan, std::string_view name)
{
    const request carrier{"", "", plan.headers, "", 0};
    const auto found = carrier.find(name);
    return found ? std::optional(std::string(*found)) : std::nullopt;
}

json::value parse(const std::string& text)
{
    boost::system::error_code error;
    json::value parsed = json::parse(text, error);
    CAPTURE(text);
    REQUIRE_FALSE(error);
    return parsed;
}

std::string text_of(const json::value& value)
{
    REQUIRE(value.is_string());
    return {value.get_string().data(), value.get_string().size()};
}

std::string id_in(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string items(std::size_t count)
{
    std::string list = "[";
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        if (i > 0) list += ",";
        list +=
            R"({"url":"https://shop.example/)" + number + R"(","custom_id":"c)" + number + "\"}";
    }
    return list + "]";
}

scenario steady(duration execution, std::size_t slots)
{
    scenario made;
    made.jobs.execution = quantiles::always(execution);
    made.jobs.body_bytes = quantiles::always(2'000);
    made.jobs.slots = slots;
    return made;
}

scenario with(std::initializer_list<std::pair<const char*, const char*>> set)
{
    scenario made = steady();
    for (const auto& [name, value] : set)
        made.contract.set(name, value);
    return made;
}

fault make_fault(operation on, fault_effect effect, fault_phase phase, occurrence when)
{
    return {on, when, phase, std::move(effect)};
}

std::string fixture_text(const std::string& file)
{
    std::ifstream in(std::string(SCRAPINGPROS_FIXTURES_DIR) + "/" + file, std::ios::binary);
    CAPTURE(file);
    REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

json::value fixture(const std::string& file)
{
    return parse(fixture_text(file));
}

json::object fixture_entry(const std::string& file)
{
    return fixture("index.json").at(file).as_object();
}

namespace {

/// Members whose values are ids, stamps, counters or prose.
bool is_free(std::string_view member)
{
    static const std::set<std::string_view> names{
        "id",
        "name",
        "run_id",
        "collection_id",
        "job_id",
        "job_public_id",
        "run_public_id",
        "job_ids",
        "created_at",
        "updated_at",
        "queued_at",
        "started_at",
        "completed_at",
        "timestamp",
        "cursor_next",
        "execution_time_ms",
        "timeout_requests",
        "total_requests",
        "success_requests",
        "failed_requests",
        "execution_time_sec",
        "executionTime",
        "age_hours",
        "queue_wait_ms",
        "proxy_ms",
        "message",
        "msg",
        "html",
        "markdown",
        "results_url",
        "retries_attempted",
        "has_more",
        "total",
        "simple_success",
        "simple_failed",
        "simple_total",
        "browser_success",
        "browser_failed",
        "browser_total",
        "total_success",
        "total_failed",
        "simple",
        "browser",
        "title",
        "prices",
    };
    return names.contains(member);
}

bool is_number(const json::value& value)
{
    return value.is_int64() || value.is_uint64();
}

bool same_type(const json::value& a, const json::value& b)
{
    return a.kind() == b.kind() || (is_number(a) && is_number(b));
}

void check_objects(const json::object& made, const json::object& expected, const std::string& path)
{
    for (const auto& member : expected) {
        const std::string name(member.key().data(), member.key().size());
        CAPTURE(path);
        CAPTURE(name);
        const json::value* found = made.if_contains(member.key());
        REQUIRE_NE(found, nullptr);
        if (is_free(name) && !member.value().is_object())
            CHECK(same_type(*found, member.value()));
        else
            check_same_shape(*found, member.value(), path + "." + name);
    }
    for (const auto& member : made) {
        CAPTURE(path);
        CAPTURE(std::string(member.key().data(), member.key().size()));
        CHECK(expected.contains(member.key()));
    }
}

}  // namespace

void check_same_shape(const json::value& made, const json::value& expected, const std::string& path)
{
    CAPTURE(path);
    CAPTURE(json::serialize(made));
    CAPTURE(json::serialize(expected));
    REQUIRE(same_type(made, expected));
    if (expected.is_object()) return check_objects(made.get_object(), expected.get_object(), path);
    if (!expected.is_array()) {
        CHECK_EQ(made, expected);
        return;
    }
    const json::array& left = made.get_array();
    const json::array& right = expected.get_array();
    REQUIRE_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i)
        check_same_shape(left[i], right[i], path + "[" + std::to_string(i) + "]");
}

void check_emits(const response_plan& plan, const std::string& file)
{
    const json::object entry = fixture_entry(file);
    CAPTURE(file);
    CAPTURE(plan.body);
    CHECK_EQ(plan.status, entry.at("status").to_number<unsigned>());
    if (const json::value* headers = entry.if_contains("headers"))
        for (const auto& each : headers->as_object()) {
            const std::string name(each.key().data(), each.key().size());
            CAPTURE(name);
            CHECK(header_of(plan, name).has_value());
        }
    if (file.ends_with(".html")) {
        CHECK_EQ(header_of(plan, "Content-Type"), "text/html");
        CHECK_EQ(plan.body, fixture_text(file));
        return;
    }
    CHECK_EQ(header_of(plan, "Content-Type"), "application/json");
    json::value expected = fixture(file);
    // The text of an error is prose, but for the substring that tells quota from rate.
    if (expected.is_object() && expected.get_object().contains("detail") &&
        expected.at("detail").is_string() && parse(plan.body).at("detail").is_string())
        expected.at("detail") = parse(plan.body).at("detail");
    check_same_shape(parse(plan.body), expected, "$");
}

scenario shop()
{
    scenario made;
    const std::string page =
        "<!doctype html>\n<html><head><title>Tour 1 — Córdoba</title></head><body><h1>Tour 1</h1>"
        "<p class=\"price\">€\u00a049</p></body></html>";
    made.targets = {
        {.url = "https://shop.example/tour/1", .execution = 2537ms, .body = page},
        {.url = "https://shop.example/tour/1",
         .custom_id = "tour_1b",
         .ends = outcome::soft_block,
         .execution = 8150ms},
        {.url = "https://shop.example/tour/2",
         .execution = 4912ms,
         .body = "# Tour 2\n\nTwo days, *half board*.\n"},
        {.url = "https://shop.example/gone",
         .ends = outcome::not_found,
         .execution = 8150ms,
         .extracted_data = "null"},
        {.url = "https://shop.example/slow",
         .ends = outcome::worker_timeout,
         .execution = 119'900ms},
        {.url = "https://shop.example/report.pdf",
         .execution = 13'631ms,
         .body =
             "%PDF-1.4\n% tiny\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
         .content_type = "application/pdf",
         .binary = true},
        {.url = "https://shop.example/proxyfail",
         .ends = outcome::worker_failed,
         .execution = 10'905ms},
    };
    made.jobs.seeding = 930ms;
    made.plan = {"starter", 25'000, 30};
    made.credits_used = 1'523;
    return made;
}

std::set<std::string>& emitted_fixtures()
{
    static std::set<std::string> files;
    return files;
}

}  // namespace mock_test
