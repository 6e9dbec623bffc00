// The program scrapingpros-mock, started as a user starts it.

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
#include "server/server.hpp"
#include "tls_client.hpp"

using namespace scrapingpros_mock;
namespace json = boost::json;

namespace {

child mock_with(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), MOCK_PROGRAM);
    return child{std::move(arguments)};
}

struct announcement {
    std::string base_url;
    json::value ca_file;
    std::string token;
    std::int64_t pid = 0;

    std::uint16_t port() const
    {
        return static_cast<std::uint16_t>(std::stoul(base_url.substr(base_url.rfind(':') + 1)));
    }
};

announcement read_announcement(child& program)
{
    const auto line = program.read_line();
    CAPTURE(line);
    boost::system::error_code ec;
    const auto value = json::parse(line, ec);
    REQUIRE_FALSE(ec);
    return {
        .base_url = json::value_to<std::string>(value.at("base_url")),
        .ca_file = value.at("ca_file"),
        .token = json::value_to<std::string>(value.at("token")),
        .pid = value.at("pid").as_int64(),
    };
}

// Runs it to its end, for command lines that do not serve.
std::string fails_with(int code, std::vector<std::string> arguments)
{
    auto program = mock_with(std::move(arguments));
    CHECK_EQ(program.wait(), code);
    CHECK_EQ(program.read_line(), "");
    return program.error_text();
}

std::string health_of(const announcement& said)
{
    return raw_client{said.port()}.exchange(get("/v1/health")).bytes;
}

