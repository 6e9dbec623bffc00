#include "program/commands.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include "scenario/har_import.hpp"
#include "scenario/scenario_json.hpp"
#include "server/trace.hpp"

namespace scrapingpros_mock {
namespace {

std::string read_whole(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void write_whole(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream file{path, std::ios::trunc | std::ios::binary};
    file << text << '\n';
    if (!file.flush()) throw bad_scenario{path.string(), "cannot be written"};
}

}  // namespace

void tell(const bad_scenario& bad)
{
    std::cerr << bad.path << ' ' << bad.message;
    if (!bad.hint.empty()) std::cerr << " (" << bad.hint << ')';
    std::cerr << '\n';
}

exit_code validate_file(const std::string& path)
{
    const auto folder = std::filesystem::path{path}.parent_path();
    const auto wrong =
        validate_scenario(read_whole(path), folder.empty() ? std::filesystem::path{"."} : folder);
    for (const bad_scenario& each : wrong)
        tell(each);
    if (wrong.empty()) std::cout << path << " is in order\n";
    return wrong.empty() ? exit_code::stopped : exit_code::bad_scenario_file;
}

exit_code import_archive(const std::string& path, const std::string& folder)
{
    const har_import made = import_har(read_whole(path));
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    write_whole(std::filesystem::path{folder} / "scenario.json", made.scenario);
    for (const auto& each : made.workloads)
        write_whole(std::filesystem::path{folder} / each.name, each.text);
    std::cout << made.report << '\n';
    return exit_code::stopped;
}

exit_code replay_file(const std::string& path, unsigned threads)
{
    std::ifstream file{path, std::ios::binary};
    const replay_report report = replay_trace(file, threads);
    std::cout << report.requests << " requests, " << report.different
              << " with other bytes, sha256 " << report.sha256 << '\n';
    if (report.different == 0) return exit_code::stopped;
    std::cerr << report.first_difference << '\n';
    return exit_code::not_verified;
}

}  // namespace scrapingpros_mock
