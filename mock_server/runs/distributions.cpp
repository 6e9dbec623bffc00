#include "runs/distributions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace scrapingpros_mock {
namespace {

constexpr std::int64_t one = 1 << 16;
constexpr std::int64_t largest = std::int64_t{1} << 62;

/// Minus the normal quantile, in 1/65536, at tail probabilities from 1/2 down to 2^-21, eight
/// steps in each halving: entry 8k+i belongs to 2^-(k+1) * (1 - i/16).
constexpr std::array<std::int32_t, 161> normal_table{{
    0,      5139,   10310,  15545,  20882,  26362,  32032,  37954,  44203,  47482,  50884,  54428,
    58140,  62048,  66191,  70616,  75389,  77933,  80600,  83408,  86377,  89536,  92917,  96565,
    100540, 102675, 104924, 107304, 109834, 112540, 115453, 118613, 122076, 123944, 125918, 128013,
    130248, 132646, 135235, 138055, 141156, 142834, 144610, 146500, 148519, 150691, 153042, 155608,
    158437, 159970, 161597, 163329, 165184, 167181, 169346, 171714, 174330, 175750, 177257, 178865,
    180588, 182445, 184462, 186670, 189113, 190440, 191851, 193356, 194971, 196714, 198608, 200683,
    202983, 204233, 205563, 206982, 208507, 210153, 211943, 213907, 216085, 217270, 218531, 219878,
    221325, 222888, 224590, 226458, 228531, 229660, 230861, 232145, 233525, 235017, 236642, 238426,
    240408, 241487, 242636, 243865, 245187, 246616, 248173, 249884, 251785, 252821, 253924, 255104,
    256374, 257747, 259244, 260890, 262719, 263716, 264779, 265915, 267138, 268462, 269905, 271492,
    273257, 274219, 275245, 276343, 277524, 278803, 280197, 281732, 283438, 284369, 285361, 286423,
    287567, 288805, 290155, 291642, 293295, 294197, 295159, 296189, 297298, 298499, 299809, 301252,
    302857, 303733, 304667, 305668, 306745, 307912, 309185, 310587, 312148, 313000, 313909, 314882,
    315930, 317065, 318305, 319670, 321190,
}};

/// 2^(i/64), in 2^-30.
constexpr std::array<std::uint32_t, 65> power_table{{
    1073741824, 1085434106, 1097253708, 1109202018, 1121280436, 1133490379, 1145833280, 1158310587,
    1170923762, 1183674286, 1196563654, 1209593378, 1222764986, 1236080024, 1249540052, 1263146652,
    1276901417, 1290805962, 1304861917, 1319070932, 1333434672, 1347954824, 1362633090, 1377471191,
    1392470869, 1407633882, 1422962010, 1438457051, 1454120821, 1469955159, 1485961921, 1502142985,
    1518500250, 1535035634, 1551751076, 1568648537, 1585730000, 1602997467, 1620452965, 1638098541,
    1655936265, 1673968228, 1692196547, 1710623359, 1729250827, 1748081133, 1767116489, 1786359126,
    1805811301, 1825475297, 1845353420, 1865448001, 1885761398, 1906295993, 1927054196, 1948038440,
    1969251188, 1990694927, 2012372174, 2034285470, 2056437387, 2078830522, 2101467502, 2124350982,
    2147483648,
}};

constexpr std::int64_t normal_p99 = 152'460;     // the normal 99th percentile
constexpr std::int64_t log2_of_50 = 369'876;     // from the median to the 99th percentile
constexpr std::int64_t p99_per_sigma = 219'953;  // binary orders from the median to there

std::int64_t capped(std::int64_t value, std::int64_t cap)
{
    return cap > 0 ? std::min(value, cap) : value;
}

std::int64_t orders_between(std::int64_t p50, std::int64_t p99)
{
    return log2_of(static_cast<std::uint64_t>(p99)) - log2_of(static_cast<std::uint64_t>(p50));
}

/// -log2 of the uniform number that the bits are.
std::int64_t minus_log2(std::uint64_t draw)
{
    return 64 * one - log2_of(draw | 1);
}

}  // namespace

