#ifndef SCRAPINGPROS_MOCK_ITEMS_HPP
#define SCRAPINGPROS_MOCK_ITEMS_HPP

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// An element of `requests` as far as it shows in what the service answers (contract 4).
struct item {
    struct extraction {
        std::string name;
        bool multiple = false;
    };

    std::string url;
    std::optional<std::string> custom_id;
    std::vector<extraction> extract;
    std::size_t evaluations = 0;
    bool markdown = false;
    bool browser = false;
    bool screenshot = false;
    bool retry_on_block = false;
    bool network_capture = false;
    bool proxy = true;
    /// A46 job_failed: the job will fail over its country.
    bool country_refused = false;

    unsigned credits() const noexcept { return browser ? 5 : 1; }
};

struct item_error {
    std::string field;
    std::string type;
    std::string message;
};

struct blocked_url {
    std::size_t index = 0;
    std::string url;
    std::string reason;
    std::string message;
};

struct invalid_item {
    std::size_t index = 0;
    std::optional<std::string> url;
    std::vector<item_error> errors;
};

/// What becomes of the submitted items: each is in exactly one of the four lists.
struct buckets {
    std::vector<item> queued;
    std::vector<blocked_url> blocked;
    std::vector<invalid_item> invalid;
    std::vector<std::string> duplicates;
    std::size_t items = 0;
    /// A46 403_on_create: the country that the whole call fails over.
    std::optional<std::string> country;
};

buckets sort_into_buckets(const boost::json::array& requests, const scenario&);

/// The faults of one element in the validator's words; none: `made` is filled.
std::vector<item_error> check_item(const boost::json::value&, const scenario&, item& made);
/// The country that the element asks for without approval.
std::optional<std::string> unapproved_country(const boost::json::value&, const scenario&);

}  // namespace scrapingpros_mock

#endif
