#include "scenario/json_units.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include "scenario/json_in.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

struct unit {
    std::string_view name;
    std::int64_t size;
};

// The longer of two endings first.
constexpr std::array<unit, 6> time_units{{
    {"us", 1},
    {"ms", 1'000},
    {"s", 1'000'000},
    {"m", 60'000'000},
    {"h", 3'600'000'000},
    {"d", 86'400'000'000},
}};
constexpr std::array<unit, 4> size_units{{
    {"KiB", 1ll << 10},
    {"MiB", 1ll << 20},
    {"GiB", 1ll << 30},
    {"B", 1},
}};

template <std::size_t Count>
const unit* unit_at_end(const std::array<unit, Count>& units, std::string_view text)
{
    for (const unit& each : units)
        if (text.ends_with(each.name)) return &each;
    return nullptr;
}

/// "1.5" in units of `size`; nothing unless it is a whole number of the smallest unit.
std::optional<std::int64_t> decimal(std::string_view text, std::int64_t size)
{
    static constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const auto number = number_in<std::int64_t>(whole);
    if (!number || whole.front() == '-' || *number > most / size - 1) return std::nullopt;
    std::int64_t value = *number * size;
    if (point == text.npos) return value;
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty()) return std::nullopt;
    for (const char digit : fraction) {
        if (digit < '0' || digit > '9') return std::nullopt;
        if (size % 10 != 0 && digit != '0') return std::nullopt;
        size /= 10;
        value += (digit - '0') * size;
    }
    return value;
}

std::optional<duration> read_duration(std::string_view text, const unit* by_default)
{
    const unit* found = unit_at_end(time_units, text);
    if (found != nullptr) text.remove_suffix(found->name.size());
    const unit* used = found != nullptr ? found : by_default;
    if (used == nullptr) return std::nullopt;
    const auto value = decimal(text, used->size);
    return value ? std::optional{duration{*value}} : std::nullopt;
}

}  // namespace

std::optional<duration> duration_in(std::string_view text)
{
    return read_duration(text, nullptr);
}

std::optional<duration_range> duration_range_in(std::string_view low, std::string_view high)
{
    const auto from = read_duration(low, unit_at_end(time_units, high));
    const auto to = read_duration(high, nullptr);
    if (!from || !to) return std::nullopt;
    return duration_range{*from, *to};
}

std::optional<std::int64_t> size_in(std::string_view text)
{
    const unit* found = unit_at_end(size_units, text);
    if (found == nullptr) return std::nullopt;
    text.remove_suffix(found->name.size());
    const auto number = number_in<std::int64_t>(text);
    if (!number || *number < 0 || *number > (1ll << 62) / found->size) return std::nullopt;
    return *number * found->size;
}

std::string duration_text(duration time)
{
    static constexpr std::array<std::size_t, 6> from_large{5, 4, 3, 2, 1, 0};
    for (const std::size_t index : from_large) {
        const unit& each = time_units[index];
        if (time.count() != 0 && time.count() % each.size == 0)
            return std::to_string(time.count() / each.size) + std::string(each.name);
    }
    return "0s";
}

std::string size_text(std::uint64_t bytes)
{
    for (const unit& each : {size_units[2], size_units[1], size_units[0]}) {
        const auto size = static_cast<std::uint64_t>(each.size);
        if (bytes != 0 && bytes % size == 0)
            return std::to_string(bytes / size) + std::string(each.name);
    }
    return std::to_string(bytes) + "B";
}

std::string probability_text(parts_per_million parts)
{
    std::string out = std::to_string(parts / certain);
    if (parts % certain == 0) return out;
    std::string fraction = std::to_string(certain + parts % certain).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return out + "." + fraction;
}

}  // namespace scrapingpros_mock
