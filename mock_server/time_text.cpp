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

/// Of a number below 100.
std::string_view two_digits(unsigned number)
{
    static constexpr auto table = [] {
        std::array<char, 200> digits{};
        for (std::size_t i = 0; i < digits.size(); ++i)
            digits[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
        return digits;
    }();
    return {table.data() + std::size_t{2} * number, 2};
}

/// Four digits, more or a sign where there is no other way.
std::string year_of(const broken_down& parts)
{
    const int year = static_cast<int>(parts.date.year());
    std::string out;
    out.reserve(40);
    if (year >= 0 && year <= 9999) {
        out += two_digits(static_cast<unsigned>(year) / 100);
        return out += two_digits(static_cast<unsigned>(year) % 100);
    }
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%04d", year);
    return out += digits.data();
}

std::string time_of(const broken_down& parts)
{
    std::string out(two_digits(static_cast<unsigned>(parts.time.hours().count())));
    (out += ':') += two_digits(static_cast<unsigned>(parts.time.minutes().count()));
    return (out += ':') += two_digits(static_cast<unsigned>(parts.time.seconds().count()));
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
    std::string out = year_of(parts);
    (out += '-') += two_digits(static_cast<unsigned>(parts.date.month()));
    (out += '-') += two_digits(static_cast<unsigned>(parts.date.day()));
    return (out += 'T') += time_of(parts);
}

std::string iso_milliseconds(milliseconds_point at)
{
    const auto rest = static_cast<unsigned>((at - chrono::floor<chrono::seconds>(at)).count());
    std::string out = iso_seconds(at);
    (out += '.') += static_cast<char>('0' + rest / 100);
    return out += two_digits(rest % 100);
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
    const auto rest = static_cast<unsigned>((amount - whole).count());
    std::string text = std::to_string(whole.count());
    (text += '.') += two_digits(rest / 10'000);
    (text += two_digits(rest / 100 % 100)) += two_digits(rest % 100);
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
    std::string out = days[parts.day.c_encoding()];
    (out += ", ") += two_digits(static_cast<unsigned>(parts.date.day()));
    ((out += ' ') += months[static_cast<unsigned>(parts.date.month()) - 1]) += ' ';
    ((out += year_of(parts)) += ' ') += time_of(parts);
    return out += " GMT";
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
