// The routes of a tenant's clock.

#include <algorithm>
#include <array>
#include <charconv>

#include "control/routes.hpp"
#include "control/values.hpp"
#include "json_out.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::milliseconds;

std::string decimal_text(double number)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

std::int64_t in_milliseconds(service_clock::real_duration how_long)
{
    return std::chrono::duration_cast<milliseconds>(how_long).count();
}

void write_tickets(json_writer& out, service_clock& clock)
{
    out.key("tickets").begin_array();
    for (const auto& each : clock.tickets()) {
        out.begin_object().member("kind", name_of(each.kind)).member("name", each.name);
        out.member("awake", each.awake);
        if (each.awake)
            out.member("held_ms", in_milliseconds(each.held_for));
        else
            out.member("due", iso_or_none(each.due));
        out.end_object();
    }
    out.end_array();
}

std::string clock_json(tenant& who)
{
    service_clock& clock = who.clock();
    const clock_options how = clock.options();
    const time_point now = clock.now();
    json_writer out;
    out.begin_object().member("mode", name_of(how.mode));
    out.member("now", iso_microseconds(now));
    if (how.mode == clock_mode::real) out.raw_member("scale", decimal_text(how.scale));
    out.member("jumps", clock.jumps()).member("starved", clock.is_starved());
    out.member("next_change", iso_or_none(who.with_world([&](world& w) {
                   return w.next_change(now);
               })));
    write_tickets(out, clock);
    return out.end_object().take();
}

std::string report_json(tenant& who, time_point from)
{
    const time_point to = who.clock().now();
    const run_changes seen = who.with_world([&](world& w) { return w.changes(from, to); });
    json_writer out;
    out.begin_object().member("from", iso_microseconds(from)).member("to", iso_microseconds(to));
    out.key("changes").begin_object().member("jobs_ended", seen.jobs_ended);
    out.member("rows_listed", seen.rows_listed).member("runs_ended", seen.runs_ended).end_object();
    out.member("next_change", iso_or_none(who.with_world([&](world& w) {
                   return w.next_change(to);
               })));
    write_tickets(out, who.clock());
    return out.end_object().take();
}

std::string holders_of(service_clock& clock)
{
    std::string text;
    for (const auto& each : clock.tickets())
        if (each.awake)
            text.append(text.empty() ? "" : ", ")
                .append(name_of(each.kind))
                .append(" '")
                .append(each.name)
                .append("' for ")
                .append(std::to_string(in_milliseconds(each.held_for)))
                .append(" ms");
    return text;
}

void refuse_starved(service_clock& clock)
{
    if (clock.is_starved())
        throw control_error{409, "E_CLOCK_STARVED", "held by " + holders_of(clock)};
}

struct named {
    std::string name;
    std::optional<service_clock::real_duration> lease;
};

named read_name(control_call& c)
{
    object_in members = c.members();
    named out{members.need("name").text(), {}};
    if (const auto lease = members.find("lease")) out.lease = lease->time(milliseconds{1});
    members.finish();
    if (out.name.empty()) members.need("name").fail("is empty");
    return out;
}

/// Where a participant sleeps to: `for`, `until`, or until somebody wakes it.
struct sleep_order {
    std::string name;
    time_point until = service_clock::never;
};

sleep_order read_sleep(control_call& c)
{
    object_in members = c.members();
    sleep_order out{members.need("name").text()};
    const auto by = members.find("for");
    const auto until = members.find("until");
    if (by && until) until->fail("there is 'for' already");
    if (by) out.until = c.who->clock().now() + by->time();
    if (until) out.until = until->instant();
    members.finish();
    return out;
}

response_plan wake_up(tenant& who, const std::string& name, service_clock::wait_state how)
{
    using enum service_clock::wait_state;
    service_clock& clock = who.clock();
    json_writer out;
    if (how == over) {
        out.begin_object().member("name", name).member("now", iso_microseconds(clock.now()));
        return json_exchange(out.end_object().take()).plan;
    }
    const bool is_starved = how == service_clock::wait_state::starved;
    out.begin_object().member("code", is_starved ? "E_CLOCK_STARVED" : "E_CLOCK_DEADLOCK");
    out.member(
        "message",
        is_starved ? "held by " + holders_of(clock)
                   : std::string("everybody sleeps, and nothing is due that would wake them")
    );
    return json_exchange(out.member("path", "").member("hint", "").end_object().take(), 409).plan;
}

exchange told(control_call& c)
{
    return json_exchange(clock_json(*c.who));
}

}  // namespace

exchange get_clock(control_call& c)
{
    return told(c);
}

exchange put_clock(control_call& c)
{
    c.who->clock().change_mode(read_clock(value_in{c.body}, c.who->clock().options()));
    return told(c);
}

exchange advance_clock(control_call& c)
{
    service_clock& clock = c.who->clock();
    refuse_starved(clock);
    object_in members = c.members();
    const auto by = members.find("by");
    const auto to = members.find("to");
    members.finish();
    if (by.has_value() == to.has_value())
        throw control_error{400, "E_BODY", "give either 'by' or 'to'", "$"};
    const time_point from = clock.now();
    if (by)
        clock.advance(by->time());
    else
        clock.set(to->instant());
    return json_exchange(report_json(*c.who, from));
}

exchange next_instant(control_call& c)
{
    service_clock& clock = c.who->clock();
    refuse_starved(clock);
    const time_point from = clock.now();
    std::optional<time_point> next =
        c.who->with_world([&](world& w) { return w.next_change(from); });
    for (const auto& each : clock.tickets())
        if (!each.awake && each.due != service_clock::never)
            next = std::min(each.due, next.value_or(each.due));
    if (!next) throw control_error{409, "E_CLOCK_DEADLOCK", "nothing is going to change"};
    clock.set(*next);
    return json_exchange(report_json(*c.who, from));
}

exchange hold_clock(control_call& c)
{
    const named who = read_name(c);
    c.who->join(holder_kind::lock, who.name, who.lease);
    return told(c);
}

exchange release_clock(control_call& c)
{
    if (!c.who->leave(holder_kind::lock, read_name(c).name))
        throw control_error{404, "E_NOT_FOUND", "nobody holds the clock under that name", "$.name"};
    return told(c);
}

exchange join_clock(control_call& c)
{
    const named who = read_name(c);
    c.who->join(holder_kind::participant, who.name, who.lease);
    return told(c);
}

exchange sleep_on_clock(control_call& c)
{
    const sleep_order order = read_sleep(c);
    const auto ticket = c.who->find_ticket(holder_kind::participant, order.name);
    if (!ticket)
        throw control_error{
            404, "E_NOT_FOUND", "no participant of that name", "$.name", "POST clock/join first"};
    exchange out;
    out.owner = c.who;
    out.wakes_with = *ticket;
    out.later = [who = c.who, name = order.name](service_clock::wait_state how) {
        return wake_up(*who, name, how);
    };
    c.who->clock().wait_until(*ticket, order.until);
    return out;
}

exchange wake_sleeper(control_call& c)
{
    const auto ticket = c.who->find_ticket(holder_kind::participant, read_name(c).name);
    if (!ticket) throw control_error{404, "E_NOT_FOUND", "no participant of that name", "$.name"};
    c.who->clock().wait_until(*ticket, time_point::min());
    return told(c);
}

exchange leave_clock(control_call& c)
{
    if (!c.who->leave(holder_kind::participant, read_name(c).name))
        throw control_error{404, "E_NOT_FOUND", "no participant of that name", "$.name"};
    return told(c);
}

}  // namespace scrapingpros_mock
