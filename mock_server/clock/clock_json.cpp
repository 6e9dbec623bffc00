#include "clock/clock_json.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "scenario/scenario_members.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr double thousand = 1'000.0;

void read_scale(const value_in& value, clock_options& into)
{
    const duration thousandths = value.decimal_seconds(std::chrono::seconds{1'000'000}) / 1'000;
    if (thousandths.count() == 0) value.fail("is out of range", "0.001 to 1000000");
    into.scale = static_cast<double>(thousandths.count()) / thousand;
}

void read_classes(const value_in& value, clock_options& into)
{
    into.classes.clear();
    for (const value_in& each : value.elements()) {
        const auto known = operation_named(each.text());
        if (!known) each.fail("is no operation");
        into.classes.push_back(*known);
    }
}

}  // namespace

std::string_view name_of(clock_mode mode) noexcept
{
    return members::clock_words[static_cast<std::size_t>(mode)];
}

clock_options read_clock(const value_in& in, clock_options made)
{
    object_in object{in, members::clock};
    const auto only_for = [&](std::string_view name, clock_mode wanted) {
        auto found = object.find(name);
        if (found && made.mode != wanted)
            found->fail("belongs to another mode", std::string(name_of(wanted)));
        return found;
    };
    if (const auto found = object.find("mode"))
        made.mode = static_cast<clock_mode>(found->word(members::clock_words));
    if (const auto found = object.find("start")) made.start = found->instant();
    if (const auto found = only_for("scale", clock_mode::real)) read_scale(*found, made);
    if (const auto found = only_for("wall_waits", clock_mode::real))
        made.wall_waits = found->truth();
    if (const auto found = only_for("step", clock_mode::per_request)) {
        made.step.reset();
        if (!found->is_string() || found->text() != "next_change")
            made.step = found->time(duration{1});
    }
    if (const auto found = only_for("classes", clock_mode::per_request)) read_classes(*found, made);
    if (const auto found = only_for("max_real_block", clock_mode::automatic))
        made.max_real_block = std::chrono::ceil<std::chrono::milliseconds>(found->time());
    if (const auto found = only_for("serial", clock_mode::automatic)) made.serial = found->truth();
    return made;
}

void write_clock(json_writer& out, const clock_options& clock)
{
    out.begin_object().member("mode", name_of(clock.mode));
    if (clock.start) out.member("start", iso_microseconds(*clock.start));
    if (clock.mode == clock_mode::real) {
        const auto thousandths = duration{std::llround(clock.scale * thousand)} * 1'000;
        out.raw_member("scale", decimal_seconds(thousandths));
        out.member("wall_waits", clock.wall_waits);
    }
    if (clock.mode == clock_mode::per_request) {
        out.member("step", clock.step ? duration_text(*clock.step) : std::string("next_change"));
        out.key("classes").begin_array();
        for (const operation each : clock.classes)
            out.value(name_of(each));
        out.end_array();
    }
    if (clock.mode == clock_mode::automatic) {
        out.member("max_real_block", duration_text(clock.max_real_block));
        out.member("serial", clock.serial);
    }
    out.end_object();
}

}  // namespace scrapingpros_mock
