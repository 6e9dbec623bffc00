#ifndef QUICKSTART_ARGUMENTS_HPP
#define QUICKSTART_ARGUMENTS_HPP

#include <scrapingpros/client_options.hpp>

#include <filesystem>
#include <optional>
#include <stdexcept>

namespace quickstart {

/// The user's own input is not usable; says why. Nothing was submitted.
class bad_input : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What the command line and the environment say.
struct arguments {
    /// A folder of pages that the service serves: their digests are known, and it is the mock.
    std::optional<std::filesystem::path> pages{};
    /// Otherwise a file of URLs.
    std::filesystem::path list{};
    std::filesystem::path out = "scraped";
    bool alter_one_page = false;
    /// Between two looks at the run; empty: as the official client.
    std::optional<scrapingpros::milliseconds> look_every{};
    scrapingpros::client_options service{};
};

/// Empty if help was asked for, and was given.
std::optional<arguments> read_arguments(int argc, char** argv);

}  // namespace quickstart

#endif
