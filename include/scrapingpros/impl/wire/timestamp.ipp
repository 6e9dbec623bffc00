#ifndef SCRAPINGPROS_IMPL_WIRE_TIMESTAMP_IPP
#define SCRAPINGPROS_IMPL_WIRE_TIMESTAMP_IPP

#include <scrapingpros/wire/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace scrapingpros::inline v0 {
namespace detail {

inline constexpr timestamp first_stamp =
    std::chrono::sys_days(std::chrono::year(1) / std::chrono::January / 1);
inline constexpr timestamp last_stamp =
    std::chrono::sys_days(std::chrono::year(10'000) / std::chrono::January / 1) -
    std::chrono::microseconds(1);

/// Eats its way through a text; once something is missing, `ok` stays false.
struct stamp_scanner {
    std::string_view rest;
    bool ok = true;

    bool at(char c) const noexcept { return !rest.empty() && rest.front() == c; }
    bool at_digit() const noexcept { return !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; }
    void eat(char c) noexcept
    {
        ok = ok && at(c);
        if (ok) rest.remove_prefix(1);
    }
    int number(std::size_t digits) noexcept
    {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            ok = ok && at_digit();
            if (!ok) return 0;
            value = 10 * value + (rest[0] - '0');
            rest.remove_prefix(1);
        }
        return value;
    }

    /// A fraction of 1 to 9 digits, in microseconds; nothing there is 0.
    int fraction() noexcept
    {
        if (!at('.')) return 0;
        eat('.');
        ok = ok && at_digit();
        int micros = 0;
        int unit = 100'000;
        for (std::size_t digits = 0; digits < 9 && at_digit(); ++digits) {
            micros += unit * number(1);
            unit /= 10;
        }
        return micros;
    }

    /// `Z`, `+hh:mm`, `+hhmm` or nothing.
    std::chrono::minutes offset() noexcept
    {
        if (rest.empty()) return std::chrono::minutes(0);
        if (!at('+') && !at('-')) {
            eat('Z');
            return std::chrono::minutes(0);
        }
        const int sign = at('+') ? 1 : -1;
        rest.remove_prefix(1);
        const int hours = number(2);
        if (at(':')) eat(':');
        const int minutes = number(2);
        ok = ok && hours < 24 && minutes < 60;
        return std::chrono::minutes(sign * (60 * hours + minutes));
    }
};

inline void append_digits(std::string& out, unsigned value, std::size_t digits)
{
    const std::size_t start = out.size();
    out.append(digits, '0');
    for (std::size_t i = digits; i > 0; --i) {
        out[start + i - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace detail

std::optional<timestamp> parse_timestamp(std::string_view text) noexcept
{
    using namespace std::chrono;
    detail::stamp_scanner in{text};
    const year y(in.number(4));
    in.eat('-');
    const month m(static_cast<unsigned>(in.number(2)));
    in.eat('-');
    const day d(static_cast<unsigned>(in.number(2)));
    in.eat(in.at(' ') ? ' ' : 'T');
    const int hour = in.number(2);
    in.eat(':');
    const int minute = in.number(2);
    in.eat(':');
    const int second = in.number(2);
    const int micros = in.fraction();
    const minutes offset = in.offset();
    const year_month_day date(y, m, d);
    const bool in_range = date.ok() && hour < 24 && minute < 60 && second <= 60;
    if (!in.ok || !in.rest.empty() || !in_range) return {};
    const timestamp stamp = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) +
                            microseconds(micros) - offset;
    if (stamp < detail::first_stamp || stamp > detail::last_stamp) return {};
    return stamp;
}

std::optional<timestamp> timestamp_from_unix(double seconds) noexcept
{
    constexpr double end_of_year_9999 = 253'402'300'800.0;
    if (!(seconds >= 0 && seconds < end_of_year_9999)) return {};
    const timestamp stamp(std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6 + 0.5))
    );
    return stamp > detail::last_stamp ? detail::last_stamp : stamp;
}

std::string format_timestamp(timestamp when)
{
    using namespace std::chrono;
    if (when < detail::first_stamp) when = detail::first_stamp;
    if (when > detail::last_stamp) when = detail::last_stamp;
    const auto midnight = floor<days>(when);
    const year_month_day date(midnight);
    const hh_mm_ss time(floor<milliseconds>(when - midnight));
    const auto part = [](auto count) { return static_cast<unsigned>(count); };
    std::string out;
    detail::append_digits(out, part(static_cast<int>(date.year())), 4);
    detail::append_digits(out += '-', part(date.month()), 2);
    detail::append_digits(out += '-', part(date.day()), 2);
    detail::append_digits(out += 'T', part(time.hours().count()), 2);
    detail::append_digits(out += ':', part(time.minutes().count()), 2);
    detail::append_digits(out += ':', part(time.seconds().count()), 2);
    detail::append_digits(out += '.', part(time.subseconds().count()), 3);
    return out;
}

std::string format_timestamp_utc(timestamp when)
{
    return format_timestamp(when) + 'Z';
}

}  // namespace scrapingpros::inline v0

#endif
