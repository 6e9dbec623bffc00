#include "control/control.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "control/routes.hpp"
#include "json_out.hpp"
#include "limits/option_reader.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace urls = boost::urls;

constexpr std::string_view base = "/__mock";

struct target {
    std::vector<std::string> steps;
    std::map<std::string, std::string, std::less<>> query;
};

target read_target(std::string_view text)
{
    const auto url = urls::parse_origin_form(urls::string_view(text.data(), text.size()));
    if (!url) throw control_error{400, "E_TARGET", "the request target is no URL"};
    target out;
    for (const auto& each : url->encoded_segments())
        out.steps.push_back(each.decode());
    // "/__mock/" is "/__mock".
    if (out.steps.size() > 1 && out.steps.back().empty()) out.steps.pop_back();
    for (const auto& each : url->encoded_params()) {
        const auto [place, is_new] = out.query.emplace(each.key.decode(), each.value.decode());
        if (!is_new) throw control_error{400, "E_QUERY", "'" + place->first + "' is there twice"};
    }
    const auto broken = [](const std::string& s) { return !is_utf8(s); };
    const bool bad = std::any_of(out.steps.begin(), out.steps.end(), broken) ||
                     std::any_of(out.query.begin(), out.query.end(), [&](const auto& each) {
                         return broken(each.first) || broken(each.second);
                     });
    if (bad) throw control_error{400, "E_TARGET", "the request target is no UTF-8"};
    return out;
}

using steps_view = std::span<const std::string>;

bool matches(std::string_view path, steps_view steps, control_call& into)
{
    const auto wanted = path.empty() ? std::vector<std::string_view>{} : split(path.substr(1), '/');
    if (wanted.size() != steps.size()) return false;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (wanted[i].front() != '{' && wanted[i] != steps[i]) return false;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (wanted[i].front() == '{')
            into.path[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = steps[i];
    return true;
}

void read_body(const control_route& where, control_call& c)
{
    if (where.body == takes::any_text) return;
    if (where.body == takes::nothing) {
        if (!c.in.body.empty()) throw control_error{400, "E_BODY", "this route takes no body"};
        return;
    }
    if (c.in.body.empty()) throw control_error{400, "E_BODY", "this route needs a JSON body"};
    c.body = parse_json(c.in.body);
}

void check_query(const control_route& where, const control_call& c)
{
    for (const auto& [name, value] : c.query)
        if (std::find(where.query.begin(), where.query.end(), name) == where.query.end())
            throw control_error{
                400,
                "E_QUERY",
                "unknown parameter '" + name + "'",
                name,
                suggest(name, std::span{where.query})};
}

exchange dispatch(control_call& c, steps_view steps)
{
    steps_view own = steps;
    c.who = c.host.first();
    std::string named;
    if (steps.size() >= 2 && steps[0] == "tenants") {
        own = steps.subspan(2);
        named = steps[1];
    }
    std::string others;
    for (const control_route& each : control_routes()) {
        const bool of_tenant = each.where == scope::of_tenant;
        if (!matches(each.path, of_tenant ? own : steps, c)) continue;
        if (each.method != c.in.method) {
            others.append(others.empty() ? "" : ", ").append(each.method);
            continue;
        }
        if (of_tenant && !named.empty()) c.who = c.host.find(named);
        if (c.who == nullptr)
            throw control_error{404, "E_NOT_FOUND", "there is no tenant '" + named + "'"};
        read_body(each, c);
        check_query(each, c);
        return each.handle(c);
    }
    if (!others.empty()) throw control_error{405, "E_METHOD", "this path takes " + others};
    throw control_error{
        404, "E_NO_ROUTE", "no such route", {}, "GET /__mock/v1/openapi.json lists them"};
}

exchange refuse(const control_error& error)
{
    json_writer out;
    out.begin_object().member("code", error.code).member("message", error.what());
    out.member("path", error.path).member("hint", error.hint).end_object();
    return json_exchange(out.take(), error.status);
}

}  // namespace

exchange json_exchange(std::string body, unsigned status)
{
    response_plan plan;
    plan.status = status;
    plan.headers.push_back({"Content-Type", "application/json"});
    plan.headers.push_back({"Cache-Control", "no-store"});
    plan.body = std::move(body);
    return plan;
}

std::optional<std::string> control_call::find_query(std::string_view name) const
{
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
}

std::uint64_t control_call::number(std::string_view name, std::string_view text) const
{
    const auto read = number_in<std::uint64_t>(text);
    if (!read)
        throw control_error{
            400,
            "E_QUERY",
            "expected a whole number, not '" + std::string(text) + "'",
            std::string(name)};
    return *read;
}

bool control_api::is_meant(const request& what) noexcept
{
    const std::string_view target = what.target;
    return target.starts_with(base) && (target.size() == base.size() ||
                                        target[base.size()] == '/' || target[base.size()] == '?');
}

exchange control_api::answer(const request& what)
{
    try {
        target asked = read_target(what.target);
        control_call c{host_, options_, what};
        c.query = std::move(asked.query);
        const steps_view steps = asked.steps;
        if (steps.size() == 1 && what.method == "GET") return get_live_page(c);
        if (steps.size() < 2 || steps[1] != "v1")
            throw control_error{
                404, "E_NO_ROUTE", "no such route", {}, "paths begin with /__mock/v1"};
        return dispatch(c, steps.subspan(2));
    } catch (const control_error& error) {
        return refuse(error);
    } catch (const bad_scenario& error) {
        return refuse({400, "E_BODY", error.message, error.path, error.hint});
    } catch (const bad_option& error) {
        return refuse({400, "E_BODY", error.what(), error.path});
    } catch (const std::exception& error) {
        return refuse({500, "E_INTERNAL", error.what()});
    }
}

}  // namespace scrapingpros_mock
