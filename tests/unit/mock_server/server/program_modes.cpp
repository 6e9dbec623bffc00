// scrapingpros-mock as a test server for clients in other languages: scenarios, control port,
// verdict at the end, traces.

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

#include "child.hpp"
#include "raw_client.hpp"

namespace json = boost::json;

namespace {

child mock_with(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), MOCK_PROGRAM);
    return child{std::move(arguments)};
}

/// A folder of files that goes with the test.
class workplace {
public:
    workplace()
    {
        auto name = (std::filesystem::temp_directory_path() / "mock-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~workplace() { std::filesystem::remove_all(path_); }
    workplace(const workplace&) = delete;
    workplace& operator=(const workplace&) = delete;

    std::string path(const std::string& name) const { return path_ / name; }
    std::string file(const std::string& name, const std::string& text) const
    {
        std::ofstream{path(name)} << text;
        return path(name);
    }
    std::string text(const std::string& name) const
    {
        std::ifstream file{path(name)};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    std::filesystem::path path_;
};

std::uint16_t port_of(const json::value& ready, std::string_view member)
{
    const auto url = json::value_to<std::string>(ready.at(member));
    const auto colon = url.find(':', 7);
    return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

std::string post(
    std::string_view target, std::string_view body, std::string_view key = "test_token_a"
)
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer " +
           std::string(key) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

const std::string format = R"({"format":"scrapingpros-scenario/1")";

}  // namespace

TEST_SUITE("mock_server.program")
{
    TEST_CASE("a mistake in a scenario is named with its place and ends the program with 3")
    {
        const workplace here;
        const auto file = here.file("bad.json", format + R"(,"runs":[{"workload":"100-browsr"}]})");
        auto served = mock_with({"--scenario", file});
        CHECK_EQ(served.wait(), 3);
        CHECK_NE(served.error_text().find("$.runs[0].workload"), std::string::npos);
        auto validated = mock_with({"validate", file});
        CHECK_EQ(validated.wait(), 3);
        CHECK_NE(validated.error_text().find("did you mean '100-browser'"), std::string::npos);
        auto good = mock_with({"validate", here.file("good.json", format + "}")});
        CHECK_EQ(good.wait(), 0);
    }

    TEST_CASE("the control port has the live page and the control routes, and not the service")
    {
        auto program = mock_with({"--control-port", "0"});
        const auto ready = json::parse(program.read_line());
        raw_client control{port_of(ready, "control_url")};
        CHECK_NE(port_of(ready, "control_url"), port_of(ready, "base_url"));
        CHECK_NE(
            control.exchange(get("/")).bytes.find("<title>scrapingpros-mock"), std::string::npos
        );
        CHECK(control.exchange(get("/__mock/v1/health")).bytes.starts_with("HTTP/1.1 200"));
        CHECK(control.exchange(get("/v1/health")).bytes.starts_with("HTTP/1.1 404"));
    }

    TEST_CASE("a control call ends the program, and so does silence")
    {
        auto program = mock_with({});
        const auto ready = json::parse(program.read_line());
        raw_client client{port_of(ready, "base_url")};
        CHECK(client.exchange(post("/__mock/v1/shutdown", "")).bytes.starts_with("HTTP/1.1 202"));
        CHECK_EQ(program.wait(), 0);
        auto silent = mock_with({"--auto-shutdown", "0.01"});
        CHECK_NE(silent.read_line(), "");
        CHECK_EQ(silent.wait(), 0);
    }

    TEST_CASE("what was expected of the client and has not come is told at the end, with 5")
    {
        const workplace here;
        const auto file = here.file(
            "expects.json",
            format + R"(,"expect":{"journal":[{"count":{"op":"collection.list"},"eq":1}]}})"
        );
        for (const bool client_did_it : {false, true}) {
            auto program = mock_with({"--scenario", file, "--verify-on-exit"});
            const auto ready = json::parse(program.read_line());
            if (client_did_it)
                raw_client{port_of(ready, "base_url")}.exchange(
                    get("/v1/async/collections", "Authorization: Bearer test_token_a\r\n")
                );
            program.kill(SIGTERM);
            CHECK_EQ(program.wait(), client_did_it ? 0 : 5);
            CHECK_EQ(
                program.error_text().find("$.expect.journal[0]") != std::string::npos,
                !client_did_it
            );
        }
    }

    TEST_CASE("the ready line goes to a descriptor of the caller's choice as well")
    {
        auto program = mock_with({"--ready-fd", "2"});
        const auto line = program.read_line();
        program.kill(SIGTERM);
        program.wait();
        CHECK_EQ(program.error_text(), line + "\n");
    }

    TEST_CASE(
        "SRV-017: a trace of the wire gives the same bytes without it, on one thread and on four"
    )
    {
        const workplace here;
        const auto trace = here.path("trace.jsonl");
        auto program = mock_with({"--clock", "manual", "--trace", trace});
        const auto ready = json::parse(program.read_line());
        const auto port = port_of(ready, "base_url");
        for (int i = 0; i < 5; ++i) {
            raw_client client{port};
            const auto made =
                json::parse(body_of(client.exchange(post("/__mock/v1/tenants", "{}")).bytes));
            const auto key = json::value_to<std::string>(made.at("key"));
            const auto name = json::value_to<std::string>(made.at("name"));
            const auto collection = json::parse(body_of(
                client
                    .exchange(post(
                        "/v1/async/collections",
                        R"({"name":"n","requests":[{"url":"https://a.example/1"},{"url":"https://a.example/2"}]})",
                        key
                    ))
                    .bytes
            ));
            const std::string path =
                "/v1/async/collections/" + json::value_to<std::string>(collection.at("id"));
            const auto run =
                json::parse(body_of(client.exchange(post(path + "/run", "", key)).bytes));
            const auto id = json::value_to<std::string>(run.at("run_id"));
            const std::string bearer = "Authorization: Bearer " + key + "\r\n";
            for (int step = 0; step < 4; ++step) {
                client.exchange(get(path + "/runs/" + id, bearer));
                client.exchange(get(path + "/runs/" + id + "/jobs?include_results=true", bearer));
                client.exchange(
                    post("/__mock/v1/tenants/" + name + "/clock/advance", R"({"by":"7s"})")
                );
            }
        }
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
        std::string said;
        for (const char* threads : {"1", "4"}) {
            auto again = mock_with({"replay", trace, "--threads", threads});
            const auto line = again.read_line();
            const auto complaint = again.error_text();
            CAPTURE(complaint);
            CHECK_EQ(again.wait(), 0);
            CHECK_NE(line.find("55 requests, 0 with other bytes"), std::string::npos);
            if (!said.empty()) CHECK_EQ(line, said);
            said = line;
        }
        // One digit of one digest: the replay must notice.
        std::string text = here.text("trace.jsonl");
        const auto place = text.rfind("\"sha256\":\"") + 10;
        text[place] = text[place] == '0' ? '1' : '0';
        auto wrong = mock_with({"replay", here.file("wrong.jsonl", text)});
        CHECK_EQ(wrong.wait(), 5);
        CHECK_NE(wrong.error_text().find("has other bytes"), std::string::npos);
    }

    TEST_CASE("a trace of a mock whose flags chose the scenario gives the same bytes")
    {
        const workplace here;
        const auto trace = here.path("trace.jsonl");
        auto program = mock_with({"--clock", "manual", "--lifelike", "--trace", trace});
        const auto ready = json::parse(program.read_line());
        raw_client client{port_of(ready, "base_url")};
        std::string items;
        for (int i = 0; i < 300; ++i)
            items += (i > 0 ? "," : "") + (R"({"url":"https://a.example/)" + std::to_string(i)) +
                     R"("})";
        const auto asked = [&](const std::string& request) {
            return json::parse(body_of(client.exchange(request).bytes));
        };
        const std::string collections = "/v1/async/collections";
        const auto made = asked(post(collections, R"({"name":"n","requests":[)" + items + "]}"));
        const std::string path = collections + "/" + json::value_to<std::string>(made.at("id"));
        const auto run = asked(post(path + "/run", ""));
        const std::string id = json::value_to<std::string>(run.at("run_id"));
        client.exchange(post("/__mock/v1/clock/advance", R"({"by":"1h"})"));
        const std::string jobs = path + "/runs/" + id + "/jobs?limit=100&include_results=true";
        const auto listed = asked(get(jobs, "Authorization: Bearer test_token_a\r\n"));
        CHECK_EQ(listed.at("items").as_array().size(), 100);
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
        auto again = mock_with({"replay", trace});
        CHECK_NE(again.read_line().find("requests, 0 with other bytes"), std::string::npos);
        CHECK_EQ(again.wait(), 0);
    }
}
