#include "server/plan_writer.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "text.hpp"

namespace scrapingpros_mock {

namespace {

bool names(const header& field, std::string_view name)
{
    return same_ignoring_case(field.name, name);
}

bool has(const response_plan& plan, std::string_view name)
{
    return std::any_of(plan.headers.begin(), plan.headers.end(), [&](const header& field) {
        return names(field, name);
    });
}

bool has_no_body(unsigned status)
{
    return status < 200 || status == 204 || status == 304;
}

void write_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

/// Where the parts of a response begin and end.
struct layout {
    std::size_t head = 0;
    std::size_t body = 0;
    std::size_t end = 0;

    std::size_t position_of(wire_place place) const
    {
        const auto in = [&](std::size_t from, std::size_t to) {
            return from + std::min(place.at, to - from);
        };
        switch (place.from) {
        case wire_place::origin::response: return in(0, end);
        case wire_place::origin::head: return in(head, body);
        case wire_place::origin::body: return in(body, end);
        case wire_place::origin::fraction: {
            const std::size_t size = end - body;
            const std::size_t part = std::min<std::size_t>(place.at, 1'000'000);
            return body + size / 1'000'000 * part + size % 1'000'000 * part / 1'000'000;
        }
        case wire_place::origin::end: break;
        }
        return end;
    }
};

std::optional<wire_step::kind> last_step(wire_ending ending)
{
    switch (ending) {
    case wire_ending::complete: break;
    case wire_ending::close: return wire_step::kind::close;
    case wire_ending::reset: return wire_step::kind::reset;
    case wire_ending::reset_now: return wire_step::kind::reset_now;
    case wire_ending::half_close: return wire_step::kind::half_close;
    case wire_ending::stall: return wire_step::kind::stall;
    }
    return std::nullopt;
}

/// Cuts the bytes and says step by step what happens to them.
void add_steps(const response_plan& plan, const layout& parts, wire_script& out)
{
    const auto last = last_step(plan.ending);
    if (last) {
        out.bytes.resize(parts.position_of({plan.cut_from, plan.cut_at}));
        out.close = false;
    }
    std::vector<std::pair<std::size_t, const wire_damage*>> marks;
    for (const wire_damage& each : plan.damages)
        if (each.what == wire_damage::kind::pause || each.what == wire_damage::kind::drip)
            marks.emplace_back(parts.position_of(each.at), &each);
    std::stable_sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    if (marks.empty() && !last) return;

    std::size_t sent = 0;
    wire_step send{};
    const auto send_up_to = [&](std::size_t position) {
        if (position == sent) return;
        send.size = position - sent;
        out.steps.push_back(send);
        sent = position;
    };
    for (const auto& [position, damage] : marks) {
        if (position > out.bytes.size()) break;
        send_up_to(position);
        if (damage->what == wire_damage::kind::drip) {
            send.piece = static_cast<std::size_t>(std::max<std::int64_t>(damage->number, 1));
            send.time = damage->time;
        } else {
            out.steps.push_back({.what = wire_step::kind::wait, .time = damage->time});
        }
    }
    send_up_to(out.bytes.size());
    if (last) out.steps.push_back({.what = *last});
}

wire_script write_damaged(const response_plan& plan, bool close, bool with_body)
{
    wire_draft draft;
    draft.status_line =
        "HTTP/1.1 " + std::to_string(plan.status) + " " + std::string(reason_phrase(plan.status));
    for (const header& field : plan.headers)
        draft.lines.push_back(field.name + ": " + field.value);
    if (plan.declared_length)
        draft.lines.push_back("Content-Length: " + std::to_string(*plan.declared_length));
    else if (!has_no_body(plan.status) && !has(plan, "Transfer-Encoding"))
        draft.lines.push_back("Content-Length: " + std::to_string(plan.body.size()));
    if (close && !has(plan, "Connection")) draft.lines.emplace_back("Connection: close");
    // What a damage does to the body it does to its length as well, so it works on the true one.
    draft.body = plan.body;
    for (const wire_damage& each : plan.damages)
        apply(each, draft);
    if (!with_body && draft.with_head) draft.body.clear();

    wire_script out;
    const layout parts = [&] {
        layout made;
        made.head = draft.before.size();
        out.bytes = draft.before + draft.head();
        made.body = out.bytes.size();
        out.bytes += draft.body;
        made.end = out.bytes.size();
        return made;
    }();
    out.close = close || draft.close;
    add_steps(plan, parts, out);
    return out;
}

}  // namespace

std::string_view reason_phrase(unsigned status) noexcept
{
    namespace http = boost::beast::http;
    const auto phrase = http::obsolete_reason(http::int_to_status(status));
    return phrase == "<unknown-status>" ? std::string_view{"Unknown"}
                                        : std::string_view{phrase.data(), phrase.size()};
}

wire_script write_plan(const response_plan& plan, response_form form)
{
    const bool close = plan.close || !form.keep_alive;
    const bool with_body = !form.head_only && !has_no_body(plan.status);
    if (!plan.damages.empty()) return write_damaged(plan, close, with_body);

    wire_script out;
    out.bytes.reserve(512 + (with_body ? plan.body.size() : 0));
    out.bytes.append("HTTP/1.1 ").append(std::to_string(plan.status)).append(" ");
    out.bytes.append(reason_phrase(plan.status)).append("\r\n");
    for (const auto& field : plan.headers)
        write_field(out.bytes, field.name, field.value);
    if (plan.declared_length) {
        write_field(out.bytes, "Content-Length", std::to_string(*plan.declared_length));
    } else if (!has_no_body(plan.status) && !has(plan, "Transfer-Encoding")) {
        write_field(out.bytes, "Content-Length", std::to_string(plan.body.size()));
    }
    if (close && !has(plan, "Connection")) write_field(out.bytes, "Connection", "close");
    out.bytes.append("\r\n");
    const layout parts{0, out.bytes.size(), out.bytes.size() + (with_body ? plan.body.size() : 0)};
    if (with_body) out.bytes.append(plan.body);
    out.close = close;
    if (plan.ending != wire_ending::complete) add_steps(plan, parts, out);
    return out;
}

response_plan refusal(unsigned status, std::string_view detail)
{
    response_plan plan;
    plan.status = status;
    plan.headers = {{.name = "Content-Type", .value = "application/json"}};
    plan.body = R"({"detail": ")";
    for (const char c : detail) {
        if (c == '"' || c == '\\') plan.body.push_back('\\');
        plan.body.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    plan.body += R"("})";
    plan.close = true;
    return plan;
}

}  // namespace scrapingpros_mock
