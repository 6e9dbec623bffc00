#ifndef SCRAPINGPROS_IMPL_WIRE_RETRY_AFTER_IPP
#define SCRAPINGPROS_IMPL_WIRE_RETRY_AFTER_IPP

#include <scrapingpros/impl/wire/header_value.hpp>
#include <scrapingpros/impl/wire/timestamp.ipp>
#include <scrapingpros/wire/retry_after.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace scrapingpros::inline v0 {
namespace detail {

/// Reads `12`, `1.5`, `.5` as a count of milliseconds, exactly, rounded up. `scale` is the number
/// of digits that a fraction is worth: 3 for seconds, 0 for milliseconds.
inline std::optional<milliseconds> parse_wait(std::string_view text, std::size_t scale) noexcept
{
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction =
        point == text.npos ? std::string_view() : text.substr(point + 1);
    if (!all_digits(whole) || !all_digits(fraction) || whole.size() + fraction.size() == 0)
        return {};
    std::int64_t count = 0;
    const auto append = [&count](char digit) {
        // Beyond the limit the exact value does not matter any more.
        if (count < 1'000'000'000'000) count = 10 * count + (digit - '0');
    };
    for (const char digit : whole)
        append(digit);
    for (std::size_t i = 0; i < scale; ++i)
        append(i < fraction.size() ? fraction[i] : '0');
    const bool rest =
        fraction.size() > scale && fraction.find_first_not_of('0', scale) != std::string_view::npos;
    const milliseconds wait(count + (rest ? 1 : 0));
    return wait < max_retry_after ? wait : max_retry_after;
}

/// Eats one of the names and returns its place from 1, or 0.
inline unsigned eat_name(std::string_view& text, const auto& names) noexcept
{
    unsigned place = 0;
    for (const std::string_view name : names) {
        ++place;
        if (!text.starts_with(name)) continue;
        text.remove_prefix(name.size());
        return place;
    }
    return 0;
}

inline constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
inline constexpr std::array<std::string_view, 7> day_names{
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
inline constexpr std::array<std::string_view, 7> long_day_names{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

struct http_date_scanner {
    stamp_scanner in;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    std::chrono::seconds time{0};

    void read_month() noexcept { month = eat_name(in.rest, month_names); }
    void read_day() noexcept { day = static_cast<unsigned>(in.number(2)); }
    void read_time() noexcept
    {
        const int hour = in.number(2);
        in.eat(':');
        const int minute = in.number(2);
        in.eat(':');
        const int second = in.number(2);
        in.ok = in.ok && hour < 24 && minute < 60 && second <= 60;
        time =
            std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    }
    void read_zone() noexcept
    {
        in.ok = in.ok && in.rest == " GMT";
        in.rest = {};
    }

    /// `06 Nov 1994 08:49:37 GMT`, its parts held together by `separator`.
    void day_first(char separator, std::size_t year_digits) noexcept
    {
        in.eat(' ');
        read_day();
        in.eat(separator);
        read_month();
        in.eat(separator);
        year = in.number(year_digits);
        in.eat(' ');
        read_time();
        read_zone();
    }

    /// `Nov  6 08:49:37 1994`
    void month_first() noexcept
    {
        in.eat(' ');
        read_month();
        in.eat(' ');
        if (in.at(' ')) {
            in.eat(' ');
            day = static_cast<unsigned>(in.number(1));
        } else {
            read_day();
        }
        in.eat(' ');
        read_time();
        in.eat(' ');
        year = in.number(4);
    }

    std::optional<timestamp> stamp() const noexcept
    {
        const std::chrono::year_month_day date{
            std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
        if (!in.ok || !in.rest.empty() || !date.ok() || year < 1) return {};
        return timestamp(std::chrono::sys_days(date)) + time;
    }
};

/// RFC 9110, 5.6.7: a year that seems more than 50 years ahead is the last one with those digits.
inline int full_year(int two_digits, timestamp now) noexcept
{
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const int this_year = static_cast<int>(today.year());
    int year = this_year - this_year % 100 + two_digits;
    if (year > this_year + 50) year -= 100;
    return year;
}

inline std::optional<milliseconds> wait_until(
    std::string_view date, const http_fields& fields, timestamp local_now
)
{
    const auto then = parse_http_date(date, local_now);
    if (!then) return {};
    const auto sent = fields.find("Date");
    const auto server_now = sent ? parse_http_date(trim_blanks(*sent), local_now) : std::nullopt;
    const auto wait = std::chrono::ceil<milliseconds>(*then - server_now.value_or(local_now));
    if (wait < milliseconds(0)) return milliseconds(0);
    return wait < max_retry_after ? wait : max_retry_after;
}

}  // namespace detail

std::optional<timestamp> parse_http_date(std::string_view text, timestamp now) noexcept
{
    detail::http_date_scanner date{{text}};
    if (detail::eat_name(date.in.rest, detail::long_day_names) != 0) {
        date.in.eat(',');
        date.day_first('-', 2);
        date.year = detail::full_year(date.year, now);
    } else if (detail::eat_name(date.in.rest, detail::day_names) != 0) {
        if (date.in.at(',')) {
            date.in.eat(',');
            date.day_first(' ', 4);
        } else {
            date.month_first();
        }
    }
    return date.stamp();
}

std::optional<milliseconds> parse_retry_after(const http_fields& fields, timestamp local_now)
{
    std::optional<milliseconds> longest;
    const auto consider = [&longest](std::optional<milliseconds> wait) {
        if (wait && (!longest || *wait > *longest)) longest = wait;
    };
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string_view value = detail::trim_blanks(fields.value(i));
        const auto is = [&](std::string_view name) {
            return detail::same_text(fields.name(i), name);
        };
        if (is("Retry-After-Ms") || is("X-Retry-After-Ms") || is("X-MS-Retry-After-Ms"))
            consider(detail::parse_wait(value, 0));
        if (!is("Retry-After")) continue;
        const auto seconds = detail::parse_wait(value, 3);
        consider(seconds ? seconds : detail::wait_until(value, fields, local_now));
    }
    return longest;
}

}  // namespace scrapingpros::inline v0

#endif
