#include "plan_writer.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace scrapingpros_mock {

namespace {

bool names(const header& field, std::string_view name)
{
    return boost::beast::iequals(field.name, name);
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

}  // namespace

std::string_view reason_phrase(unsigned status) noexcept
{
    namespace http = boost::beast::http;
    const auto phrase = http::obsolete_reason(http::int_to_status(status));
    return phrase == "<unknown-status>" ? std::string_view{"Unknown"}
                                        : std::string_view{phrase.data(), phrase.size()};
}

wire_response write_plan(const response_plan& plan, response_form form)
{
    const bool close = plan.close || !form.keep_alive;
    const bool with_body = !form.head_only && !has_no_body(plan.status);

    wire_response out;
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
    if (with_body) out.bytes.append(plan.body);

    out.ending = plan.ending;
    if (plan.ending == wire_ending::complete) {
        out.close = close;
    } else {
        out.bytes.resize(std::min(plan.cut_at, out.bytes.size()));
    }
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
