#include "limits/limit_options.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <string>

#include "json_out.hpp"
#include "limits/option_reader.hpp"
#include "scenario/scenario.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::uint64_t most_per_minute = 1'000'000'000;
constexpr number_range rate_bounds{1, most_per_minute};
constexpr number_range flight_bounds{1, 1'000'000};
constexpr number_range strike_bounds{1, 1'000'000};
constexpr number_range service_bounds{1, 1'000'000};
constexpr number_range real_bounds{1, 1'000};
constexpr std::size_t longest_text = 1'000;

using words2 = std::array<std::string_view, 2>;
using words3 = std::array<std::string_view, 3>;
constexpr words2 anchors{"wall_minute", "first_request"};
constexpr words3 penalties{"ignore", "extend", "ban"};
constexpr words2 scopes{"route", "connection"};
constexpr words3 algorithms{"fixed_window_60s", "sliding_60s", "token_bucket"};
constexpr std::array<std::string_view, 7> damages{
    "none", "ms_name", "negative", "huge", "twice", "past", "garbage"};

template <class Enum, std::size_t N>
void read_word(
    option_reader& in, std::string_view name, const std::array<std::string_view, N>& words, Enum& to
)
{
    if (const auto index = in.word(name, words)) to = static_cast<Enum>(*index);
}

template <class T, class Found>
void set_if(T& to, const std::optional<Found>& found)
{
    if (found) to = static_cast<T>(*found);
}

void read_optional(
    option_reader& in, std::string_view name, number_range of, std::optional<std::size_t>& to
)
{
    const json::value* found = in.find(name);
    if (found == nullptr) return;
    if (found->is_null())
        to.reset();
    else
        to = in.number(name, of);
}

void check(const early_penalty& what, const std::string& path)
{
    using enum early_penalty::kind;
    check_range(path + ".after", what.after, strike_bounds);
    const duration least = what.how == ignore ? duration{0} : std::chrono::milliseconds{1};
    check_range(path + ".by_ms", what.by, least, longest_option);
    check_range(path + ".grace_ms", what.grace, duration{0}, std::chrono::minutes{1});
}

early_penalty read_penalty(const json::value& value, const std::string& path)
{
    option_reader in{value, path};
    early_penalty made;
    read_word(in, "how", penalties, made.how);
    set_if(made.after, in.number("after", strike_bounds));
    set_if(made.by, in.milliseconds("by_ms"));
    set_if(made.grace, in.milliseconds("grace_ms"));
    in.finish();
    return made;
}

scoped_limit read_scope(const json::value& value, const std::string& path)
{
    option_reader in{value, path};
    scoped_limit made;
    read_word(in, "scope", scopes, made.of);
    if (const auto name = in.text("operation")) {
        const auto on = operation_named(*name);
        if (!on) throw bad_option{in.path_of("operation"), "'" + *name + "' is no operation"};
        made.on = *on;
    }
    read_word(in, "algorithm", algorithms, made.how);
    set_if(made.per_minute, in.number("per_minute", rate_bounds));
    in.finish();
    return made;
}

time_scale read_scale(const json::value& value, const std::string& path)
{
    option_reader in{value, path};
    time_scale made;
    set_if(made.service, in.number("service", service_bounds));
    set_if(made.real, in.number("real", real_bounds));
    in.finish();
    return made;
}

template <class Enum, std::size_t N>
std::string_view word_for(Enum value, const std::array<std::string_view, N>& words)
{
    return words.at(static_cast<std::size_t>(value));
}

std::int64_t in_ms(duration d)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

void write_scopes(json_writer& out, const std::vector<scoped_limit>& all)
{
    out.key("scopes").begin_array();
    for (const scoped_limit& each : all) {
        out.begin_object().member("scope", word_for(each.of, scopes));
        out.member("operation", name_of(each.on));
        out.member("algorithm", word_for(each.how, algorithms));
        out.member("per_minute", each.per_minute).end_object();
    }
    out.end_array();
}

}  // namespace

