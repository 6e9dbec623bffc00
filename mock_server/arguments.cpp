#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace scrapingpros_mock {

namespace {

constexpr const char* about =
    "A mock of the Scraping Pros Collections API. Prints one JSON line when it is ready:\n"
    R"({"base_url": "http://127.0.0.1:8081", "ca_file": null, "token": "test_token_a", "pid": 42})"
    "\nand serves until SIGINT or SIGTERM.";

constexpr const char* exit_codes = "Exit codes: 0 stopped, 2 bad usage, 3 cannot listen on the "
                                   "port, 4 unreadable content folder.\n";

// The texts as given, before they become a scenario.
struct raw_arguments {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    bool tls = false;
    std::string ca_out;
    double time_scale = 1.0;
    std::string content;
    std::uint64_t seed = 1;
    std::string profile = "newest";
    std::vector<std::string> switch_texts;
    bool list_switches = false;
    std::string token;
    bool lifelike = false;
    std::size_t slots = 0;
    std::vector<double> job_seconds;
    std::size_t write_per_minute = 0;
    std::size_t read_per_minute = 0;
    bool no_rate_limit = false;
    std::string faults;
    double idle_close = 0.0;
    bool stop_with_stdin = false;
};

void declare(CLI::App& app, raw_arguments& raw)
{
    app.add_option("--bind", raw.address, "Address to listen on")->capture_default_str();
    app.add_option("--port", raw.port, "Port to listen on; 0: any free one")->capture_default_str();
    app.add_flag("--tls", raw.tls, "Serve HTTPS, with a certificate authority made for this run");
    app.add_option("--ca-out", raw.ca_out, "Write the authority's root certificate to this file")
        ->type_name("FILE")
        ->needs("--tls");
    app.add_option("--time-scale", raw.time_scale, "Service seconds for each real second")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str();
    app.add_option("--seed", raw.seed, "Seed of everything that is drawn")->capture_default_str();
    app.add_option("--token", raw.token, "API key to accept instead of test_token_a")
        ->type_name("KEY");
    app.add_option("--content", raw.content, "Serve result bodies from this folder, by URL path")
        ->type_name("DIR");
    app.add_option("--profile", raw.profile, "Which server to play")
        ->check(CLI::IsMember({"newest", "y2026_04_06", "adversarial"}))
        ->capture_default_str();
    app.add_option("--switch", raw.switch_texts, "Set an assumption of the contract; repeatable")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->take_all();
    app.add_flag("--list-switches", raw.list_switches, "Print the switches and their values");
    app.add_flag("--lifelike", raw.lifelike, "Let jobs fail as often as they do in real life");
    app.add_option("--slots", raw.slots, "Jobs at work at the same time")
        ->check(CLI::PositiveNumber);
    app.add_option("--job-seconds", raw.job_seconds, "How long jobs take: MIN,MEDIAN,P90,MAX")
        ->delimiter(',')
        ->expected(4)
        ->type_name("A,B,C,D")
        ->check(CLI::NonNegativeNumber);
    auto* writes =
        app.add_option("--write-per-minute", raw.write_per_minute, "Rate limit of writes")
            ->check(CLI::PositiveNumber);
    auto* reads = app.add_option("--read-per-minute", raw.read_per_minute, "Rate limit of reads")
                      ->check(CLI::PositiveNumber);
    app.add_flag("--no-rate-limit", raw.no_rate_limit, "Switch rate limits and quota off")
        ->excludes(writes)
        ->excludes(reads);
    app.add_option("--faults", raw.faults, "Faults as JSON, as POST /__mock/v1/faults takes them")
        ->type_name("FILE");
    app.add_option("--idle-close", raw.idle_close, "Chance that a connection is closed when idle")
        ->check(CLI::Range(0.0, 1.0));
    app.add_flag("--stop-with-stdin", raw.stop_with_stdin, "Stop when standard input ends");
}

// A value that parses and is wrong all the same: says which argument brought it.
class bad_value : public std::runtime_error {
public:
    bad_value(const std::string& argument, const std::string& why)
        : runtime_error{argument + ": " + why}
    {
    }
};

void apply_switches(const raw_arguments& raw, scenario& out)
{
    if (raw.profile == "y2026_04_06")
        out.contract = switches::y2026_04_06();
    else if (raw.profile == "adversarial")
        out.contract = switches::adversarial();
    for (const auto& text : raw.switch_texts) {
        const auto equals = text.find('=');
        if (equals == std::string::npos)
            throw bad_value{"--switch", "'" + text + "' is not NAME=VALUE"};
        try {
            out.contract.set(text.substr(0, equals), text.substr(equals + 1));
        } catch (const bad_switch& error) {
            throw bad_value{"--switch " + text, error.what()};
        }
    }
    if (raw.write_per_minute > 0) out.contract.write_per_minute = raw.write_per_minute;
    if (raw.read_per_minute > 0) out.contract.read_per_minute = raw.read_per_minute;
}

std::vector<fault> read_faults(const std::string& path)
{
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) throw bad_value{"--faults", "cannot read " + path};
    try {
        return parse_faults(text);
    } catch (const bad_fault& error) {
        throw bad_value{"--faults " + path, error.what()};
    }
}

