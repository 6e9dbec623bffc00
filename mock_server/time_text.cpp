#include "time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace chrono = std::chrono;

struct broken_down {
    chrono::year_month_day date;
    chrono::hh_mm_ss<chrono::seconds> time;
    chrono::weekday day;
};

broken_down break_down(time_point at)
{
    const auto days = chrono::floor<chrono::days>(at);
    const auto seconds = chrono::floor<chrono::seconds>(at);
    return {chrono::year_month_day{days}, chrono::hh_mm_ss{seconds - days}, chrono::weekday{days}};
}

/// Digits from the front of a text, which they are taken from.
std::optional<int> take_number(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    const std::string_view part = text.substr(0, digits);
    if (part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
    text.remove_prefix(digits);
    return number_in<int>(part);
}

bool take(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<chrono::sys_days> take_date(std::string_view& text)
{
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const chrono::year_month_day date{
        chrono::year{*year},
        chrono::month{static_cast<unsigned>(*month)},
        chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return chrono::sys_days{date};
}

std::optional<duration> take_time(std::string_view& text)
{
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    duration total = chrono::hours{*hour} + chrono::minutes{*minute} + chrono::seconds{*second};
    if (!take(text, '.')) return total;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 9) return std::nullopt;
    std::string fraction(text.substr(0, digits));
    fraction.resize(6, '0');
    text.remove_prefix(digits);
    return total + chrono::microseconds{*number_in<int>(fraction)};
}

std::optional<duration> take_offset(std::string_view& text)
{
    if (text.empty() || take(text, 'Z')) return duration{0};
    const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
    if (sign == 0) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23) return std::nullopt;
    take(text, ':');
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    return sign * duration{chrono::hours{*hours} + chrono::minutes{*minutes}};
}

}  // namespace

std::string iso_seconds(time_point at)
{
    const broken_down parts = break_down(at);
    std::array<char, 80> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d",
        static_cast<int>(parts.date.year()),
        static_cast<unsigned>(parts.date.month()),
        static_cast<unsigned>(parts.date.day()),
        static_cast<int>(parts.time.hours().count()),
        static_cast<int>(parts.time.minutes().count()),
        static_cast<int>(parts.time.seconds().count())
    );
    return out.data();
}

std::string iso_milliseconds(milliseconds_point at)
{
    const auto rest = at - chrono::floor<chrono::seconds>(at);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03d", static_cast<int>(rest.count()));
    return iso_seconds(at) + fraction.data();
}

std::string iso_microseconds(time_point at)
{
    const auto rest = at - chrono::floor<chrono::seconds>(at);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%06dZ", static_cast<int>(rest.count()));
    return iso_seconds(at) + fraction.data();
}

std::string decimal_seconds(duration amount)
{
    const auto whole = chrono::floor<chrono::seconds>(amount);
    std::array<char, 40> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%lld.%06d",
        static_cast<long long>(whole.count()),
        static_cast<int>((amount - whole).count())
    );
    std::string text = out.data();
    while (text.ends_with('0') && !text.ends_with(".0"))
        text.pop_back();
    return text;
}

std::string unix_seconds(time_point at)
{
    return decimal_seconds(at.time_since_epoch());
}

std::string http_date(time_point at)
{
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const broken_down parts = break_down(at);
    std::array<char, 80> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%s, %02u %s %04d %02d:%02d:%02d GMT",
        days[parts.day.c_encoding()],
        static_cast<unsigned>(parts.date.day()),
        months[static_cast<unsigned>(parts.date.month()) - 1],
        static_cast<int>(parts.date.year()),
        static_cast<int>(parts.time.hours().count()),
        static_cast<int>(parts.time.minutes().count()),
        static_cast<int>(parts.time.seconds().count())
    );
    return out.data();
}

std::optional<time_point> parse_iso(std::string_view text)
{
    const auto date = take_date(text);
    if (!date || !take(text, 'T')) return std::nullopt;
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return time_point{*date} + *time - *offset;
}

}  // namespace scrapingpros_mock
