#include "scenario/json_in.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "scenario/json_units.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

std::string explain(const std::string& where, const std::string& what, const std::string& helps)
{
    return where + " " + what + (helps.empty() ? "" : " (" + helps + ")");
}

/// For error texts: short, and nothing that disturbs a terminal.
std::string printable(std::string_view text)
{
    static constexpr std::size_t longest = 40;
    std::string out;
    for (const char c : text.substr(0, longest))
        out += c >= ' ' && c <= '~' ? c : '?';
    return out + (text.size() > longest ? "..." : "");
}

std::string in_quotes(std::string_view text)
{
    return "'" + printable(text) + "'";
}

/// Optimal string alignment: insertions, deletions, changes and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> rows(
        a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0)
    );
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            rows[i][j] =
                std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a.size()][b.size()];
}

/// Boost.JSON lets the last of two members win; here the first repetition is noted.
class repeated_names {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);
    using error = boost::system::error_code;

    std::string found;

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&)
    {
        names_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, error&)
    {
        names_.pop_back();
        return true;
    }
    bool on_array_begin(error&) { return true; }
    bool on_array_end(std::size_t, error&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, error&)
    {
        name_ += std_view(part);
        return true;
    }
    bool on_key(json::string_view last, std::size_t, error&)
    {
        name_ += std_view(last);
        if (!names_.back().insert(name_).second && found.empty()) found = name_;
        name_.clear();
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, error&) { return true; }
    bool on_string(json::string_view, std::size_t, error&) { return true; }
    bool on_number_part(json::string_view, error&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, error&) { return true; }
    bool on_double(double, json::string_view, error&) { return true; }
    bool on_bool(bool, error&) { return true; }
    bool on_null(error&) { return true; }
    bool on_comment_part(json::string_view, error&) { return true; }
    bool on_comment(json::string_view, error&) { return true; }

private:
    std::vector<std::set<std::string, std::less<>>> names_;
    std::string name_;
};

std::string repeated_name(std::string_view text)
{
    json::basic_parser<repeated_names> parser{json::parse_options{}};
    boost::system::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return parser.handler().found;
}

constexpr const char* duration_hint = "a string with a unit, like \"250ms\", \"5s\" or \"24h\"";

}  // namespace

bad_scenario::bad_scenario(std::string where, std::string what_is_wrong, std::string what_helps)
    : std::invalid_argument(explain(where, what_is_wrong, what_helps)), path(std::move(where)),
      message(std::move(what_is_wrong)), hint(std::move(what_helps))
{
}

json::value parse_json(std::string_view text)
{
    json::parser parser;
    boost::system::error_code error;
    const std::size_t read = parser.write_some(text.data(), text.size(), error);
    if (error || read != text.size()) {
        const auto line = 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(read), '\n');
        throw bad_scenario{
            "$",
            "is no JSON: " + (error ? error.message() : "more follows behind its end"),
            "near line " + std::to_string(line)};
    }
    json::value value = parser.release();
    if (const std::string name = repeated_name(text); !name.empty())
        throw bad_scenario{"$", "has the member " + in_quotes(name) + " twice in one object"};
    return value;
}

value_in::value_in(const json::value& value, std::string path)
    : value_(&value), path_(std::move(path))
{
}

void value_in::fail(std::string message, std::string hint) const
{
    throw bad_scenario{path_, std::move(message), std::move(hint)};
}

std::string value_in::text() const
{
    if (!is_string()) fail("is no string");
    return std::string(std_view(raw().get_string()));
}

bool value_in::truth() const
{
    if (!raw().is_bool()) fail("is neither true nor false");
    return raw().get_bool();
}

std::int64_t value_in::integer(std::int64_t min, std::int64_t max) const
{
    const std::string range = max == std::numeric_limits<std::int64_t>::max()
                                  ? std::to_string(min) + " or more"
                                  : std::to_string(min) + " to " + std::to_string(max);
    if (raw().is_double() || !is_number()) fail("is no whole number", range);
    if (raw().is_uint64() || raw().get_int64() < min || raw().get_int64() > max)
        fail("is out of range", range);
    return raw().get_int64();
}

std::uint64_t value_in::unsigned_number() const
{
    if (raw().is_uint64()) return raw().get_uint64();
    return static_cast<std::uint64_t>(integer());
}

duration value_in::time(duration min, duration max) const
{
    const auto value = is_string() ? duration_in(std_view(raw().get_string())) : std::nullopt;
    if (!value) fail("is no duration", duration_hint);
    if (*value < min || *value > max)
        fail("is out of range", duration_text(min) + " to " + duration_text(max));
    return *value;
}

duration_range value_in::time_range(duration max) const
{
    if (!is_string()) fail("is no range of durations", "like \"0..30ms\"");
    const std::string_view text = std_view(raw().get_string());
    const std::size_t dots = text.find("..");
    if (dots == text.npos) {
        const duration only = time(duration{0}, max);
        return {only, only};
    }
    const auto ends = duration_range_in(text.substr(0, dots), text.substr(dots + 2));
    if (!ends) fail("is no range of durations", "like \"0..30ms\"");
    if (ends->low > ends->high) fail("is a range that ends before it begins");
    if (ends->high > max) fail("is out of range", "up to " + duration_text(max));
    return *ends;
}

