#include "program/arguments.hpp"

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

#include "program/commands.hpp"
#include "scenario/scenario_json.hpp"

namespace scrapingpros_mock {

namespace {

constexpr const char* about =
    "A mock of the Scraping Pros Collections API. Prints one JSON line when it is ready:\n"
    R"({"base_url": "http://127.0.0.1:8081", "ca_file": null, "token": "test_token_a", "pid": 42})"
    "\nand serves until SIGINT or SIGTERM.";

constexpr const char* exit_codes =
    "Exit codes: 0 stopped, or the file is in order; 2 bad usage; 3 a scenario, content folder, "
    "trace "
    "or archive that cannot be read; 4 cannot listen on the port; 5 with --verify-on-exit: an "
    "expectation has not come true, or a replay gave other bytes.\n";

// The texts as given, before they become a scenario.
struct raw_arguments {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    bool tls = false;
    std::string ca_out;
    std::optional<double> time_scale;
    std::string content;
    std::optional<std::uint64_t> seed;
    std::string profile;
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

    std::string scenario;
    int ready_fd = -1;
    int control_port = -1;
    double auto_shutdown = 0.0;
    bool verify_on_exit = false;
    bool allow_remote_callbacks = false;
    std::string clock;
    std::string trace;

    std::string validate_file;
    std::string import_file;
    std::string import_folder = ".";
    std::string replay_file;
    unsigned threads = 1;
};

// Subcommands that end without serving.
struct subcommands {
    CLI::App* validate = nullptr;
    CLI::App* import_har = nullptr;
    CLI::App* replay = nullptr;
};

subcommands declare_subcommands(CLI::App& app, raw_arguments& raw)
{
    subcommands out;
    out.validate = app.add_subcommand("validate", "Say what is wrong with a scenario file");
    out.validate->add_option("FILE", raw.validate_file)->required()->check(CLI::ExistingFile);
    out.import_har = app.add_subcommand("import", "Make a scenario of recorded traffic (HAR)");
    out.import_har->add_option("FILE", raw.import_file)->required()->check(CLI::ExistingFile);
    out.import_har
        ->add_option("-o,--out", raw.import_folder, "Folder for scenario.json and its workloads")
        ->capture_default_str();
    out.replay = app.add_subcommand("replay", "Ask everything in a trace again, compare the bytes");
    out.replay->add_option("FILE", raw.replay_file)->required()->check(CLI::ExistingFile);
    out.replay->add_option("--threads", raw.threads, "Tenants at the same time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.require_subcommand(0, 1);
    return out;
}

void declare_service(CLI::App& app, raw_arguments& raw)
{
    app.add_option("--scenario", raw.scenario, "What to play; other options change parts of it")
        ->type_name("FILE");
    app.add_option("--control-port", raw.control_port, "A port for the live page and /__mock alone")
        ->check(CLI::Range(0, 65535));
    app.add_option("--ready-fd", raw.ready_fd, "Write the ready line to this descriptor too")
        ->check(CLI::Range(0, 1023));
    app.add_option("--auto-shutdown", raw.auto_shutdown, "End after so many seconds of silence")
        ->check(CLI::PositiveNumber);
    app.add_flag(
        "--verify-on-exit", raw.verify_on_exit, "Exit 5 unless all that was expected came"
    );
    app.add_flag(
        "--allow-remote-callbacks", raw.allow_remote_callbacks, "Send webhooks to other machines"
    );
    app.add_option("--clock", raw.clock, "How time goes: real, manual, auto, per_request")
        ->check(CLI::IsMember({"real", "manual", "auto", "per_request"}));
    app.add_option("--trace", raw.trace, "Write a trace that replay can ask again")
        ->type_name("FILE");
}

void declare(CLI::App& app, raw_arguments& raw)
{
    app.add_option("--bind", raw.address, "Address to listen on")->capture_default_str();
    app.add_option("--port", raw.port, "Port to listen on; 0: any free one")->capture_default_str();
    app.add_flag("--tls", raw.tls, "Serve HTTPS, with a certificate authority made for this run");
    app.add_option("--ca-out", raw.ca_out, "Write the authority's root certificate to this file")
        ->type_name("FILE")
        ->needs("--tls");
    app.add_option("--time-scale", raw.time_scale, "Service seconds for each real second")
        ->check(CLI::Range(0.001, 1e6));
    app.add_option("--seed", raw.seed, "Seed of everything that is drawn (1)");
    app.add_option("--token", raw.token, "API key to accept instead of test_token_a")
        ->type_name("KEY");
    app.add_option("--content", raw.content, "Serve result bodies from this folder, by URL path")
        ->type_name("DIR");
    app.add_option("--profile", raw.profile, "Which server to play")
        ->check(CLI::IsMember({"newest", "y2026_04_06", "adversarial"}));
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
    if (raw.profile == "newest") out.contract = switches::newest();
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

void set_clock(const raw_arguments& raw, scenario& out)
{
    if (raw.clock == "manual") out.clock.mode = clock_mode::manual;
    if (raw.clock == "auto") out.clock.mode = clock_mode::automatic;
    if (raw.clock == "per_request") out.clock.mode = clock_mode::per_request;
    if (raw.clock == "real" || raw.time_scale) out.clock.mode = clock_mode::real;
    if (raw.time_scale) out.clock.scale = *raw.time_scale;
}

scenario make_scenario(const raw_arguments& raw)
{
    auto out = raw.lifelike ? scenario::lifelike() : scenario{};
    if (!raw.scenario.empty()) out = load_scenario(raw.scenario);
    if (raw.seed) out.seed = *raw.seed;
    if (raw.no_rate_limit) out.enforce_limits = false;
    set_clock(raw, out);
    if (!raw.token.empty()) out.tokens = {{raw.token, "client_test"}};
    if (!raw.content.empty()) out.content = raw.content;
    if (raw.slots > 0) out.jobs.slots = raw.slots;
    if (const auto& take = raw.job_seconds; !take.empty()) {
        if (!std::is_sorted(take.begin(), take.end()))
            throw bad_value{"--job-seconds", "the four values must not fall"};
        out.jobs.execution =
            quantiles::of(seconds(take[0]), seconds(take[1]), seconds(take[2]), seconds(take[3]));
    }
    if (!raw.faults.empty())
        for (fault& each : read_faults(raw.faults))
            out.faults.push_back(std::move(each));
    apply_switches(raw, out);
    return out;
}

arguments make_arguments(const raw_arguments& raw)
{
    arguments out;
    out.service.scenario = make_scenario(raw);
    if (raw.tls) out.service.tls = certificate_kind::good;
    out.service.chaos.probability = raw.idle_close;
    out.service.chaos.longest_wait = std::chrono::milliseconds{50};
    out.service.chaos.seed = out.service.scenario.seed;
    out.service.address = raw.address;
    out.service.port = raw.port;
    if (!raw.ca_out.empty()) out.ca_out = raw.ca_out;
    out.stop_with_stdin = raw.stop_with_stdin;
    out.service.allow_remote_callbacks = raw.allow_remote_callbacks;
    if (raw.ready_fd >= 0) out.ready_fd = raw.ready_fd;
    if (raw.control_port >= 0) out.control_port = static_cast<std::uint16_t>(raw.control_port);
    if (raw.auto_shutdown > 0.0)
        out.auto_shutdown = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::duration<double>{raw.auto_shutdown}
        );
    out.verify_on_exit = raw.verify_on_exit;
    if (!raw.trace.empty()) out.trace = raw.trace;
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

namespace {

std::optional<exit_code> run_subcommand(const subcommands& which, const raw_arguments& raw)
{
    if (which.validate->parsed()) return validate_file(raw.validate_file);
    if (which.import_har->parsed()) return import_archive(raw.import_file, raw.import_folder);
    if (which.replay->parsed()) return replay_file(raw.replay_file, raw.threads);
    return std::nullopt;
}

}  // namespace

parsed_arguments parse_arguments(int argc, const char* const* argv)
{
    CLI::App app{about, "scrapingpros-mock"};
    app.footer(exit_codes);
    raw_arguments raw;
    declare(app, raw);
    declare_service(app, raw);
    const subcommands others = declare_subcommands(app, raw);
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
        return {.code = exit_code::bad_scenario_file};
    }
    try {
        if (const auto code = run_subcommand(others, raw)) return {.code = *code};
        return {.run = make_arguments(raw)};
    } catch (const bad_value& error) {
        std::cerr << error.what() << '\n';
        return {.code = exit_code::bad_usage};
    } catch (const bad_scenario& bad) {
        tell(bad);
        return {.code = exit_code::bad_scenario_file};
    }
}

}  // namespace scrapingpros_mock
