#include "faults/faults.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "json_out.hpp"
#include "replies.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

template <class... Functions>
struct overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

void put_header(response_plan& plan, std::string_view name, std::string_view value)
{
    std::erase_if(plan.headers, [&](const header& h) { return same_ignoring_case(h.name, name); });
    plan.headers.push_back({std::string(name), std::string(value)});
}

void put_body(response_plan& plan, unsigned status, std::string_view type, std::string body)
{
    plan.status = status;
    plan.body = std::move(body);
    put_header(plan, "Content-Type", type);
}

void break_off(response_plan& plan, wire_ending ending, wire_place at)
{
    plan.ending = ending;
    plan.cut_from = at.from;
    plan.cut_at = at.at;
}

/// As the framework's validator would say it.
std::string detail_array(const std::string& text)
{
    json_writer out;
    out.begin_object().key("detail").begin_array().begin_object();
    out.member("type", "fault").raw_member("loc", R"(["body"])").member("msg", text);
    return out.end_object().end_array().end_object().take();
}

std::string error_object(unsigned code, const std::string& text)
{
    json_writer out;
    out.begin_object().key("error").begin_object();
    return out.member("code", code).member("message", text).end_object().end_object().take();
}

void put_status(response_plan& plan, const effect::status& what)
{
    const std::string text = what.text.empty() ? std::string(phrase_of(what.code)) : what.text;
    const auto with = [&](std::string_view name) {
        return json_writer{}.begin_object().member(name, text).end_object().take();
    };
    switch (what.form) {
    case body_form::detail: put_body(plan, what.code, "application/json", with("detail")); break;
    case body_form::message: put_body(plan, what.code, "application/json", with("message")); break;
    case body_form::html: put_body(plan, what.code, "text/html", html_page(what.code)); break;
    case body_form::empty: put_body(plan, what.code, "text/plain", ""); break;
    case body_form::detail_array:
        put_body(plan, what.code, "application/json", detail_array(text));
        break;
    case body_form::object:
        put_body(plan, what.code, "application/json", error_object(what.code, text));
        break;
    case body_form::wrong_type:
        put_body(
            plan,
            what.code,
            "application/json",
            json_writer{}.begin_object().member("detail", what.code).end_object().take()
        );
        break;
    case body_form::mebibyte: {
        const std::string huge(std::size_t{1} << 20U, 'x');
        put_body(
            plan,
            what.code,
            "application/json",
            json_writer{}.begin_object().member("detail", huge).end_object().take()
        );
        break;
    }
    }
    for (const header& each : what.headers)
        put_header(plan, each.name, each.value);
}

void put_throttle(response_plan& plan, const effect::throttle& what)
{
    put_body(plan, 429, "application/json", detail_error(429, "Rate limit exceeded").body);
    put_header(plan, "X-RateLimit-Remaining", "0");
    if (!what.retry_after.empty()) put_header(plan, "Retry-After", what.retry_after);
}

void put_many_headers(response_plan& plan, std::size_t bytes)
{
    static constexpr std::size_t piece = 4'000;
    for (std::size_t i = 0; bytes > 0; ++i) {
        const std::size_t size = std::min(bytes, piece);
        plan.headers.push_back({"X-Filler-" + std::to_string(i), std::string(size, 'x')});
        bytes -= size;
    }
}

/// Rewrites the body if it is a JSON object.
template <class Change>
void change_object(response_plan& plan, Change change)
{
    boost::system::error_code error;
    json::value parsed = json::parse(json::string_view(plan.body.data(), plan.body.size()), error);
    if (error || !parsed.is_object()) return;
    change(parsed.get_object());
    plan.body = json::serialize(parsed);
}

void keep_only(json::object& object, const std::vector<std::string>& names)
{
    json::object kept;
    for (const auto& member : object) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::find(names.begin(), names.end(), name) != names.end())
            kept.emplace(member.key(), member.value());
    }
    object = std::move(kept);
}