std::uint64_t value_in::size(std::uint64_t max) const
{
    static constexpr const char* hint = "bytes as a whole number, or like \"256KiB\" or \"2MiB\"";
    std::optional<std::int64_t> bytes;
    if (raw().is_int64()) bytes = raw().get_int64();
    if (is_string()) bytes = size_in(std_view(raw().get_string()));
    if (!bytes || *bytes < 0) fail("is no size", hint);
    if (static_cast<std::uint64_t>(*bytes) > max) fail("is too large", "at most " + size_text(max));
    return static_cast<std::uint64_t>(*bytes);
}

parts_per_million value_in::probability() const
{
    static constexpr const char* hint = "a number from 0 to 1 with up to six decimals, like 0.046";
    if (!is_number()) fail("is no probability", hint);
    const double given = raw().to_number<double>();
    if (!(given >= 0.0 && given <= 1.0)) fail("is no probability", hint);
    const double scaled = given * 1e6;
    const auto parts = static_cast<parts_per_million>(std::llround(scaled));
    if (std::fabs(scaled - parts) > 1e-6) fail("is too fine for a probability", hint);
    return parts;
}

duration value_in::decimal_seconds(duration max) const
{
    if (!is_number()) fail("is no number of seconds");
    const double given = raw().to_number<double>();
    const double most = static_cast<double>(max.count());
    if (!(given >= 0.0 && given * 1e6 <= most))
        fail("is out of range", "seconds from 0 to " + std::to_string(max.count() / 1'000'000));
    return duration{std::llround(given * 1e6)};
}

time_point value_in::instant() const
{
    const auto at = is_string() ? parse_iso(std_view(raw().get_string())) : std::nullopt;
    if (!at) fail("is no instant", "like \"2026-06-01T10:00:00Z\"");
    return *at;
}

std::size_t value_in::word(std::span<const std::string_view> words) const
{
    const std::string given = text();
    const auto found = std::find(words.begin(), words.end(), given);
    if (found == words.end()) fail("is unknown: " + in_quotes(given), suggest(given, words));
    return static_cast<std::size_t>(found - words.begin());
}

value_in value_in::element(std::size_t index) const
{
    return value_in{raw().as_array().at(index), path_ + "[" + std::to_string(index) + "]"};
}

std::vector<value_in> value_in::elements() const
{
    if (!is_array()) fail("is no array");
    std::vector<value_in> out;
    for (std::size_t i = 0; i < raw().get_array().size(); ++i)
        out.push_back(element(i));
    return out;
}

std::vector<std::string> value_in::texts() const
{
    std::vector<std::string> out;
    for (const value_in& each : elements())
        out.push_back(each.text());
    return out;
}

object_in::object_in(value_in object) : object_(std::move(object))
{
    if (!object_.is_object()) object_.fail("is no object");
}

object_in::object_in(value_in object, std::span<const std::string_view> members)
    : object_in(std::move(object))
{
    asked_.assign(members.begin(), members.end());
    finish();
}

std::string object_in::path_of(std::string_view name) const
{
    return path() + "." + std::string(name);
}

std::optional<value_in> object_in::find(std::string_view name)
{
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) asked_.emplace_back(name);
    const json::value* found =
        object_.raw().get_object().if_contains(json::string_view(name.data(), name.size()));
    if (found == nullptr) return std::nullopt;
    return value_in{*found, path_of(name)};
}

value_in object_in::need(std::string_view name)
{
    auto found = find(name);
    if (!found) throw bad_scenario{path_of(name), "is missing"};
    return *std::move(found);
}

void object_in::read(std::string_view name, std::string& into)
{
    if (const auto found = find(name)) into = found->text();
}

void object_in::read(std::string_view name, bool& into)
{
    if (const auto found = find(name)) into = found->truth();
}

void object_in::read(std::string_view name, std::uint64_t& into, std::int64_t min, std::int64_t max)
{
    if (const auto found = find(name)) into = static_cast<std::uint64_t>(found->integer(min, max));
}

void object_in::read(std::string_view name, duration& into, duration max)
{
    if (const auto found = find(name)) into = found->time(duration{0}, max);
}

void object_in::read_probability(std::string_view name, parts_per_million& into)
{
    if (const auto found = find(name)) into = found->probability();
}

void object_in::finish() const
{
    for (const auto& member : object_.raw().get_object()) {
        const std::string_view name = std_view(member.key());
        if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
        const std::vector<std::string_view> known(asked_.begin(), asked_.end());
        throw bad_scenario{path_of(printable(name)), "is unknown", suggest(name, known)};
    }
}

std::string suggest(std::string_view wrong, std::span<const std::string_view> names)
{
    static constexpr std::size_t longest = 60;
    std::string_view nearest;
    std::size_t near = wrong.size() < 3 ? 1 : wrong.size() / 3 + 1;
    std::string all;
    for (const std::string_view name : names) {
        all += (all.empty() ? "" : ", ") + std::string(name);
        if (wrong.size() > longest || name.size() > longest) continue;
        if (const std::size_t far = distance(wrong, name); far <= near && far < name.size()) {
            nearest = name;
            near = far == 0 ? 0 : far - 1;
        }
    }
    if (!nearest.empty()) return "did you mean '" + std::string(nearest) + "'?";
    return all.empty() ? "nothing is known here" : "known: " + all;
}

}  // namespace scrapingpros_mock