class temporary_folder {
public:
    temporary_folder()
    {
        auto name = (std::filesystem::temp_directory_path() / "mock-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~temporary_folder() { std::filesystem::remove_all(path_); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::string operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::string text_of(const std::string& path)
{
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_SUITE("mock_server.program")
{
    TEST_CASE("the program says in one line of JSON where it is and serves until SIGTERM")
    {
        for (const int signal : {SIGTERM, SIGINT}) {
            auto program = mock_with({});
            const auto said = read_announcement(program);
            CHECK(said.base_url.starts_with("http://127.0.0.1:"));
            CHECK(said.ca_file.is_null());
            CHECK_EQ(said.token, "test_token_a");
            CHECK_EQ(said.pid, program.pid());
            CHECK(health_of(said).starts_with("HTTP/1.1 200 OK\r\n"));
            program.kill(signal);
            CHECK_EQ(program.wait(), 0);
            CHECK_EQ(program.read_line(), "");
            CHECK_EQ(program.error_text(), "");
        }
    }

    TEST_CASE("the program stops with its standard input if it is asked to")
    {
        auto program = mock_with({"--stop-with-stdin"});
        read_announcement(program);
        program.close_input();
        CHECK_EQ(program.wait(), 0);
    }

    TEST_CASE("the end of standard input means nothing otherwise")
    {
        auto program = mock_with({});
        program.close_input();
        CHECK(health_of(read_announcement(program)).starts_with("HTTP/1.1 200 OK\r\n"));
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
    }

    TEST_CASE("a port that is taken is named and ends the program with 4")
    {
        const server first{{}, [](const request&) { return response_plan{}; }};
        const auto port = std::to_string(first.port());
        const auto said = fails_with(4, {"--port", port});
        CHECK_EQ(said, "cannot listen on port " + port + " of 127.0.0.1: Address already in use\n");
        CHECK_NE(fails_with(4, {"--bind", "nonsense"}).find("nonsense"), std::string::npos);
    }

    TEST_CASE("a bad argument is named and ends the program with 2")
    {
        struct row {
            std::vector<std::string> arguments;
            std::string named;
        };
        for (const auto& [arguments, named] : std::vector<row>{
                 {{"--no-such-option"}, "--no-such-option"},
                 {{"--port", "70000"}, "--port"},
                 {{"--port", "-1"}, "--port"},
                 {{"--port", "abc"}, "--port"},
                 {{"--time-scale", "0"}, "--time-scale"},
                 {{"--time-scale", "fast"}, "--time-scale"},
                 {{"--profile", "oldest"}, "--profile"},
                 {{"--switch", "run_start_status"}, "--switch"},
                 {{"--switch", "run_start_status=299"}, "--switch run_start_status=299"},
                 {{"--switch", "no_such_switch=1"}, "--switch no_such_switch=1"},
                 {{"--job-seconds", "1,2,3"}, "--job-seconds"},
                 {{"--job-seconds", "4,3,2,1"}, "--job-seconds"},
                 {{"--slots", "0"}, "--slots"},
                 {{"--ca-out", "ca.pem"}, "--ca-out"},
                 {{"--tls", "--ca-out", "/no/such/folder/ca.pem"}, "--ca-out"},
                 {{"--no-rate-limit", "--read-per-minute", "5"}, "--no-rate-limit"},
                 {{"--faults", "/no/such/file"}, "--faults"},
                 {{"--idle-close", "2"}, "--idle-close"},
                 {{"surplus"}, "surplus"},
             }) {
            CAPTURE(named);
            const auto said = fails_with(2, arguments);
            CAPTURE(said);
            CHECK_NE(said.find(named), std::string::npos);
        }
    }

    TEST_CASE("a content folder that cannot be read ends the program with 3")
    {
        const auto said = fails_with(3, {"--content", "/no/such/folder"});
        CHECK_EQ(said, "--content: cannot read the folder /no/such/folder\n");
    }

    TEST_CASE("help goes to standard output and documents the exit codes")
    {
        auto program = mock_with({"--help"});
        CHECK_EQ(program.wait(), 0);
        CHECK_NE(program.read_to_end().find("4 cannot listen on the port"), std::string::npos);
    }

    TEST_CASE("the switches are listed with the values that they take")
    {
        auto program = mock_with({"--list-switches"});
        const auto listed = program.read_to_end();
        CHECK_EQ(program.wait(), 0);
        CHECK_NE(listed.find("A9\trun_start_status\t201|200|202\n"), std::string::npos);
    }

    TEST_CASE("a TLS service writes the root that its clients are to trust")
    {
        const temporary_folder folder;
        const auto kept = folder / "ca.pem";
        auto program = mock_with({"--tls", "--ca-out", kept});
        const auto said = read_announcement(program);
        CHECK_EQ(json::value_to<std::string>(said.ca_file), kept);
        CHECK(said.base_url.starts_with("https://"));
        const auto got =
            tls_exchange(said.port(), text_of(kept), get("/v1/health", "Connection: close\r\n"));
        CHECK(got.reply.starts_with("HTTP/1.1 200 OK\r\n"));
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
        CHECK(std::filesystem::exists(kept));
    }

    TEST_CASE("a root without a place of its own goes when the service goes")
    {
        auto program = mock_with({"--tls"});
        const auto said = read_announcement(program);
        const auto path = json::value_to<std::string>(said.ca_file);
        CHECK(text_of(path).starts_with("-----BEGIN CERTIFICATE-----"));
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
        CHECK_FALSE(std::filesystem::exists(path));
    }

    TEST_CASE("an address beyond loopback is warned about")
    {
        auto program = mock_with({"--bind", "0.0.0.0"});
        const auto said = read_announcement(program);
        CHECK(said.base_url.starts_with("http://0.0.0.0:"));
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
        CHECK_NE(program.error_text().find("WARNING: listening on 0.0.0.0"), std::string::npos);
    }

    TEST_CASE("a mistake in a file of faults is named by its place")
    {
        const temporary_folder folder;
        const auto faults = folder / "faults.json";
        std::ofstream{faults} << R"([{"operation": "health", "effect": {"kind": "stauts"}}])";
        const auto said = fails_with(2, {"--faults", faults});
        CHECK_NE(said.find("$[0].effect.kind"), std::string::npos);
    }

    TEST_CASE("switches and faults and the token reach the service")
    {
        const temporary_folder folder;
        const auto faults = folder / "faults.json";
        std::ofstream{faults}
            << R"([{"operation": "health", "effect": {"kind": "status", "code": 503}}])";
        auto program = mock_with(
            {"--faults",
             faults,
             "--token",
             "another",
             "--profile",
             "newest",
             "--switch",
             "auth_missing_status=403",
             "--switch",
             "A63=with_components",
             "--seed",
             "7",
             "--slots",
             "3",
             "--job-seconds",
             "0.1,0.2,0.3,0.4",
             "--time-scale",
             "10"}
        );
        const auto said = read_announcement(program);
        CHECK_EQ(said.token, "another");
        CHECK(health_of(said).starts_with("HTTP/1.1 503 "));
        CHECK(health_of(said).starts_with("HTTP/1.1 200 "));
        raw_client client{said.port()};
        CHECK(client.exchange(get("/v1/async/collections")).bytes.starts_with("HTTP/1.1 403 "));
        program.kill(SIGTERM);
        CHECK_EQ(program.wait(), 0);
    }
}
