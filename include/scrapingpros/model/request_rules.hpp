#ifndef SCRAPINGPROS_MODEL_REQUEST_RULES_HPP
#define SCRAPINGPROS_MODEL_REQUEST_RULES_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/scrape_request.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/// The rules of contract section 4 and what follows from the transport.
enum class request_rule {
    /// A URL without text, or of white space only.
    url_missing,
    /// Neither http nor https, or no host behind it.
    url_scheme,
    /// A bare host: the server may put https in front or refuse it (contract A14).
    url_bare_host,
    /// White space or control characters inside a URL.
    url_characters,
    /// More than 255 characters.
    custom_id_length,
    /// The member needs `browser` to be true.
    needs_browser,
    /// The URL of a POST is not http or https.
    post_url_scheme,
    /// A header name that HTTP does not allow.
    header_name,
    /// A line break or NUL in a header value: it would become another header.
    header_value,
    /// A member that the step or proxy cannot do without is empty.
    member_missing,
    /// A negative time.
    negative_time,
    /// Text that is not UTF-8 cannot be sent as JSON.
    not_utf8,
    /// The same `(url, custom_id)` occurred before; the service keeps the first.
    duplicate,
    /// The collection has no name.
    name_missing,
    /// A collection of no items is allowed, but a run of it has nothing to do.
    no_items,
};

enum class problem_level {
    /// The item, or the whole call, will be refused.
    error,
    /// It will be taken, perhaps not as meant.
    warning,
    /// Not reported.
    off
};

struct request_problem {
    /// Place in `requests`, from 0; empty if it is about the collection.
    std::optional<std::size_t> item{};
    /// Dotted path: `custom_id`, `actions.0.selector`, `headers.X-A`.
    std::string field{};
    request_rule rule = request_rule::url_missing;
    problem_level level = problem_level::error;
    std::string message{};

    friend bool operator==(const request_problem&, const request_problem&) = default;
};

/// How strictly to take what the contract leaves open.
struct validation_options {
    /// `screenshot` without `browser` is always an error. That `actions`, `network_capture`,
    /// `block_resources` and `block_requests` need it too is documented, not tested (A16).
    problem_level browser_rules = problem_level::error;
    problem_level bare_host = problem_level::warning;
    problem_level duplicates = problem_level::warning;
    problem_level no_items = problem_level::warning;
    /// Stop after so many problems.
    std::size_t max_problems = 100;

    friend bool operator==(const validation_options&, const validation_options&) = default;
};

/// Problems of one item, without its index. A loop within a loop cannot be written down, so no
/// rule is needed for it; a `raw_item` is not looked at.
SCRAPINGPROS_DECL std::vector<request_problem> validate(
    const scrape_request& request, const validation_options& options = {}
);

/// Problems of a whole collection, by item. Linear in the number of items.
SCRAPINGPROS_DECL std::vector<request_problem> validate(
    const collection_draft& draft, const validation_options& options = {}
);

/// True if one of them is an error.
SCRAPINGPROS_DECL bool has_errors(const std::vector<request_problem>& problems) noexcept;

/// `requests[3].custom_id`, as diagnostics name a place.
SCRAPINGPROS_DECL std::string place_of(const request_problem& problem);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/model/request_rules.ipp>
#endif

#endif
