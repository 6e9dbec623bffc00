#include <map>
#include <string>
#include <vector>

#include "control/control.hpp"
#include "control/routes.hpp"
#include "json_out.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

void write_parameter(json_writer& out, std::string_view name, std::string_view in, bool required)
{
    out.begin_object().member("name", name).member("in", in).member("required", required);
    out.raw_member("schema", R"({"type":"string"})").end_object();
}

void write_parameters(json_writer& out, std::string_view path, const control_route& route)
{
    out.key("parameters").begin_array();
    for (const std::string_view step : split(path, '/'))
        if (step.starts_with('{'))
            write_parameter(out, step.substr(1, step.size() - 2), "path", true);
    for (const std::string_view name : route.query)
        write_parameter(out, name, "query", false);
    out.end_array();
}

void write_operation(json_writer& out, std::string_view path, const control_route& route)
{
    out.key(lower(route.method)).begin_object().member("summary", route.summary);
    write_parameters(out, path, route);
    if (route.body != takes::nothing) {
        out.key("requestBody")
            .begin_object()
            .member("required", true)
            .key("content")
            .begin_object();
        out.key("application/json").begin_object().raw_member("schema", route.schema);
        out.end_object().end_object().end_object();
    }
    out.key("responses").begin_object();
    out.key("2XX").begin_object().member("description", "done").end_object();
    out.key("4XX").begin_object().member("description", "refused").key("content").begin_object();
    out.key("application/json").begin_object();
    out.raw_member("schema", R"({"$ref":"#/components/schemas/error"})");
    out.end_object().end_object().end_object().end_object().end_object();
}

/// Each path with the routes that share it, in the order of the table.
std::vector<std::pair<std::string, std::vector<const control_route*>>> by_path()
{
    std::vector<std::pair<std::string, std::vector<const control_route*>>> all;
    const auto add = [&](std::string path, const control_route& route) {
        for (auto& [known, routes] : all)
            if (known == path) return routes.push_back(&route);
        all.push_back({std::move(path), {&route}});
    };
    for (const control_route& each : control_routes()) {
        add("/__mock/v1" + std::string(each.path), each);
        if (each.where == scope::of_tenant)
            add("/__mock/v1/tenants/{tenant}" + std::string(each.path), each);
    }
    return all;
}

void write_error_schema(json_writer& out)
{
    out.key("components").begin_object().key("schemas").begin_object();
    out.key("error").begin_object().member("type", "object").key("properties").begin_object();
    out.key("code").begin_object().member("type", "string").key("enum").begin_array();
    std::string meanings;
    for (const error_code_text& each : control_error_codes()) {
        out.value(each.code);
        meanings.append(each.code).append(" (").append(std::to_string(each.status)).append("): ");
        meanings.append(each.meaning).append("\n");
    }
    out.end_array().member("description", meanings).end_object();
    for (const char* name : {"message", "path", "hint"})
        out.raw_member(name, R"({"type":"string"})");
    out.end_object().end_object().end_object().end_object();
}

}  // namespace

std::string openapi_json()
{
    json_writer out;
    out.begin_object().member("openapi", "3.1.0").key("info").begin_object();
    out.member("title", "Control API of scrapingpros-mock").member("version", "1");
    out.member(
        "description",
        "A path without a tenant speaks of the first one. No key is needed: the mock listens on "
        "loopback."
    );
    out.end_object().key("paths").begin_object();
    for (const auto& [path, routes] : by_path()) {
        out.key(path).begin_object();
        for (const control_route* each : routes)
            write_operation(out, path, *each);
        out.end_object();
    }
    out.end_object();
    write_error_schema(out);
    return out.end_object().take();
}

}  // namespace scrapingpros_mock
