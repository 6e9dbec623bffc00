#ifndef SCRAPINGPROS_MOCK_DISTRIBUTIONS_HPP
#define SCRAPINGPROS_MOCK_DISTRIBUTIONS_HPP

#include <cstdint>
#include <variant>

#include "types.hpp"

namespace scrapingpros_mock {

/// A distribution by four of its points, straight lines between them: no floating point, so the
/// same seed draws the same numbers everywhere.
struct quantiles {
    std::int64_t min = 0;
    std::int64_t p50 = 0;
    std::int64_t p90 = 0;
    std::int64_t max = 0;

    static constexpr quantiles always(std::int64_t value) { return {value, value, value, value}; }
    static constexpr quantiles always(duration value) { return always(value.count()); }
    static constexpr quantiles of(duration a, duration b, duration c, duration d)
    {
        return {a.count(), b.count(), c.count(), d.count()};
    }
    friend bool operator==(const quantiles&, const quantiles&) = default;
};

/// Log-normal by its median and its 99th percentile (not below the median); nothing exceeds `cap`,
/// 0: no cap. Computed from integer tables.
struct log_normal {
    std::int64_t p50 = 0;
    std::int64_t p99 = 0;
    std::int64_t cap = 0;

    /// By the standard deviation of the logarithm, in millionths.
    static log_normal by_sigma(std::int64_t median, std::uint32_t sigma, std::int64_t cap = 0);
    friend bool operator==(const log_normal&, const log_normal&) = default;
};

/// Pareto by the same two points: most values are near the least one, and a few are huge.
struct pareto {
    std::int64_t p50 = 0;
    std::int64_t p99 = 0;
    std::int64_t cap = 0;

    friend bool operator==(const pareto&, const pareto&) = default;
};

/// Any of them. What is drawn is never negative.
using spread = std::variant<quantiles, log_normal, pareto>;

/// A part of a whole, by default of a thousand.
struct share {
    std::uint32_t parts = 0;
    std::uint32_t of = 1'000;

    constexpr share() = default;
    constexpr share(std::uint32_t some, std::uint32_t whole = 1'000) : parts(some), of(whole) {}
    friend bool operator==(const share&, const share&) = default;
};

/// The value at a place given by 64 random bits.
std::int64_t value_at(const quantiles&, std::uint64_t draw);
std::int64_t value_at(const log_normal&, std::uint64_t draw);
std::int64_t value_at(const pareto&, std::uint64_t draw);
std::int64_t value_at(const spread&, std::uint64_t draw);

/// `least` times u^(-1/alpha) for a uniform u; alpha in thousandths, not 0.
std::int64_t pareto_at(
    std::int64_t least, std::uint32_t alpha, std::int64_t cap, std::uint64_t draw
);

/// A standard normal number in 1/65536.
std::int64_t normal_at(std::uint64_t draw);
/// Binary logarithm of a number above 0, in 1/65536.
std::int64_t log2_of(std::uint64_t number);
/// `scale` times two to the power of `exponent`/65536; never above 2^62.
std::int64_t times_power_of_two(std::int64_t scale, std::int64_t exponent);

}  // namespace scrapingpros_mock

#endif