duration seconds(double value)
{
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>{value});
}

scenario make_scenario(const raw_arguments& raw)
{
    auto out = raw.lifelike ? scenario::lifelike() : scenario{};
    out.seed = raw.seed;
    out.enforce_limits = !raw.no_rate_limit;
    if (!raw.token.empty()) out.tokens = {{raw.token, "client_test"}};
    if (!raw.content.empty()) out.content = raw.content;
    if (raw.slots > 0) out.jobs.slots = raw.slots;
    if (const auto& take = raw.job_seconds; !take.empty()) {
        if (!std::is_sorted(take.begin(), take.end()))
            throw bad_value{"--job-seconds", "the four values must not fall"};
        out.jobs.execution =
            quantiles::of(seconds(take[0]), seconds(take[1]), seconds(take[2]), seconds(take[3]));
    }
    if (!raw.faults.empty()) out.faults = read_faults(raw.faults);
    apply_switches(raw, out);
    return out;
}

arguments make_arguments(const raw_arguments& raw)
{
    arguments out;
    out.service.scenario = make_scenario(raw);
    if (raw.tls) out.service.tls = certificate_kind::good;
    out.service.clock = service_clock::real(raw.time_scale);
    out.service.chaos.probability = raw.idle_close;
    out.service.chaos.longest_wait = std::chrono::milliseconds{50};
    out.service.chaos.seed = raw.seed;
    out.service.address = raw.address;
    out.service.port = raw.port;
    if (!raw.ca_out.empty()) out.ca_out = raw.ca_out;
    out.stop_with_stdin = raw.stop_with_stdin;
    return out;
}

void list_switches()
{
    for (const auto& entry : known_switches()) {
        std::cout << 'A' << entry.number << '\t' << entry.name << '\t';
        const char* separator = "";
        for (const auto value : entry.values)
            std::cout << std::exchange(separator, "|") << value;
        std::cout << '\n';
    }
}

bool is_readable_folder(const std::string& path)
{
    std::error_code ec;
    const std::filesystem::directory_iterator entries{path, ec};
    return !ec;
}

}  // namespace

parsed_arguments parse_arguments(int argc, const char* const* argv)
{
    CLI::App app{about, "scrapingpros-mock"};
    app.footer(exit_codes);
    raw_arguments raw;
    declare(app, raw);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return {.code = app.exit(error) == 0 ? exit_code::stopped : exit_code::bad_usage};
    }
    if (raw.list_switches) {
        list_switches();
        return {};
    }
    if (!raw.content.empty() && !is_readable_folder(raw.content)) {
        std::cerr << "--content: cannot read the folder " << raw.content << '\n';
        return {.code = exit_code::unreadable_content};
    }
    try {
        return {.run = make_arguments(raw)};
    } catch (const bad_value& error) {
        std::cerr << error.what() << '\n';
        return {.code = exit_code::bad_usage};
    }
}

}  // namespace scrapingpros_mock
