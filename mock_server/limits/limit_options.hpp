#ifndef SCRAPINGPROS_MOCK_LIMIT_OPTIONS_HPP
#define SCRAPINGPROS_MOCK_LIMIT_OPTIONS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operation.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Where a window of `fixed_window_60s` begins. The contract does not say (A47); the only reset it
/// shows, 1775401200, is a whole minute.
enum class window_anchor { wall_minute, first_request };

/// What coming back before its `Retry-After` brings upon a client.
struct early_penalty {
    enum class kind {
        ignore,  ///< counted, no more
        extend,  ///< each early return puts the end of the wait off by `by`
        ban,     ///< after so many early returns nothing is admitted for `by`
    } how = kind::ignore;
    std::size_t after = 1;  ///< `ban` only
    duration by{0};
    /// Requests this soon after the first refusal were on their way already: not early.
    duration grace{0};
};

/// A header that says something else than it should. The wait itself stays what it is.
enum class header_damage {
    none,
    ms_name,   ///< in milliseconds, under the name with `-Ms` behind
    negative,  ///< -5
    huge,      ///< 99999999999999999999, more than 64 bits
    twice,     ///< two headers of that name: 1, and then the true value
    past,      ///< an hour or a minute ago
    garbage,   ///< a word
};

/// An account has at most so many scoped limits.
inline constexpr std::size_t most_scopes = 16;

/// One more limit besides those of the account's two buckets.
struct scoped_limit {
    enum class scope {
        route,       ///< each operation of an account has a bucket of its own
        connection,  ///< each connection has one
    } of = scope::connection;
    operation on = operation::any;  ///< only requests of that operation are counted
    choice::rate_algorithm how{};
    std::size_t per_minute = 60;
};

/// So many of the service's seconds pass in so many real ones. With it, waits are stated in real
/// time, for clients whose own clock is not scaled ("wall_waits"). 1:1 states them as they are.
struct time_scale {
    std::uint64_t service = 1;  ///< 1 to 1,000,000
    std::uint64_t real = 1;     ///< 1 to 1,000
};

/// What the switches A47 to A51 leave open, and what a hostile service does besides.
struct limit_options {
    window_anchor fixed_window{};
    /// What a token bucket holds; none: a minute's worth.
    std::optional<std::size_t> token_burst = {};
    /// Requests of an account that may be at work at the same time.
    std::optional<std::size_t> in_flight = {};
    duration in_flight_wait{std::chrono::seconds{1}};  ///< what its refusal tells to wait
    std::vector<scoped_limit> scopes = {};
    early_penalty early = {};
    header_damage retry_after{};
    header_damage reset{};
    std::string rate_text = "Rate limit exceeded";
    bool quota_tells_wait = false;  ///< `Retry-After` on quota refusals: until the month's end
    time_scale wait_scale = {};
};

struct scenario;

/// Throws bad_option with the member's path if a value makes no sense: see the text of the error.
void check(const limit_options&, const std::string& path = "limits");
/// The same for all that a scenario says of limits, plans and lives.
void check_limits(const scenario&);

/// Reads the JSON form. Members that are not known are errors. Throws bad_option.
limit_options read_limits(std::string_view json, const std::string& path = "limits");
/// The whole, defaults included; `read_limits` reads it back.
std::string to_json(const limit_options&);

}  // namespace scrapingpros_mock

#endif
