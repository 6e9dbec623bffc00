#include "faults.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

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

void break_off(response_plan& plan, wire_ending ending, std::size_t at)
{
    plan.ending = ending;
    plan.cut_at = at;
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

}  // namespace

std::size_t fault_book::add(fault what)
{
    entries_.push_back({std::move(what)});
    return entries_.size() - 1;
}

std::vector<std::size_t> fault_book::meet(operation what)
{
    const std::uint64_t nth = ++seen_[static_cast<std::size_t>(what)];
    const std::uint64_t nth_of_any = ++seen_[static_cast<std::size_t>(operation::any)];
    std::vector<std::size_t> met;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        entry& each = entries_[i];
        const bool here = each.what.on == operation::any
                              ? each.what.when.covers(nth_of_any)
                              : each.what.on == what && each.what.when.covers(nth);
        if (!here) continue;
        ++each.hits;
        met.push_back(i);
    }
    return met;
}

std::vector<std::size_t> fault_book::unmet() const
{
    std::vector<std::size_t> ordinals;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].hits == 0) ordinals.push_back(i);
    return ordinals;
}

bool prevents_effect(const fault& what) noexcept
{
    using namespace effect;
    if (what.phase == fault_phase::after) return false;
    return std::visit(
        overloaded{
            [](const effect::status&) { return true; },
            [](const throttle&) { return true; },
            [](const lose_reply&) { return true; },
            [](const cut&) { return true; },
            [](const reset&) { return true; },
            [](const stall&) { return true; },
            [](const html_200&) { return true; },
            [](const auto&) { return false; }},
        what.effect
    );
}

void apply(const fault& what, response_plan& plan)
{
    using namespace effect;
    std::visit(
        overloaded{
            [&](const effect::status& e) { put_status(plan, e); },
            [&](const throttle& e) { put_throttle(plan, e); },
            [&](const lose_reply&) { break_off(plan, wire_ending::close, 0); },
            [&](const cut& e) { break_off(plan, wire_ending::close, e.at); },
            [&](const reset& e) { break_off(plan, wire_ending::reset, e.at); },
            [&](const stall& e) { break_off(plan, wire_ending::stall, e.at); },
            [&](const html_200&) {
                put_body(plan, 200, "text/html", "<html><body>Down for maintenance</body></html>");
            },
            [&](const delay& e) { plan.delay += e.by; },
            [&](const truncate_json& e) {
                plan.body.resize(plan.body.size() - std::min(plan.body.size(), e.missing));
            },
            [&](const header_bomb& e) { put_many_headers(plan, e.bytes); },
            [&](const huge_body& e) {
                if (plan.body.size() < e.bytes) plan.body.resize(e.bytes, ' ');
            },
            [&](const lie_about_length& e) { plan.declared_length = e.declared; },
            [&](const keep_members& e) {
                change_object(plan, [&](json::object& o) { keep_only(o, e.names); });
            },
            [&](const drop_members& e) {
                change_object(plan, [&](json::object& o) {
                    for (const std::string& name : e.names)
                        o.stable_erase(name);
                });
            },
            // These are the handlers' affair: they change what is listed or what becomes of a run.
            [](const malform_inline&) {},
            [](const unknown_row_status&) {},
            [](const repeat_cursor&) {},
            [](const drop_page_end&) {},
            [](const end_run&) {}},
        what.effect
    );
}

}  // namespace scrapingpros_mock
