#ifndef SCRAPINGPROS_MOCK_TEXT_HPP
#define SCRAPINGPROS_MOCK_TEXT_HPP

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros_mock {

/// ASCII letters only, as HTTP header names want it.
bool same_ignoring_case(std::string_view a, std::string_view b) noexcept;

std::vector<std::string_view> split(std::string_view text, char separator);

/// Well-formed UTF-8.
bool is_utf8(std::string_view) noexcept;
/// Code points of well-formed UTF-8.
std::size_t code_points(std::string_view) noexcept;
/// The first so many code points of well-formed UTF-8.
std::string_view first_code_points(std::string_view text, std::size_t count) noexcept;

std::string base64(std::string_view bytes);
std::string base64_url(std::string_view bytes);
/// Both alphabets, with or without padding.
std::optional<std::string> from_base64(std::string_view text);
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hex(std::string_view bytes);

/// Another library's string or view as the standard's.
template <class Text>
constexpr std::string_view std_view(const Text& text) noexcept
{
    return {text.data(), text.size()};
}

/// The whole text as a number, or nothing.
template <std::integral Number>
std::optional<Number> number_in(std::string_view text) noexcept
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace scrapingpros_mock

#endif
