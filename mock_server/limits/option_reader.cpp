#include "limits/option_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

std::string range_text(number_range allowed)
{
    return "must be a whole number from " + std::to_string(allowed.least) + " to " +
           std::to_string(allowed.most);
}

std::int64_t whole_milliseconds(duration d)
{
    return std::chrono::floor<std::chrono::milliseconds>(d).count();
}

}  // namespace

bad_option::bad_option(std::string where, const std::string& why)
    : std::invalid_argument(where + ": " + why), path(std::move(where))
{
}

void check_range(const std::string& path, std::uint64_t value, number_range allowed)
{
    if (value < allowed.least || value > allowed.most)
        throw bad_option{path, range_text(allowed) + ", not " + std::to_string(value)};
}

void check_range(const std::string& path, duration value, duration least, duration most)
{
    if (value >= least && value <= most) return;
    throw bad_option{
        path,
        "must be from " + std::to_string(whole_milliseconds(least)) + " to " +
            std::to_string(whole_milliseconds(most)) + " milliseconds, not " +
            std::to_string(whole_milliseconds(value))};
}

option_reader::option_reader(const json::value& value, std::string path) : path_(std::move(path))
{
    if (!value.is_object()) throw bad_option{path_, "must be an object"};
    object_ = &value.get_object();
}

const json::value* option_reader::find(std::string_view name)
{
    asked_.emplace_back(name);
    return object_->if_contains(json::string_view(name.data(), name.size()));
}

std::optional<std::uint64_t> option_reader::number(std::string_view name, number_range allowed)
{
    const json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto value = found->to_number<std::uint64_t>(error);
    if (error) throw bad_option{path_of(name), range_text(allowed)};
    check_range(path_of(name), value, allowed);
    return value;
}

std::optional<duration> option_reader::milliseconds(std::string_view name)
{
    // Small enough for any later sum; what the option allows is the caller's affair.
    static constexpr number_range sane{0, 1'000'000'000'000};
    const auto given = number(name, sane);
    if (!given) return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(*given)};
}

std::optional<std::string> option_reader::text(std::string_view name)
{
    const json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) throw bad_option{path_of(name), "must be a string"};
    return std::string(std_view(found->get_string()));
}

std::optional<bool> option_reader::truth(std::string_view name)
{
    const json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->is_bool()) throw bad_option{path_of(name), "must be true or false"};
    return found->get_bool();
}

std::optional<std::size_t> option_reader::word_of(
    std::string_view name, const std::string_view* words, std::size_t count
)
{
    const auto given = text(name);
    if (!given) return std::nullopt;
    const std::string_view* const found = std::find(words, words + count, *given);
    if (found != words + count) return static_cast<std::size_t>(found - words);
    std::string known;
    for (std::size_t i = 0; i < count; ++i)
        known += (i == 0 ? "" : ", ") + std::string(words[i]);
    throw bad_option{path_of(name), "'" + *given + "' is none of: " + known};
}

const json::array& option_reader::array(std::string_view name)
{
    static const json::array none;
    const json::value* found = find(name);
    if (found == nullptr) return none;
    if (!found->is_array()) throw bad_option{path_of(name), "must be an array"};
    return found->get_array();
}

void option_reader::finish() const
{
    for (const auto& member : *object_) {
        const std::string_view name = std_view(member.key());
        if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
        std::string known;
        for (const std::string& each : asked_)
            known += (known.empty() ? "" : ", ") + each;
        throw bad_option{path_of(name), "is no member; there are: " + known};
    }
}

json::value parse_options(std::string_view text, const std::string& path)
{
    boost::system::error_code error;
    json::value parsed = json::parse(json::string_view(text.data(), text.size()), error);
    if (error) throw bad_option{path, "is no JSON: " + error.message()};
    return parsed;
}

}  // namespace scrapingpros_mock
