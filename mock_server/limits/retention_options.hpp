#ifndef SCRAPINGPROS_MOCK_RETENTION_OPTIONS_HPP
#define SCRAPINGPROS_MOCK_RETENTION_OPTIONS_HPP

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// How long things are kept from a job's completion; at that very moment they are gone.
struct lives {
    std::optional<duration> content = {};   ///< none: A42
    std::optional<duration> metadata = {};  ///< none: 90 days
};

/// The content life of one job, by what was asked for.
struct job_life {
    std::string url = {};
    std::optional<std::string> custom_id = {};  ///< none: any job of that URL
    duration content{0};
};

struct retention_options {
    lives of_all = {};
    std::map<std::string, lives, std::less<>> accounts = {};
    std::vector<job_life> jobs = {};  ///< the first that fits counts
    /// Of a thousand jobs: the service fails to find out why a result is missing, and says so
    /// without a code (contract 8.2, last row).
    unsigned unclassified = 0;
};

/// Throws bad_option with the member's path: a life is 1 ms to 3650 days.
void check(const retention_options&, const std::string& path = "retention");

/// Reads the JSON form. Members that are not known are errors. Throws bad_option.
retention_options read_retention(std::string_view json, const std::string& path = "retention");
/// `read_retention` reads it back.
std::string to_json(const retention_options&);

}  // namespace scrapingpros_mock

#endif