/// Where the phase says that a response breaks, pauses or begins to drip.
wire_place place_of(const fault& what)
{
    using origin = wire_place::origin;
    // Behind the status line of a 200.
    static constexpr std::size_t usual_head = 17;
    static constexpr std::size_t half = 500'000;
    switch (what.phase) {
    case fault_phase::before:
    case fault_phase::after: break;
    case fault_phase::response_head: return {origin::head, what.at.value_or(usual_head)};
    case fault_phase::response_body:
        if (what.at) return {origin::body, *what.at};
        return {origin::fraction, what.fraction.value_or(half)};
    case fault_phase::response_end: return {origin::end, 0};
    }
    return {};
}

bool damage_wire(const fault& what, wire_damage damage, response_plan& plan)
{
    const wire_place place = place_of(what);
    // All transports know a delay before the first byte.
    if (damage.what == wire_damage::kind::pause && place.from == wire_place::origin::response) {
        plan.delay += damage.time;
        return true;
    }
    damage.at = place;
    plan.damages.push_back(std::move(damage));
    return true;
}

void redirect_to(const std::string& where, const request& in, response_plan& plan)
{
    put_body(plan, 302, "text/plain", "");
    if (!where.empty()) put_header(plan, "Location", where == "same" ? in.target : where);
}

}  // namespace

bool ordinals::covers(std::uint64_t n) const noexcept
{
    return chosen_.empty() || std::any_of(chosen_.begin(), chosen_.end(), [&](occurrence each) {
               return each.covers(n);
           });
}

bool ordinals::meets(const ordinals& other) const noexcept
{
    if (chosen_.empty() || other.chosen_.empty()) return true;
    for (const occurrence mine : chosen_)
        for (const occurrence theirs : other.chosen_)
            if (mine.meets(theirs)) return true;
    return false;
}

std::uint64_t ordinals::last() const noexcept
{
    std::uint64_t last = chosen_.empty() ? occurrence::every().to : 0;
    for (const occurrence each : chosen_)
        last = std::max(last, each.to);
    return last;
}

std::optional<std::uint64_t> ordinals::count() const noexcept
{
    if (last() == occurrence::every().to) return std::nullopt;
    std::uint64_t count = 0;
    for (const occurrence each : chosen_)
        count += each.to - each.from + 1;
    return count;
}

bool prevents_effect(const fault& what) noexcept
{
    using namespace effect;
    if (what.phase != fault_phase::before) return false;
    return std::visit(
        overloaded{
            [](const effect::status&) { return true; },
            [](const throttle&) { return true; },
            [](const lose_reply&) { return true; },
            [](const cut&) { return true; },
            [](const reset&) { return true; },
            [](const stall&) { return true; },
            [](const html_200&) { return true; },
            [](const end&) { return true; },
            [](const redirect&) { return true; },
            [](const wire& e) { return e.what.what == wire_damage::kind::garbage; },
            [](const auto&) { return false; }},
        what.effect
    );
}

bool ends_reply(const fault& what) noexcept
{
    using namespace effect;
    return std::visit(
        overloaded{
            [](const lose_reply&) { return true; },
            [](const cut&) { return true; },
            [](const reset&) { return true; },
            [](const stall&) { return true; },
            [](const end&) { return true; },
            [](const wire& e) { return e.what.what == wire_damage::kind::garbage; },
            [](const auto&) { return false; }},
        what.effect
    );
}

