#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include "items/items.hpp"
#include "items/ssrf.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

json::value answer_to(const std::string& list, scenario from = {})
{
    peer client{std::move(from)};
    const response_plan plan =
        client.send("POST", collections, R"({"name":"n","requests":)" + list + "}");
    CAPTURE(plan.body);
    REQUIRE_EQ(plan.status, 201);
    return parse(plan.body);
}

/// "field error_type" of each error of the first invalid item; "" if the item was taken.
std::string errors_of(const std::string& item, scenario from = {})
{
    const json::value made = answer_to("[" + item + "]", std::move(from));
    std::string all;
    for (const json::value& each : made.at("invalid_items").as_array())
        for (const json::value& error : each.at("errors").as_array())
            all += (all.empty() ? "" : ", ") + text_of(error.at("field")) + " " +
                   text_of(error.at("error_type"));
    return all;
}

std::string with_url(const std::string& rest)
{
    return R"({"url":"https://shop.example/1",)" + rest + "}";
}

std::string reason_for(const std::string& url)
{
    scenario from;
    from.unresolvable_hosts = {"gone.example"};
    const auto refused = refuse_url(url, from);
    return refused ? refused->reason : "";
}

std::size_t count(const json::value& made, const char* bucket)
{
    return made.at(bucket).as_array().size();
}

}  // namespace

