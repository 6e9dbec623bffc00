#include "faults/json_damage.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <functional>
#include <variant>
#include <vector>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

struct every_element {};
struct last_element {};
using path_step = std::variant<std::string, std::size_t, every_element, last_element>;

/// `items[0].status` in steps; nothing if the text is no path.
std::optional<std::vector<path_step>> parse_path(std::string_view text)
{
    std::vector<path_step> steps;
    bool name_may_come = true;
    while (!text.empty()) {
        if (text.front() == '[') {
            const std::size_t end = text.find(']');
            if (end == text.npos) return std::nullopt;
            const std::string_view inside = text.substr(1, end - 1);
            if (inside == "*")
                steps.emplace_back(every_element{});
            else if (inside == "last")
                steps.emplace_back(last_element{});
            else if (const auto index = number_in<std::size_t>(inside))
                steps.emplace_back(*index);
            else
                return std::nullopt;
            text.remove_prefix(end + 1);
            name_may_come = false;
            continue;
        }
        if (text.front() == '.') {
            if (name_may_come) return std::nullopt;
            text.remove_prefix(1);
            if (text.empty()) return std::nullopt;
        } else if (!name_may_come) {
            return std::nullopt;
        }
        const std::size_t end = std::min(text.find_first_of(".["), text.size());
        if (end == 0) return std::nullopt;
        steps.emplace_back(std::string(text.substr(0, end)));
        text.remove_prefix(end);
        name_may_come = false;
    }
    if (steps.empty()) return std::nullopt;
    return steps;
}

/// Stands in a document for text that Boost.JSON would not write.
const std::string raw_mark = "\x01mock raw value\x01";

/// Calls `change(parent, step)` for each place that the path names and counts those that took it.
class path_walker {
public:
    using change = std::function<bool(json::value& parent, const path_step& last)>;

    path_walker(const std::vector<path_step>& steps, change what)
        : steps_(steps), change_(std::move(what))
    {
    }

    std::size_t walk(json::value& at, std::size_t depth = 0)
    {
        std::size_t changed = 0;
        for (const path_step& step : concrete(at, steps_[depth])) {
            json::value* next = child(at, step);
            if (next == nullptr) continue;
            if (depth + 1 == steps_.size())
                changed += change_(at, step) ? 1 : 0;
            else
                changed += walk(*next, depth + 1);
        }
        return changed;
    }

    static json::value* child(json::value& at, const path_step& step)
    {
        if (const auto* name = std::get_if<std::string>(&step))
            return at.is_object() ? at.get_object().if_contains(*name) : nullptr;
        if (const auto* index = std::get_if<std::size_t>(&step))
            return at.is_array() ? at.get_array().if_contains(*index) : nullptr;
        return nullptr;
    }

private:
    static std::vector<path_step> concrete(const json::value& at, const path_step& step)
    {
        const bool every = std::holds_alternative<every_element>(step);
        if (!every && !std::holds_alternative<last_element>(step)) return {step};
        if (!at.is_array() || at.get_array().empty()) return {};
        const std::size_t size = at.get_array().size();
        std::vector<path_step> out;
        for (std::size_t i = every ? 0 : size - 1; i < size; ++i)
            out.emplace_back(i);
        return out;
    }

    const std::vector<path_step>& steps_;
    change change_;
};

/// Rewrites the document; `raw` goes where the change has put the mark.
bool change_at(
    std::string& body, std::string_view path, const path_walker::change& what, std::string_view raw
)
{
    const auto steps = parse_path(path);
    boost::system::error_code error;
    json::value document = json::parse(json::string_view(body.data(), body.size()), error);
    if (!steps || error || path_walker{*steps, what}.walk(document) == 0) return false;
    body = json::serialize(document);
    const std::string mark = json::serialize(json::value(raw_mark));
    for (std::size_t at = 0; (at = body.find(mark, at)) != body.npos; at += raw.size())
        body.replace(at, mark.size(), raw);
    return true;
}

/// Each value at the path becomes this JSON text.
bool replace_at(std::string& body, std::string_view path, std::string_view raw)
{
    const auto put = [](json::value& parent, const path_step& step) {
        *path_walker::child(parent, step) = raw_mark;
        return true;
    };
    return change_at(body, path, put, raw);
}

