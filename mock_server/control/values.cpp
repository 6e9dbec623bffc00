#include "values.hpp"

#include <algorithm>
#include <iterator>

#include "../clock.hpp"
#include "../time_text.hpp"
#include "routes.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::string_view mode_names[] = {"real", "manual", "auto", "per_request"};

double scale_of(const value_in& value)
{
    const auto& raw = value.raw();
    const double scale = raw.is_double()     ? raw.get_double()
                         : value.is_number() ? static_cast<double>(value.integer(1, 1'000'000))
                                             : 0.0;
    if (!(scale >= 0.001 && scale <= 1e6)) value.fail("is no number from 0.001 to 1000000");
    return scale;
}

std::set<operation> read_classes(const value_in& value)
{
    std::set<operation> out;
    for (const value_in& each : value.elements()) {
        const auto named = operation_named(each.text());
        if (!named) each.fail("is no operation", "create, start_run, list_jobs, get_run, …");
        out.insert(*named);
    }
    return out;
}

std::string text_of(const value_in& value)
{
    if (value.is_number()) return std::to_string(value.unsigned_number());
    return value.text();
}

}  // namespace

std::string_view mode_name(clock_mode mode) noexcept
{
    return mode_names[static_cast<std::size_t>(mode)];
}

clock_options read_clock(const value_in& value, clock_options how)
{
    object_in members{value};
    if (const auto mode = members.find("mode"))
        how.mode = static_cast<clock_mode>(mode->word(mode_names));
    if (const auto start = members.find("start")) how.start = start->instant();
    if (const auto scale = members.find("scale")) how.scale = scale_of(*scale);
    if (const auto step = members.find("step")) {
        if (step->is_string() && step->text() == "next_change")
            how.step.reset();
        else
            how.step = step->time(duration{1});
    }
    if (const auto classes = members.find("classes")) how.classes = read_classes(*classes);
    members.read("wall_waits", how.wall_waits);
    members.read("serial", how.serial);
    duration block = how.max_real_block;
    members.read("max_real_block", block);
    how.max_real_block = std::chrono::duration_cast<std::chrono::milliseconds>(block);
    members.finish();
    return how;
}

void set_switches(const value_in& value, switches& into)
{
    if (!value.is_object()) value.fail("is no object", "{\"late_rows\": \"on\"}");
    for (const auto& member : value.raw().get_object()) {
        const std::string name(member.key());
        const value_in given{member.value(), value.path() + "." + name};
        try {
            into.set(name, text_of(given));
        } catch (const bad_switch& error) {
            given.fail(error.what(), "GET /__mock/v1/switches lists names and values");
        }
    }
}

std::optional<std::string> iso_or_none(std::optional<time_point> at)
{
    if (!at || *at == service_clock::never) return std::nullopt;
    return iso_microseconds(*at);
}

std::shared_ptr<tenant> named_tenant(const control_call& c)
{
    const std::string& name = c.path.at("tenant");
    auto who = c.host.find(name);
    if (who == nullptr)
        throw control_error{404, "E_NOT_FOUND", "there is no tenant '" + name + "'"};
    return who;
}

}  // namespace scrapingpros_mock