TEST_SUITE("mock.create")
{
    TEST_CASE("every member of an item is judged by its own rule")
    {
        const std::pair<const char*, const char*> table[] = {
            {R"("custom_id":null)", ""},
            {R"("custom_id":7)", "custom_id string_type"},
            {R"("format":"markdown")", ""},
            {R"("format":"pdf")", "format literal_error"},
            {R"("browser":"yes")", "browser bool_type"},
            {R"("browser_type":"flex")", ""},
            {R"("browser_type":"huge")", "browser_type literal_error"},
            {R"("window_size":"")", ""},
            {R"("window_size":"wide")", "window_size literal_error"},
            {R"("headers":{"a":"b"})", ""},
            {R"("headers":{"a":1})", "headers.a string_type"},
            {R"("cookies":[])", "cookies dict_type"},
            {R"("extract":{"t":"css:h1"})", ""},
            {R"("extract":{"t":{"multiple":true}})", "extract.t.selector missing"},
            {R"("http_method":{"method":"post","payload":{},"content_type":"form"})", ""},
            {R"("http_method":{"method":"put"})", "http_method.method literal_error"},
            {R"("http_method":{"method":"post","content_type":"xml"})",
             "http_method.content_type literal_error"},
            {R"("http_method":{"method":"post","url":"ftp://a"})", "http_method.url value_error"},
            {R"("use_proxy":"any")", ""},
            {R"("use_proxy":{"proxy":"any","max_retries":3})", ""},
            {R"("use_proxy":5)", "use_proxy value_error"},
            {R"("language":5)", "language string_type"},
            {R"("nobody_knows":1)", ""},
        };
        for (const auto& [member, expected] : table) {
            CAPTURE(member);
            CHECK_EQ(errors_of(with_url(member)), expected);
        }
    }

    TEST_CASE("what needs a browser is refused without one")
    {
        CHECK_EQ(errors_of(with_url(R"("screenshot":true)")), "screenshot param_invalid");
        CHECK_EQ(
            errors_of(with_url(R"("actions":[{"type":"click","selector":"css:a"}])")),
            "actions param_invalid"
        );
        CHECK_EQ(errors_of(with_url(R"("network_capture":{})")), "network_capture param_invalid");
        CHECK_EQ(
            errors_of(with_url(R"("block_resources":["image"],"block_requests":["ads"])")),
            "block_resources param_invalid, block_requests param_invalid"
        );
        CHECK_EQ(
            errors_of(with_url(
                R"("browser":true,"screenshot":true,"network_capture":{},"block_requests":["ads"])"
            )),
            ""
        );
    }

    TEST_CASE("actions are judged one by one, by their types")
    {
        const auto actions = [](const char* list) {
            return errors_of(with_url(std::string(R"("browser":true,"actions":)") + list));
        };
        CHECK_EQ(actions(R"([{"type":"click"}])"), "actions.0.selector missing");
        CHECK_EQ(actions(R"([{"type":"dance"}])"), "actions.0.type union_tag_invalid");
        CHECK_EQ(actions(R"(["click"])"), "actions.0 model_attributes_type");
        CHECK_EQ(
            actions(R"([{"type":"while","condition":{},"actions":[
                        {"type":"while","condition":{},"actions":[]}]}])"),
            "actions.0.actions.0.type value_error"
        );
        CHECK_EQ(
            actions(R"([{"type":"evaluate","script":"1"},{"type":"key-press","key":"a"}])"), ""
        );
    }

    TEST_CASE("255 characters of custom_id are taken, whatever their bytes, and 256 are not")
    {
        const auto custom_id = [](std::size_t length, const char* character) {
            std::string text;
            for (std::size_t i = 0; i < length; ++i)
                text += character;
            return errors_of(with_url(R"("custom_id":")" + text + "\""));
        };
        CHECK_EQ(custom_id(255, "x"), "");
        CHECK_EQ(custom_id(255, "é"), "");
        CHECK_EQ(custom_id(256, "é"), "custom_id string_too_long");
    }

    TEST_CASE("an item that is no object or has no url names no url")
    {
        const json::value made = answer_to(R"(["a",5,{"custom_id":"x"}])");
        REQUIRE_EQ(count(made, "invalid_items"), 3);
        for (const json::value& each : made.at("invalid_items").as_array())
            CHECK(each.at("url").is_null());
    }

    TEST_CASE("a URL is refused for the reason that its text shows")
    {
        const std::pair<const char*, const char*> table[] = {
            {"https://shop.example/1", ""},
            {"http://shop.example:8080/a?b=c#d", ""},
            {"https://shop.example/ä b|c", ""},
            {"http://8.8.8.8/", ""},
            {"http://10.0.0.1/", "private_ip"},
            {"http://127.0.0.1:5000/", "private_ip"},
            {"http://172.16.0.1/", "private_ip"},
            {"http://172.32.0.1/", ""},
            {"http://169.254.169.254/latest", "private_ip"},
            {"http://0.0.0.0/", "private_ip"},
            {"http://[::1]/", "private_ip"},
            {"http://[fd00::1]/", "private_ip"},
            {"http://[::ffff:10.0.0.1]/", "private_ip"},
            {"http://[2001:4860::8]/", ""},
            {"http://localhost/", "blocked_hostname"},
            {"http://LOCALHOST:1/", "blocked_hostname"},
            {"http://api.internal/", "blocked_hostname"},
            {"http://notinternal/", ""},
            {"https://gone.example/", "dns_failed"},
            {"ftp://shop.example/", "invalid_protocol"},
            {"file:///etc/passwd", "invalid_protocol"},
            {"http://shop.example:0/", "invalid_port"},
            {"http://shop.example:70000/", "invalid_port"},
            {"http://", "malformed_url"},
            {"http:///path", "malformed_url"},
            {"http://shop example/", "malformed_url"},
        };
        for (const auto& [url, reason] : table) {
            CAPTURE(std::string(url));
            CHECK_EQ(reason_for(url), std::string(reason));
        }
    }

    TEST_CASE("a duplicate is the same pair of url and custom_id, options aside")
    {
        const json::value made = answer_to(
            R"([{"url":"https://a.example/"},{"url":"https://a.example/","custom_id":null},
                {"url":"https://a.example/","browser":true},{"url":"https://a.example/","custom_id":"1"},
                {"url":"https://a.example/","custom_id":"1"},{"url":"https://a.example/","custom_id":"2"},
                {"url":"https://A.example/"}])"
        );
        CHECK_EQ(made.at("duplicates_skipped"), 3);
        CHECK_EQ(count(made, "duplicate_urls"), 3);
    }

    TEST_CASE("each item is in exactly one bucket and queued is what remains")
    {
        // A small generator without bias for any bucket; the sum must hold for whatever it makes.
        std::uint64_t state = 7;
        const auto next = [&](std::uint64_t below) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            return (state >> 33) % below;
        };
        const char* const urls[] = {
            "https://a.example/", "http://10.1.1.1/", "ftp://a.example/", "https://b.example/", ""};
        for (int round = 0; round < 200; ++round) {
            std::string list = "[";
            const std::uint64_t size = next(12);
            for (std::uint64_t i = 0; i < size; ++i) {
                if (i > 0) list += ",";
                if (next(6) == 0)
                    list += "7";
                else
                    list += std::string(R"({"url":")") + urls[next(5)] + R"(","custom_id":")" +
                            std::to_string(next(2)) + R"(","screenshot":)" +
                            (next(4) == 0 ? "true" : "false") + "}";
            }
            list += "]";
            const buckets made = sort_into_buckets(boost::json::parse(list).as_array(), scenario{});
            CHECK_EQ(made.items, size);
            CHECK_EQ(
                made.queued.size() + made.blocked.size() + made.invalid.size() +
                    made.duplicates.size(),
                size
            );
        }
    }

    TEST_CASE("an item with two faults lands where A7 says")
    {
        const std::string both = R"([{"url":"http://10.0.0.1/","screenshot":true},
                                     {"url":"http://10.0.0.1/","screenshot":true}])";
        const auto counts = [&](const char* order) {
            scenario from;
            from.contract.set("bucket_order", order);
            const json::value made = answer_to(both, from);
            return std::to_string(count(made, "invalid_items")) +
                   std::to_string(count(made, "blocked_urls")) +
                   std::to_string(count(made, "duplicate_urls"));
        };
        CHECK_EQ(counts("invalid_blocked_duplicate"), "200");
        CHECK_EQ(counts("blocked_invalid_duplicate"), "020");
        CHECK_EQ(counts("duplicate_first"), "101");
    }

    TEST_CASE("a body that is no submission is 422 and creates nothing")
    {
        peer client;
        for (const char* body :
             {"",
              "{",
              "[]",
              "7",
              R"({"name":7})",
              R"({"requests":[]})",
              R"({"name":"a","requests":{}})",
              R"({"name":"a","callback_url":[]})",
              "\xFF\xFE",
              R"({"name":"\ud800"})"}) {
            CAPTURE(body);
            CHECK_EQ(client.send("POST", collections, body).status, 422);
        }
        CHECK_EQ(client.get(collections).body, "[]");
    }

    TEST_CASE("a body nested beyond reason is refused, not followed")
    {
        peer client;
        const std::string deep = R"({"name":)" + std::string(100'000, '[');
        CHECK_EQ(client.send("POST", collections, deep).status, 422);
    }

    TEST_CASE("no requests at all make a collection of nothing")
    {
        peer client;
        CHECK_EQ(client.send("POST", collections, R"({"name":"a"})").status, 201);
        CHECK_EQ(client.send("POST", collections, R"({"name":"a","requests":[]})").status, 201);
    }

    TEST_CASE("fifty thousand items make a collection of fifty thousand jobs")
    {
        peer client;
        const std::string id = client.create(items(50'000));
        const std::string run = client.start_run(id);
        CHECK_EQ(client.service.find_run(id_in(run), client.now)->total, 50'000);
    }

    TEST_CASE("a server of before the buckets refuses the whole call for one bad item")
    {
        scenario old;
        old.contract.server_date = std::chrono::year{2026} / 5 / 20;
        peer client{old};
        const std::string good = R"({"url":"https://a.example/"})";
        const auto post = [&](const std::string& bad) {
            return client
                .send("POST", collections, R"({"name":"n","requests":[)" + good + "," + bad + "]}")
                .status;
        };
        CHECK_EQ(post("7"), 422);
        CHECK_EQ(post(R"({"url":"http://10.0.0.1/"})"), 201);
        scenario older;
        older.contract = switches::y2026_04_06();
        peer other{older};
        CHECK_EQ(
            other
                .send(
                    "POST", collections, R"({"name":"n","requests":[{"url":"http://10.0.0.1/"}]})"
                )
                .status,
            400
        );
    }

    TEST_CASE("an update without requests renames, one with requests replaces them")
    {
        peer client{steady()};
        const std::string id = client.create(items(2));
        const std::string path = collections + "/" + id;
        client.now += 5s;
        CHECK_EQ(client.send("PUT", path, R"({"name":"new"})").status, 200);
        const json::value seen = client.read(path);
        CHECK_EQ(seen.at("name"), "new");
        CHECK_GT(seen.at("updated_at").as_double(), seen.at("created_at").as_double());
        const std::string before = client.start_run(id);
        CHECK_EQ(client.send("PUT", path, R"({"name":"new","requests":[]})").status, 200);
        CHECK_EQ(client.service.find_run(id_in(before), client.now)->total, 2);
        CHECK_EQ(client.send("POST", path + "/run").status, 400);
    }

    TEST_CASE("collections are listed newest first and filtered by name, prefix and time")
    {
        peer client;
        for (const char* name : {"a1", "a2", "b1"}) {
            client.create("[]", name);
            client.now += 1s;
        }
        const auto names = [&](const std::string& query) {
            std::string all;
            const json::value list = client.read(collections + query);
            for (const json::value& each : list.as_array())
                all += text_of(each.at("name")) + " ";
            return all;
        };
        CHECK_EQ(names(""), "b1 a2 a1 ");
        CHECK_EQ(names("?name=a2"), "a2 ");
        CHECK_EQ(names("?name_prefix=a"), "a2 a1 ");
        CHECK_EQ(names("?since=2026-06-01T10%3A00%3A01Z"), "b1 a2 ");
        CHECK_EQ(names("?since=2026-06-01T12%3A00%3A01%2B02%3A00&name_prefix=a"), "a2 ");
        CHECK_EQ(client.get(collections + "?since=yesterday").status, 400);
    }

    TEST_CASE("a deleted collection is gone, its runs stay readable")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        const std::string path = run.substr(0, run.find("/runs"));
        CHECK_EQ(client.send("DELETE", path).status, 200);
        CHECK_EQ(client.get(path).status, 404);
        CHECK_EQ(client.send("DELETE", path).status, 404);
        CHECK_EQ(client.send("POST", path + "/run").status, 404);
        CHECK_EQ(client.get(run).status, 200);
        CHECK_EQ(client.read(path + "/runs").at("total"), 1);
    }
}
