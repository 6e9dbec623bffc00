#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "child.hpp"
#include "faults/fault_codes.hpp"
#include "mock.hpp"
#include "raw_client.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::string file_text(const char* path)
{
    std::ifstream file{path};
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string text_in(const json::value& row, const char* name)
{
    const auto& text = row.at(name).as_string();
    return {text.data(), text.size()};
}

std::optional<std::string> find_curl()
{
    const char* path = std::getenv("PATH");
    std::istringstream folders{path != nullptr ? path : ""};
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + "/curl").c_str(), X_OK) == 0) return folder + "/curl";
    return std::nullopt;
}

/// How often each row is tried: 300 for the published claim, once in the normal run.
int repeats()
{
    const char* wish = std::getenv("MOCK_REPEATS");
    return wish != nullptr ? std::max(1, std::atoi(wish)) : 1;
}

struct signature {
    int curl = 0;
    int status = 0;
    long body_bytes = 0;
    std::string end;
};

std::string shown(const signature& what)
{
    return std::to_string(what.curl) + " " + std::to_string(what.status) + " " +
           std::to_string(what.body_bytes) + " " + what.end;
}

/// Services for the rows of the table, on a clock that stands still: what waits, waits for ever.
class stage {
public:
    explicit stage(std::string curl) : curl_{std::move(curl)} {}

    /// What waits is given up after `patience` seconds.
    signature measure(const json::value& row, const char* patience)
    {
        patience_ = patience;
        const std::string on = text_in(row, "on");
        if (on == "connect" || on == "tls") return at_layer(row, on);
        if (!plain_) prepare();
        const bool waits = row.at("waits").as_bool();
        const std::string wish =
            "X-Mock-Fault: " + text_in(row, "fault") + "@" + text_in(row, "phase");
        signature seen = run_curl(*plain_, on, waits, {"-H", wish, "--compressed"});
        seen.end = waits ? "open" : raw_end(*plain_, on, wish + "\r\n", text_in(row, "end"));
        return seen;
    }

private:
    void prepare()
    {
        mock_options options;
        options.scenario.fault_header = true;
        options.scenario.enforce_limits = false;
        options.scenario.jobs.seeding = duration{0};
        options.scenario.start = time_point{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};
        options.clock = service_clock::manual(options.scenario.start);
        plain_ = std::make_unique<mock_service>(std::move(options));
        raw_client client{plain_->port()};
        const std::string collections = "/v1/async/collections";
        const auto made = client.exchange(post(
            collections,
            R"({"name":"n","requests":[{"url":"https://a.example/1"},)"
            R"({"url":"https://a.example/2"},{"url":"https://a.example/3"}]})"
        ));
        collection_ = collections + "/" + member_of(made.bytes, "id");
        const auto run = client.exchange(post(collection_ + "/run", ""));
        run_ = collection_ + "/runs/" + member_of(run.bytes, "run_id");
        plain_->clock().advance(1h);
    }

    struct call {
        std::string method = "GET";
        std::string target;
    };

    call target_of(const std::string& on) const
    {
        if (on == "jobs.list") return {"GET", run_ + "/jobs?limit=2&include_results=true"};
        if (on == "run.get") return {"GET", run_};
        if (on == "run.start") return {"POST", collection_ + "/run"};
        return {"GET", "/v1/health"};
    }

    std::string post(const std::string& target, const std::string& body) const
    {
        return "POST " + target + " HTTP/1.1\r\nHost: h\r\n" + authorization_ +
               "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    static std::string member_of(const std::string& reply, const char* name)
    {
        return text_in(json::parse(body_of(reply)), name);
    }

    signature run_curl(
        const mock_service& mock, const std::string& on, bool waits, std::vector<std::string> more
    ) const
    {
        const call to = target_of(on);
        std::vector<std::string> words{
            curl_,
            "-q",
            "-s",
            "--noproxy",
            "*",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code} %{size_download}",
            "--max-time",
            waits ? patience_ : "20",
            "-X",
            to.method,
            "-H",
            "Authorization: Bearer test_token_a"};
        words.insert(words.end(), more.begin(), more.end());
        words.push_back(mock.base_url() + to.target);
        child process{words};
        signature seen;
        std::istringstream said{process.read_to_end()};
        said >> seen.status >> seen.body_bytes;
        seen.curl = process.wait();
        return seen;
    }

    /// Nothing says that a connection is going to stay open, so the wait for what is hoped not to
    /// come is short.
    std::string raw_end(
        const mock_service& mock,
        const std::string& on,
        const std::string& headers,
        const std::string& expected
    ) const
    {
        const call to = target_of(on);
        raw_client client{mock.port()};
        if (expected == "open") client.give_up_after(200ms);
        client.send(
            to.method + " " + to.target + " HTTP/1.1\r\nHost: h\r\n" + authorization_ +
            "Connection: close\r\n" + headers + "\r\n"
        );
        return name_of(client.read_to_end().end);
    }

    static std::string name_of(read_end end)
    {
        switch (end) {
        case read_end::closed: return "closed";
        case read_end::reset: return "reset";
        default: return "open";
        }
    }

