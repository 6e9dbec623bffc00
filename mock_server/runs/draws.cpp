#include "runs/draws.hpp"

#include <cstddef>

namespace scrapingpros_mock {
namespace {

/// The finaliser of SplitMix64.
constexpr std::uint64_t mix(std::uint64_t z)
{
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// FNV-1a, to make a number of a name.
constexpr std::uint64_t number_of(std::string_view name)
{
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return hash;
}

}  // namespace

draws::draws(std::uint64_t seed, std::string_view salt) : key_(mix(seed ^ mix(number_of(salt)))) {}

std::uint64_t draws::number(std::string_view stream, std::uint64_t a, std::uint64_t b) const
{
    return mix(mix(mix(key_ ^ number_of(stream)) ^ a) ^ b);
}

duration draws::between(
    duration low, duration high, std::string_view stream, std::uint64_t a, std::uint64_t b
) const
{
    if (high <= low) return low;
    const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
    return low + duration{static_cast<std::int64_t>(number(stream, a, b) % width)};
}

id_text draws::id(std::string_view stream, std::uint64_t a, std::uint64_t b) const
{
    static constexpr std::string_view digits = "0123456789abcdef";
    static constexpr std::uint64_t low_half = 0x5851F42D4C957F2Du;
    const std::uint64_t high = (number(stream, a, b) & ~0xF000ull) | 0x4000ull;  // version 4
    const std::uint64_t low =
        (number(stream, a ^ low_half, b) & ~(3ull << 62)) | (2ull << 62);  // variant 1
    id_text out{};
    std::size_t at = 0;
    for (std::size_t nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) out[at++] = '-';
        const std::uint64_t half = nibble < 16 ? high : low;
        out[at++] = digits[half >> (60 - 4 * (nibble % 16)) & 15];
    }
    return out;
}

}  // namespace scrapingpros_mock
