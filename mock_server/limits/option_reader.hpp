#ifndef SCRAPINGPROS_MOCK_OPTION_READER_HPP
#define SCRAPINGPROS_MOCK_OPTION_READER_HPP

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// An option that makes no sense, with its place: "limits.early.after".
struct bad_option : std::invalid_argument {
    bad_option(std::string where, const std::string& why);

    std::string path;
};

/// The longest wait, life or penalty that options may ask for.
inline constexpr duration longest_option{std::chrono::days{3650}};

/// Bounds of a whole number, for `check_range` and readers.
struct number_range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

/// Throws bad_option unless least ≤ value ≤ most.
void check_range(const std::string& path, std::uint64_t value, number_range);
/// The same for a time, in milliseconds.
void check_range(const std::string& path, duration value, duration least, duration most);

/// One object of options. Members that nobody asked for are errors: a misspelt member must not
/// pass for a default.
class option_reader {
public:
    option_reader(const boost::json::value&, std::string path);

    const boost::json::value* find(std::string_view name);
    std::string path_of(std::string_view name) const { return path_ + "." + std::string(name); }

    std::optional<std::uint64_t> number(std::string_view name, number_range);
    /// A member whose name ends in `_ms`.
    std::optional<duration> milliseconds(std::string_view name);
    std::optional<std::string> text(std::string_view name);
    std::optional<bool> truth(std::string_view name);
    /// The index of the word among those that are allowed.
    template <std::size_t N>
    std::optional<std::size_t> word(
        std::string_view name, const std::array<std::string_view, N>& words
    )
    {
        return word_of(name, words.data(), N);
    }
    /// Empty if the member is missing.
    const boost::json::array& array(std::string_view name);

    void finish() const;

private:
    std::optional<std::size_t> word_of(
        std::string_view name, const std::string_view* words, std::size_t count
    );

    const boost::json::object* object_ = nullptr;
    std::string path_;
    std::vector<std::string> asked_;
};

/// The JSON of options; throws bad_option if it is none.
boost::json::value parse_options(std::string_view json, const std::string& path);

}  // namespace scrapingpros_mock

#endif