std::int64_t normal_at(std::uint64_t draw)
{
    static constexpr int steps = 3;  // bits that choose the entry within a halving
    const bool upper = draw >> 63 != 0;
    const std::uint64_t tail = draw << 1 | 1;
    const int halvings = std::countl_zero(tail);
    const std::uint64_t behind_first_bit = tail << halvings << 1;
    const auto step = static_cast<std::int64_t>(behind_first_bit >> (64 - steps));
    const auto rest = static_cast<std::int64_t>(behind_first_bit << steps >> 48);
    const auto index = static_cast<std::size_t>(8 * halvings + 8 - step);
    std::int64_t far = normal_table.back();
    if (index < normal_table.size())
        far = normal_table[index] + (normal_table[index - 1] - normal_table[index]) * rest / one;
    return upper ? far : -far;
}

std::int64_t log2_of(std::uint64_t number)
{
    const int whole = 63 - std::countl_zero(number);
    std::uint64_t mantissa = whole >= 31 ? number >> (whole - 31) : number << (31 - whole);
    std::int64_t fraction = 0;
    for (int bit = 0; bit < 16; ++bit) {
        mantissa = mantissa * mantissa >> 31;
        fraction <<= 1;
        if (mantissa >> 32 != 0) {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    return whole * one + fraction;
}

std::int64_t times_power_of_two(std::int64_t scale, std::int64_t exponent)
{
    if (scale <= 0) return 0;
    const std::int64_t whole = exponent >= 0 ? exponent / one : -((-exponent + one - 1) / one);
    const std::int64_t fraction = exponent - whole * one;
    const auto index = static_cast<std::size_t>(fraction / 1024);
    const std::uint64_t low = power_table[index];
    const std::uint64_t high = power_table[std::min<std::size_t>(index + 1, 64)];
    const std::uint64_t factor =
        low + (high - low) * static_cast<std::uint64_t>(fraction % 1024) / 1024;
    const auto base = static_cast<std::uint64_t>(std::min(scale, largest >> 14));
    const std::uint64_t scaled = (base >> 16) * (factor >> 14) + ((base & 0xFFFF) * factor >> 30);
    if (whole <= -63) return 0;
    if (whole < 0) return static_cast<std::int64_t>(scaled >> -whole);
    if (whole >= 62 || scaled > static_cast<std::uint64_t>(largest) >> whole) return largest;
    return static_cast<std::int64_t>(scaled << whole);
}

log_normal log_normal::by_sigma(std::int64_t median, std::uint32_t sigma, std::int64_t cap)
{
    const std::int64_t orders = sigma * p99_per_sigma / 1'000'000;
    return {median, times_power_of_two(median, orders), cap};
}

std::int64_t value_at(const quantiles& points, std::uint64_t draw)
{
    const auto between = [](std::int64_t low, std::int64_t high, std::int64_t part, std::int64_t of
                         ) {
        return low + (high - low) / of * part + (high - low) % of * part / of;
    };
    const auto place = static_cast<std::int64_t>(draw % 10'000);
    if (place < 5'000) return between(points.min, points.p50, place, 5'000);
    if (place < 9'000) return between(points.p50, points.p90, place - 5'000, 4'000);
    return between(points.p90, points.max, place - 9'000, 999);
}

std::int64_t value_at(const log_normal& points, std::uint64_t draw)
{
    if (points.p50 <= 0) return 0;
    const std::int64_t orders =
        orders_between(points.p50, points.p99) * normal_at(draw) / normal_p99;
    return capped(times_power_of_two(points.p50, orders), points.cap);
}

std::int64_t value_at(const pareto& points, std::uint64_t draw)
{
    if (points.p50 <= 0) return 0;
    const std::int64_t orders =
        orders_between(points.p50, points.p99) * (minus_log2(draw) - one) / log2_of_50;
    return capped(times_power_of_two(points.p50, orders), points.cap);
}

std::int64_t value_at(const spread& any, std::uint64_t draw)
{
    return std::visit([&](const auto& each) { return value_at(each, draw); }, any);
}

std::int64_t pareto_at(
    std::int64_t least, std::uint32_t alpha, std::int64_t cap, std::uint64_t draw
)
{
    const std::int64_t orders = minus_log2(draw) * 1'000 / std::max<std::uint32_t>(alpha, 1);
    return capped(times_power_of_two(least, orders), cap);
}

}  // namespace scrapingpros_mock