    signature at_layer(const json::value& row, const std::string& on) const
    {
        const bool waits = row.at("waits").as_bool();
        const std::string faults = R"([{"on":")" + on + R"(","do":")" + text_in(row, "fault") +
                                   R"(","times":"unlimited"}])";
        mock_options options;
        if (on == "tls") options.tls = certificate_kind::good;
        options.scenario.faults = parse_faults(faults);
        mock_service mock{std::move(options)};
        const std::string root = root_file(mock.ca_pem());
        signature seen = run_curl(mock, "health", waits, {"--cacert", root});
        ::unlink(root.c_str());
        seen.end = "open";
        if (on == "connect" && !waits)
            seen.end = name_of(raw_client{mock.port()}.read_to_end().end);
        if (on == "tls") seen.end = mock.stats().requests > 0 ? "answered" : "unasked";
        return seen;
    }

    static std::string root_file(const std::string& pem)
    {
        std::string name = "/tmp/mock_root_XXXXXX";
        const int file = ::mkstemp(name.data());
        REQUIRE_GE(file, 0);
        REQUIRE_EQ(::write(file, pem.data(), pem.size()), static_cast<ssize_t>(pem.size()));
        ::close(file);
        return name;
    }

    std::string curl_;
    std::string patience_;
    std::unique_ptr<mock_service> plain_;
    std::string authorization_ = "Authorization: Bearer test_token_a\r\n";
    std::string collection_;
    std::string run_;
};

bool allows(const json::value& allowed, int code)
{
    if (allowed.is_int64()) return allowed.get_int64() == code;
    const auto& all = allowed.as_array();
    return std::any_of(all.begin(), all.end(), [&](const json::value& each) {
        return each.as_int64() == code;
    });
}

bool agrees(const json::value& row, const signature& seen)
{
    return allows(row.at("curl"), seen.curl) && seen.status == row.at("status").as_int64() &&
           seen.body_bytes == row.at("body_bytes").as_int64() && seen.end == text_in(row, "end");
}

}  // namespace

TEST_SUITE("mock_server.wire_signatures")
{
    TEST_CASE("SRV-016: curl sees of each fault in each phase what the published table says")
    {
        const auto curl = find_curl();
        if (!curl) {
            MESSAGE("skipped: no curl on the path");
            return;
        }
        const json::value table = json::parse(file_text(MOCK_WIRE_SIGNATURES));
        // Written for whoever brings the table up to date.
        std::ofstream measured;
        if (const char* file = std::getenv("MOCK_MEASURED")) measured.open(file);
        stage services{*curl};
        const auto& rows = table.at("rows").as_array();
        // A part of a name, for the long form of some rows alone.
        const char* only = std::getenv("MOCK_ROWS");
        const int turns = measured.is_open() ? 1 : repeats();
        int other = 0;
        int given_longer = 0;
        for (int turn = 1; turn <= turns; ++turn) {
            for (const json::value& row : rows) {
                const std::string name =
                    text_in(row, "on") + " " + text_in(row, "fault") + "@" + text_in(row, "phase");
                if (only && name.find(only) == name.npos) continue;
                signature seen = services.measure(row, "0.2");
                // A busy machine may not have come so far in the time of one that waits.
                if (row.at("waits").as_bool() && !agrees(row, seen)) {
                    ++given_longer;
                    seen = services.measure(row, "5");
                }
                if (measured.is_open()) {
                    measured << name << ' ' << shown(seen) << std::endl;
                    continue;
                }
                CAPTURE(name);
                CAPTURE(turn);
                CAPTURE(shown(seen));
                const bool as_published = agrees(row, seen);
                CHECK(as_published);
                other += as_published ? 0 : 1;
            }
        }
        if (turns > 1)
            MESSAGE(
                rows.size() << " rows, " << turns << " times each: " << other
                            << " not as published; of those that wait, " << given_longer
                            << " were given longer"
            );
    }

    TEST_CASE("the published table has each code in each of its phases, and FAULTS.md each code")
    {
        static constexpr std::array<std::string_view, 5> phases{
            "before-effect", "after-effect", "response-head", "response-body", "response-end"};
        static constexpr std::array<const char*, 3> layers{"", "connect ", "tls "};
        const auto layer_of = [](const std::string& on) {
            return on == "connect" || on == "tls" ? on + " " : std::string{};
        };
        std::set<std::string> published;
        const json::value table = json::parse(file_text(MOCK_WIRE_SIGNATURES));
        for (const json::value& row : table.at("rows").as_array()) {
            const std::string on = text_in(row, "on");
            const auto layer = on == "connect" ? fault_layer::connect
                               : on == "tls"   ? fault_layer::tls
                                               : fault_layer::http;
            const auto read = read_fault_code(text_in(row, "fault"), layer, "$");
            published.insert(
                layer_of(on) + std::string(read.known->name) + "@" + text_in(row, "phase")
            );
        }
        const std::string manual = file_text(MOCK_FAULTS_MANUAL);
        for (const fault_code& each : known_fault_codes()) {
            CAPTURE(each.form);
            const std::string quoted = "`" + std::string(each.form) + "`";
            CHECK_NE(manual.find(quoted), manual.npos);
            for (std::size_t i = 0; i < phases.size(); ++i) {
                if (!each.allows(static_cast<fault_phase>(i))) continue;
                const std::string name = layers[static_cast<std::size_t>(each.layer)] +
                                         std::string(each.name) + "@" + std::string(phases[i]);
                CAPTURE(name);
                CHECK_EQ(published.count(name), 1);
            }
        }
    }
}