void check(const limit_options& what, const std::string& path)
{
    if (what.token_burst) check_range(path + ".token_burst", *what.token_burst, rate_bounds);
    if (what.in_flight) check_range(path + ".in_flight", *what.in_flight, flight_bounds);
    check_range(
        path + ".in_flight_wait_ms",
        what.in_flight_wait,
        std::chrono::milliseconds{1},
        longest_option
    );
    if (what.scopes.size() > most_scopes)
        throw bad_option{
            path + ".scopes", "must not hold more than " + std::to_string(most_scopes)};
    for (std::size_t i = 0; i < what.scopes.size(); ++i)
        check_range(
            path + ".scopes[" + std::to_string(i) + "].per_minute",
            what.scopes[i].per_minute,
            rate_bounds
        );
    check(what.early, path + ".early");
    if (what.rate_text.size() > longest_text)
        throw bad_option{path + ".rate_text", "must not be longer than 1000 bytes"};
    check_range(path + ".wait_scale.service", what.wait_scale.service, service_bounds);
    check_range(path + ".wait_scale.real", what.wait_scale.real, real_bounds);
}

void check_limits(const scenario& from)
{
    const switches& contract = from.contract;
    check_range("switches.read_per_minute", contract.read_per_minute, rate_bounds);
    if (contract.write_per_minute)
        check_range("switches.write_per_minute", *contract.write_per_minute, rate_bounds);
    check_range("plan.write_per_minute", from.plan.write_per_minute, rate_bounds);
    check_range("switches.content_ttl_hours", contract.content_ttl_hours, {1, 3650 * 24});
    // The longest item list that a body can bear still ends within the times of the clock.
    check_range("create_duration_ms", from.create_duration, duration{0}, longest_option);
    check_range("create_per_item_ms", from.create_per_item, duration{0}, std::chrono::hours{1});
    for (std::size_t i = 0; i < from.create_deaths.size(); ++i)
        check_range(
            "create_deaths[" + std::to_string(i) + "].after_ms",
            from.create_deaths[i].after,
            duration{0},
            longest_option
        );
    check(from.limits);
    check(from.retention);
}

limit_options read_limits(std::string_view text, const std::string& path)
{
    const json::value parsed = parse_options(text, path);
    option_reader in{parsed, path};
    limit_options made;
    read_word(in, "fixed_window", anchors, made.fixed_window);
    read_optional(in, "token_burst", rate_bounds, made.token_burst);
    read_optional(in, "in_flight", flight_bounds, made.in_flight);
    set_if(made.in_flight_wait, in.milliseconds("in_flight_wait_ms"));
    for (const json::value& each : in.array("scopes"))
        made.scopes.push_back(
            read_scope(each, in.path_of("scopes") + "[" + std::to_string(made.scopes.size()) + "]")
        );
    if (const json::value* early = in.find("early"))
        made.early = read_penalty(*early, in.path_of("early"));
    read_word(in, "retry_after", damages, made.retry_after);
    read_word(in, "reset", damages, made.reset);
    set_if(made.rate_text, in.text("rate_text"));
    set_if(made.quota_tells_wait, in.truth("quota_tells_wait"));
    if (const json::value* scale = in.find("wait_scale"))
        made.wait_scale = read_scale(*scale, in.path_of("wait_scale"));
    in.finish();
    check(made, path);
    return made;
}

std::string to_json(const limit_options& what)
{
    json_writer out;
    out.begin_object().member("fixed_window", word_for(what.fixed_window, anchors));
    out.member("token_burst", what.token_burst).member("in_flight", what.in_flight);
    out.member("in_flight_wait_ms", in_ms(what.in_flight_wait));
    write_scopes(out, what.scopes);
    out.key("early").begin_object().member("how", word_for(what.early.how, penalties));
    out.member("after", what.early.after).member("by_ms", in_ms(what.early.by));
    out.member("grace_ms", in_ms(what.early.grace)).end_object();
    out.member("retry_after", word_for(what.retry_after, damages));
    out.member("reset", word_for(what.reset, damages)).member("rate_text", what.rate_text);
    out.member("quota_tells_wait", what.quota_tells_wait).key("wait_scale").begin_object();
    out.member("service", what.wait_scale.service).member("real", what.wait_scale.real);
    return out.end_object().end_object().take();
}

}  // namespace scrapingpros_mock