bool may_coincide(const fault& one, const fault& other) noexcept
{
    if (one.layer != other.layer) return false;
    const bool same = one.on == other.on;
    if (!same && one.on != operation::any && other.on != operation::any) return false;
    if (same && !one.when.meets(other.when)) return false;
    const fault_trigger& a = one.only;
    const fault_trigger& b = other.only;
    const auto is_before = [](const auto& end, const auto& begin) {
        return end && begin && *end <= *begin;
    };
    if (is_before(a.until, b.from) || is_before(b.until, a.from)) return false;
    if (is_before(a.before, b.after) || is_before(b.before, a.after)) return false;
    const bool other_value = same_ignoring_case(a.header, b.header) && a.header_value &&
                             b.header_value && *a.header_value != *b.header_value;
    return !other_value && a.nth.meets(b.nth) && a.attempt.meets(b.attempt) &&
           a.page.meets(b.page) && a.connection.meets(b.connection) &&
           a.request_on_connection.meets(b.request_on_connection);
}

std::string describe(const fault& what)
{
    static constexpr std::array<std::string_view, std::variant_size_v<fault_effect>> words{
        "status",        "throttle",      "lose_reply",     "cut",
        "reset",         "stall",         "html_200",       "delay",
        "truncate_json", "header_bomb",   "huge_body",      "lie_about_length",
        "keep_members",  "drop_members",  "malform_inline", "unknown_row_status",
        "repeat_cursor", "drop_page_end", "end_run",        "end",
        "wire",          "close_after",   "redirect",       "json",
        "drift_row",     "page",          "arrive",         "spoil_tls"};
    return what.code.empty() ? std::string(words[what.effect.index()]) : what.code;
}

bool apply(const fault& what, const request& in, response_plan& plan)
{
    using namespace effect;
    plan.faulted = true;
    return std::visit(
        overloaded{
            [&](const effect::status& e) { return put_status(plan, e), true; },
            [&](const throttle& e) { return put_throttle(plan, e), true; },
            [&](const lose_reply&) { return break_off(plan, wire_ending::close, {}), true; },
            [&](const cut& e) {
                return break_off(plan, wire_ending::close, {{}, e.at}), true;
            },
            [&](const reset& e) {
                return break_off(plan, wire_ending::reset, {{}, e.at}), true;
            },
            [&](const stall& e) {
                return break_off(plan, wire_ending::stall, {{}, e.at}), true;
            },
            [&](const html_200&) {
                put_body(plan, 200, "text/html", "<html><body>Down for maintenance</body></html>");
                return true;
            },
            [&](const delay& e) { return plan.delay += e.by, true; },
            [&](const truncate_json& e) {
                plan.body.resize(plan.body.size() - std::min(plan.body.size(), e.missing));
                return true;
            },
            [&](const header_bomb& e) { return put_many_headers(plan, e.bytes), true; },
            [&](const huge_body& e) {
                if (plan.body.size() < e.bytes) plan.body.resize(e.bytes, ' ');
                return true;
            },
            [&](const lie_about_length& e) { return plan.declared_length = e.declared, true; },
            [&](const keep_members& e) {
                change_object(plan, [&](boost::json::object& o) { keep_only(o, e.names); });
                return true;
            },
            [&](const drop_members& e) {
                change_object(plan, [&](boost::json::object& o) {
                    for (const std::string& name : e.names)
                        o.stable_erase(name);
                });
                return true;
            },
            [&](const end& e) { return break_off(plan, e.how, place_of(what)), true; },
            [&](const wire& e) { return damage_wire(what, e.what, plan); },
            [&](const close_after&) { return plan.close = true; },
            [&](const redirect& e) { return redirect_to(e.where, in, plan), true; },
            [&](const effect::json& e) { return apply(e.what, plan.body); },
            [&](const drift_row& e) { return apply(e.what, plan.body); },
            // These are the handlers' affair: they change what is listed or what becomes of a run.
            [](const malform_inline&) { return true; },
            [](const unknown_row_status&) { return true; },
            [](const repeat_cursor&) { return true; },
            [](const drop_page_end&) { return true; },
            [](const end_run&) { return true; },
            [](const page&) { return true; },
            // And these come before there is a request.
            [](const arrive&) { return false; },
            [](const spoil_tls&) { return false; }},
        what.effect
    );
}

}  // namespace scrapingpros_mock
