#ifndef SCRAPINGPROS_IMPL_WIRE_HEADER_VALUE_HPP
#define SCRAPINGPROS_IMPL_WIRE_HEADER_VALUE_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0::detail {

/// True also for the empty text.
constexpr bool all_digits(std::string_view text) noexcept
{
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr std::string_view trim_blanks(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

constexpr char lower_case(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool same_text(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    return true;
}

/// A whole number of the service's headers; empty if it is none or too large.
constexpr std::optional<std::uint64_t> parse_count(std::string_view text) noexcept
{
    text = trim_blanks(text);
    if (text.empty() || !all_digits(text)) return {};
    constexpr auto largest = (std::numeric_limits<std::uint64_t>::max)();
    std::uint64_t count = 0;
    for (const char c : text) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (count > (largest - digit) / 10) return {};
        count = 10 * count + digit;
    }
    return count;
}

}  // namespace scrapingpros::inline v0::detail

#endif
