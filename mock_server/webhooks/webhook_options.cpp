#include "webhooks/webhook_options.hpp"

#include <array>

namespace scrapingpros_mock {
namespace {

constexpr std::array<std::string_view, webhook_damage_count> damage_names{
    "body_bit",
    "signature_bit",
    "timestamp_bit",
    "other_key",
    "no_signature",
    "no_timestamp",
    "reserialised",
    "stale_timestamp",
    "clock_skew",
    "several_signatures",
    "duplicate",
    "out_of_order",
    "early",
    "hour_late",
    "never",
    "chunked",
    "huge_body",
};

constexpr std::array<std::string_view, 2> delivery_names{"assume_ok", "send"};

template <class Enum, std::size_t Count>
Enum find_word(
    const std::array<std::string_view, Count>& names, std::string_view name, std::string kind
)
{
    for (std::size_t i = 0; i < Count; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    std::string text = "no webhook " + kind + " is called '" + std::string(name) + "'; there are";
    for (const std::string_view each : names)
        text.append(" ").append(each);
    throw bad_webhook_word{text};
}

}  // namespace

std::string_view name_of(webhook_damage what) noexcept
{
    return damage_names[static_cast<std::size_t>(what)];
}

std::string_view name_of(webhook_delivery how) noexcept
{
    return delivery_names[static_cast<std::size_t>(how)];
}

webhook_damage webhook_damage_named(std::string_view name)
{
    return find_word<webhook_damage>(damage_names, name, "damage");
}

webhook_delivery webhook_delivery_named(std::string_view name)
{
    return find_word<webhook_delivery>(delivery_names, name, "delivery");
}

std::optional<std::string> webhook_options::complaint() const
{
    static constexpr duration longest = std::chrono::days{365};
    static constexpr std::size_t largest_body = 256'000'000;
    const auto outside = [](duration what) { return what < duration{0} || what > longest; };
    if (std::any_of(schedule.begin(), schedule.end(), outside))
        return "schedule: an attempt is between 0 and 365 days after the run's end";
    if (!std::is_sorted(schedule.begin(), schedule.end()))
        return "schedule: attempts are counted from the run's end and cannot go back";
    if (outside(stale_by)) return "stale_by: at least 0, at most 365 days";
    if (skew < -longest || skew > longest) return "skew: at most 365 days to either side";
    if (outside(early_by)) return "early_by: at least 0, at most 365 days";
    if (huge_body_bytes > largest_body) return "huge_body_bytes: at most 256000000";
    return std::nullopt;
}

}  // namespace scrapingpros_mock