bool drop_at(std::string& body, std::string_view path)
{
    const auto drop = [](json::value& parent, const path_step& step) {
        if (const auto* name = std::get_if<std::string>(&step)) {
            json::object& object = parent.get_object();
            object.stable_erase(object.find(*name));
        } else {
            json::array& array = parent.get_array();
            array.erase(array.begin() + static_cast<std::ptrdiff_t>(std::get<std::size_t>(step)));
        }
        return true;
    };
    return change_at(body, path, drop, {});
}

void put_other_type(json::value& value)
{
    switch (value.kind()) {
    case json::kind::string: value = 7; break;
    case json::kind::bool_: value = value.get_bool() ? "true" : "false"; break;
    case json::kind::null: value.emplace_object(); break;
    case json::kind::array: value.emplace_object(); break;
    case json::kind::object: value.emplace_array(); break;
    default: value = json::serialize(value); break;
    }
}

bool retype_at(std::string& body, std::string_view path)
{
    const auto retype = [](json::value& parent, const path_step& step) {
        put_other_type(*path_walker::child(parent, step));
        return true;
    };
    return change_at(body, path, retype, {});
}

bool lessen_at(std::string& body, std::string_view path)
{
    const auto lessen = [](json::value& parent, const path_step& step) {
        json::value& value = *path_walker::child(parent, step);
        if (!value.is_int64() || value.get_int64() < 1) return false;
        --value.get_int64();
        return true;
    };
    return change_at(body, path, lessen, {});
}

bool is_object(std::string_view body)
{
    return body.size() >= 2 && body.front() == '{' && body.back() == '}';
}

/// `name` and its JSON become the first member.
bool put_first(std::string& body, std::string_view name, const std::string& value)
{
    if (!is_object(body)) return false;
    const bool alone = body.find_first_not_of(" \t\r\n", 1) == body.size() - 1;
    body.insert(1, '"' + std::string(name) + "\":" + value + (alone ? "" : ","));
    return true;
}

bool repeat_first_key(std::string& body)
{
    boost::system::error_code error;
    const json::value document = json::parse(json::string_view(body.data(), body.size()), error);
    if (error || !document.is_object() || document.get_object().empty()) return false;
    const auto key = document.get_object().begin()->key();
    return put_first(body, std::string_view(key.data(), key.size()), R"("the first of two")");
}

bool add_unknown_members(std::string& body)
{
    const auto add = [](json::value& parent, const path_step& step) {
        json::value& row = *path_walker::child(parent, step);
        if (!row.is_object()) return false;
        row.get_object()["brand_new_field"] = json::value{{"x", 1}};
        return true;
    };
    change_at(body, "items[*]", add, {});
    return put_first(body, "brand_new_member", R"([{"x":[null,1.5e300]}])");
}

std::string drifted(const row_drift& what)
{
    switch (what.as) {
    case row_drift::form::text: return R"("[\"cloudflare\"]")";
    case row_drift::form::csv: return R"("a,b")";
    case row_drift::form::floating: return "1370.5";
    case row_drift::form::null: break;
    }
    return "null";
}

}  // namespace

bool is_json_path(std::string_view text)
{
    return parse_path(text).has_value();
}

bool apply(const json_damage& what, std::string& body)
{
    using enum json_damage::kind;
    if (body.empty()) return false;
    switch (what.what) {
    case cut: body.resize(body.size() / 2); return true;
    case tail: body += "}]garbage"; return true;
    case dup_key: return repeat_first_key(body);
    case nan: return put_first(body, "not_a_number", "NaN");
    case deep:
        return put_first(
            body, "deep", std::string(what.number, '[') + std::string(what.number, ']')
        );
    case bad_utf8: return put_first(body, "bad_utf8", "\"\xc3\x28 \xff\"");
    case lone_surrogate: return put_first(body, "lone_surrogate", R"("\ud800 ")");
    case bom: body.insert(0, "\xef\xbb\xbf"); return true;
    case extra: return add_unknown_members(body);
    case null: return replace_at(body, what.path, "null");
    case drop: return drop_at(body, what.path);
    case type: return retype_at(body, what.path);
    case bigint: return replace_at(body, what.path, "1234567890123456789012345678901234567890");
    case less: return lessen_at(body, what.path);
    case text: return replace_at(body, what.path, json::serialize(json::value(what.word)));
    }
    return false;
}

bool apply(const row_drift& what, std::string& body)
{
    const std::string row = what.row ? std::to_string(*what.row) : "*";
    return replace_at(body, "items[" + row + "]." + what.member, drifted(what));
}

}  // namespace scrapingpros_mock
