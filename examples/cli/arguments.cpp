#include "arguments.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "exit_code.hpp"
#include "options.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

constexpr const char* about =
    "Scrapes lists of pages with the asynchronous Collections API of Scraping Pros.\n"
    "The service is named by SCRAPINGPROS_BASE_URL and SP_TOKEN, and SCRAPINGPROS_CA_FILE where\n"
    "its certificate needs one. examples/cli/README.md is the manual page.";

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

void set_environment(arguments& given)
{
    given.base_url = variable("SCRAPINGPROS_BASE_URL");
    if (given.base_url.empty()) given.base_url = "https://api.scrapingpros.com";
    given.token = sp::secret(variable("SP_TOKEN"));
    given.ca_file = variable("SCRAPINGPROS_CA_FILE");
    const auto scale = variable("SP_TIME_SCALE");
    if (scale.empty()) return;
    const auto value = number_in(scale, 0.001, 1e6);
    if (!value) throw bad_input("SP_TIME_SCALE is no number from 0.001 to 1000000");
    given.strategy.time_scale = *value;
}

void check(arguments& given)
{
    for (const double number :
         {given.read_rate, given.write_rate, given.deadline, given.strategy.time_scale})
        if (!std::isfinite(number)) throw bad_input("a number of an option is not finite");
    if (given.delivery.store_errors) given.include_failed = true;
    if (given.what == verb::attach && given.collection.empty() && given.checkpoint.empty())
        throw bad_input("attach: the ids of collection and run, or --checkpoint, are needed");
    if (given.what == verb::attach && given.collection.empty() != given.run.empty())
        throw bad_input("attach: both ids are needed, of the collection and of the run");
    const bool is_local =
        given.dry_run || given.what == verb::results || given.what == verb::status;
    if (!is_local && given.token.empty()) throw bad_input("SP_TOKEN is not set or empty");
}

}  // namespace

std::variant<arguments, int> read_arguments(int argc, char** argv)
{
    CLI::App app{about, "scrapingpros"};
    app.get_formatter()->column_width(32);
    arguments given;
    given.words.assign(argv, argv + argc);
    set_environment(given);
    declare(app, given);
    try {
        app.parse(argc, argv);
        check(given);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(exit_code::bad_input);
    }
    return given;
}

std::string name_of(const arguments& given)
{
    if (!given.name.empty()) return given.name;
    if (given.input.empty()) return "attached";
    return given.input == "-" ? "stdin" : std::filesystem::path(given.input).stem().string();
}

std::string shell_text(const std::vector<std::string>& words)
{
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-./:=,+@%";
    std::string out;
    for (const auto& word : words) {
        if (!out.empty()) out += ' ';
        if (!word.empty() && word.find_first_not_of(plain) == word.npos) {
            out += word;
            continue;
        }
        out += '\'';
        for (const char c : word)
            out += c == '\'' ? std::string("'\\''") : std::string(1, c);
        out += '\'';
    }
    return out;
}

}  // namespace cli
