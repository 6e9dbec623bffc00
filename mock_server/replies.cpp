#include "replies.hpp"

#include "json_out.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

std::string with_code(unsigned status, std::string_view text)
{
    const std::string_view code = status == 422   ? "invalid_request"
                                  : status == 404 ? "not_found"
                                  : status == 429 ? "too_many_requests"
                                  : status >= 500 ? "internal"
                                                  : "refused";
    json_writer out;
    out.begin_object().key("detail").begin_object();
    out.member("error_code", code).member("message", text);
    return out.end_object().end_object().take();
}

std::string problem_array(const std::vector<problem>& problems)
{
    json_writer out;
    out.begin_object().key("detail").begin_array();
    for (const problem& each : problems) {
        out.begin_object().member("type", each.type).key("loc").begin_array();
        for (const std::string& step : each.loc) {
            if (number_in<unsigned>(step))
                out.raw(step);
            else
                out.value(step);
        }
        out.end_array().member("msg", each.message).raw_member("input", each.input).end_object();
    }
    return out.end_array().end_object().take();
}

std::string one_member(std::string_view name, std::string_view text)
{
    return json_writer{}.begin_object().member(name, text).end_object().take();
}

}  // namespace

std::string_view phrase_of(unsigned status) noexcept
{
    switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Request body too large";
    case 422: return "Unprocessable Entity";
    case 429: return "Rate limit exceeded";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service temporarily unavailable";
    case 504: return "Gateway Timeout";
    default: return "Error";
    }
}

std::string html_page(unsigned status)
{
    const std::string title = std::to_string(status) + " " + std::string(phrase_of(status));
    return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body><center><h1>" + title +
           "</h1></center><hr><center>nginx</center></body>\r\n</html>\r\n";
}

reply detail_error(unsigned status, std::string_view text)
{
    return {.status = status, .body = one_member("detail", text), .headers = {}};
}

reply error(const switches& contract, unsigned status, std::string_view text)
{
    using enum choice::error_form;
    reply made{.status = status, .body = {}, .headers = {}};
    switch (contract.error_form) {
    case detail_array:
        if (status == 422) {
            made.body = problem_array({{"value_error", {"body"}, std::string(text)}});
            break;
        }
        [[fallthrough]];
    case detail_string: made.body = one_member("detail", text); break;
    case detail_object: made.body = with_code(status, text); break;
    case message_key: made.body = one_member("message", text); break;
    case html:
        made.body = html_page(status);
        made.content_type = "text/html";
        break;
    case empty: made.content_type.clear(); break;
    }
    return made;
}

reply invalid_body(const switches& contract, const std::vector<problem>& problems)
{
    using enum choice::error_form;
    if (contract.error_form == detail_string || contract.error_form == detail_array)
        return {.status = 422, .body = problem_array(problems), .headers = {}};
    const problem& first = problems.front();
    const bool missing = first.type == "missing";
    return error(
        contract, 422, first.loc.back() + (missing ? " is required" : ": " + first.message)
    );
}

}  // namespace scrapingpros_mock
