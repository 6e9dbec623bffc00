#ifndef SCRAPINGPROS_IMPL_MODEL_UTF8_IPP
#define SCRAPINGPROS_IMPL_MODEL_UTF8_IPP

#include <scrapingpros/model/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace scrapingpros::inline v0 {
namespace detail {

/// Bytes of the code point at the start of `text`, which is not empty; 0 if there is none.
constexpr std::size_t code_point_length(std::string_view text) noexcept
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0) == 0x80;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4 || !continues(1)) return 0;
    if (lead < 0xE0) return 2;
    const unsigned second = byte(1);
    if (lead < 0xF0) {
        const bool overlong = lead == 0xE0 && second < 0xA0;
        const bool surrogate = lead == 0xED && second >= 0xA0;
        return !overlong && !surrogate && continues(2) ? 3 : 0;
    }
    const bool overlong = lead == 0xF0 && second < 0x90;
    const bool too_large = lead == 0xF4 && second >= 0x90;
    return !overlong && !too_large && continues(2) && continues(3) ? 4 : 0;
}

/// Bytes of ASCII at the start, by whole words; what is left is looked at one by one.
inline std::size_t ascii_run(std::string_view text) noexcept
{
    std::size_t length = 0;
    for (std::uint64_t word; text.size() - length >= sizeof word; length += sizeof word) {
        std::memcpy(&word, text.data() + length, sizeof word);
        if ((word & 0x8080808080808080u) != 0) break;
    }
    return length;
}

}  // namespace detail

std::optional<std::size_t> count_code_points(std::string_view text) noexcept
{
    std::size_t count = 0;
    while (!text.empty()) {
        if (const std::size_t plain = detail::ascii_run(text)) {
            count += plain;
            text.remove_prefix(plain);
            continue;
        }
        const std::size_t length = detail::code_point_length(text);
        if (length == 0) return {};
        text.remove_prefix(length);
        ++count;
    }
    return count;
}

}  // namespace scrapingpros::inline v0

#endif
