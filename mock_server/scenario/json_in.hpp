#ifndef SCRAPINGPROS_MOCK_JSON_IN_HPP
#define SCRAPINGPROS_MOCK_JSON_IN_HPP

#include <boost/json/value.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "runs/run_shape.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Input that says something wrong: where ("$.runs[0].queue.p50"), what ("is no duration") and what
/// would help ("write it like \"5s\""; may be empty).
struct bad_scenario : std::invalid_argument {
    bad_scenario(std::string where, std::string what_is_wrong, std::string what_helps = {});

    std::string path;
    std::string message;
    std::string hint;
};

/// A probability in millionths, so that decisions need no floating point.
using parts_per_million = std::uint32_t;
inline constexpr parts_per_million certain = 1'000'000;

/// The longest time that a scenario may name.
inline constexpr duration longest_duration = std::chrono::days{3650};

/// Parses JSON; an error bears the path "$" and says where it is. Member names that occur twice in
/// one object, nesting beyond 32 and texts that are no UTF-8 are errors too.
boost::json::value parse_json(std::string_view text);

/// A JSON value and the place that it has in the input. Each reading function throws bad_scenario
/// if the value is of another type or outside of the range. Refers to the value: keep that alive.
class value_in {
public:
    explicit value_in(const boost::json::value& value, std::string path = "$");

    const boost::json::value& raw() const noexcept { return *value_; }
    const std::string& path() const noexcept { return path_; }
    bool is_null() const noexcept { return value_->is_null(); }
    bool is_string() const noexcept { return value_->is_string(); }
    bool is_number() const noexcept { return value_->is_number(); }
    bool is_object() const noexcept { return value_->is_object(); }
    bool is_array() const noexcept { return value_->is_array(); }

    std::string text() const;
    bool truth() const;
    /// A whole number; 5.0 is none.
    std::int64_t integer(
        std::int64_t min = 0, std::int64_t max = std::numeric_limits<std::int64_t>::max()
    ) const;
    /// Any whole number of 64 bits without sign.
    std::uint64_t unsigned_number() const;
    /// A string with a unit: "250us", "0.8s", "5s", "10m", "24h", "90d".
    duration time(duration min = duration{0}, duration max = longest_duration) const;
    /// "0..30ms", "100ms..2s", or one duration for both ends.
    duration_range time_range(duration max = longest_duration) const;
    /// Bytes: a whole number or a string with a unit: "512B", "256KiB", "2MiB", "1GiB".
    std::uint64_t size(std::uint64_t max = 1ull << 40) const;
    /// A decimal from 0 to 1, to a millionth.
    parts_per_million probability() const;
    /// A plain number of seconds, 0 or more, rounded to a microsecond (workload files).
    duration decimal_seconds(duration max = longest_duration) const;
    /// ISO 8601, UTC where it says nothing else.
    time_point instant() const;
    /// Index of the text in `words`.
    std::size_t word(std::span<const std::string_view> words) const;

    std::vector<value_in> elements() const;
    value_in element(std::size_t index) const;
    std::vector<std::string> texts() const;

    [[noreturn]] void fail(std::string message, std::string hint = {}) const;

private:
    const boost::json::value* value_;
    std::string path_;
};

/// One object of the input. Members that nobody asked for are errors: a misspelt member must not
/// pass for a default.
class object_in {
public:
    /// The members are those asked for; call `finish` when all were.
    explicit object_in(value_in object);
    /// The members are these and no others; checked at once.
    object_in(value_in object, std::span<const std::string_view> members);

    const std::string& path() const noexcept { return object_.path(); }
    std::string path_of(std::string_view name) const;
    std::optional<value_in> find(std::string_view name);
    /// A member that must be there.
    value_in need(std::string_view name);

    // Members that keep the value of `into` if they are absent.
    void read(std::string_view name, std::string& into);
    void read(std::string_view name, bool& into);
    void read(std::string_view name, std::uint64_t& into, std::int64_t min, std::int64_t max);
    void read(std::string_view name, duration& into, duration max = longest_duration);
    void read_probability(std::string_view name, parts_per_million& into);

    /// Throws if there are members that were not asked for.
    void finish() const;

private:
    value_in object_;
    std::vector<std::string> asked_;
};

/// "did you mean 'seed'?" if one of the names is near, otherwise the list of them.
std::string suggest(std::string_view wrong, std::span<const std::string_view> names);

// The inverse of the reading functions: the shortest text that says the value exactly.
std::string duration_text(duration);              ///< 1h, 90s, 1500ms, 7us
std::string size_text(std::uint64_t bytes);       ///< 2MiB, 1000B
std::string probability_text(parts_per_million);  ///< 0.046

}  // namespace scrapingpros_mock

#endif
