#include "arguments.hpp"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

namespace quickstart {
namespace {

constexpr std::string_view help = R"(Scrapes pages and writes them to a folder.

    quickstart LIST [--out DIR]           the URLs of a file, one a line, each followed by a
                                          custom_id if you like
    quickstart --pages DIR [--out DIR]    every page of a folder which the mock serves, each
                                          checked by its SHA-256

    --out DIR          where bodies/ and results.jsonl go; scraped/ if not given
    --look-every MS    time between two looks at the run; 5 to 30 s by its size if not given
    --alter-one-page   with --pages: changes a page on disk once all are submitted, to show that
                       the check finds it

The service is named by SCRAPINGPROS_BASE_URL and SP_TOKEN, and SCRAPINGPROS_CA_FILE where its
certificate needs one. Exit codes: 0 everything was delivered and is right; 1 something was not;
2 the input is unusable or the service refused it, and nothing was submitted.
)";

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

scrapingpros::milliseconds milliseconds_in(const std::string& text)
{
    unsigned value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value == 0)
        throw bad_input("--look-every: not a number of milliseconds: " + text);
    return scrapingpros::milliseconds(value);
}

scrapingpros::client_options service_of_environment()
{
    scrapingpros::client_options options;
    options.base_url = variable("SCRAPINGPROS_BASE_URL");
    options.token = scrapingpros::secret(variable("SP_TOKEN"));
    options.connection.tls.ca_file = variable("SCRAPINGPROS_CA_FILE");
    if (options.base_url.empty()) throw bad_input("SCRAPINGPROS_BASE_URL is not set");
    if (options.token.empty()) throw bad_input("SP_TOKEN is not set or empty");
    return options;
}

}  // namespace

std::optional<arguments> read_arguments(int argc, char** argv)
{
    arguments out;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] {
            if (i + 1 == argc) throw bad_input(word + " needs a value");
            return std::string(argv[++i]);
        };
        if (word == "-h" || word == "--help") {
            std::cout << help;
            return std::nullopt;
        }
        if (word == "--pages")
            out.pages = value();
        else if (word == "--out")
            out.out = value();
        else if (word == "--look-every")
            out.look_every = milliseconds_in(value());
        else if (word == "--alter-one-page")
            out.alter_one_page = true;
        else if (word.starts_with('-'))
            throw bad_input("no such option: " + word + "; see --help");
        else if (out.list.empty())
            out.list = word;
        else
            throw bad_input("more than one list of URLs: " + word);
    }
    if (out.pages.has_value() == !out.list.empty())
        throw bad_input("either a file of URLs or --pages is needed; see --help");
    if (out.alter_one_page && !out.pages) throw bad_input("--alter-one-page needs --pages");
    out.service = service_of_environment();
    return out;
}

}  // namespace quickstart
