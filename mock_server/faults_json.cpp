#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "faults.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

std::string_view std_view(json::string_view text)
{
    return {text.data(), text.size()};
}

/// One object of the input. Members that nobody asked for are errors: a misspelt member in a
/// test must not pass for a default.
class object_reader {
public:
    object_reader(const json::value& value, std::string path) : path_(std::move(path))
    {
        if (!value.is_object()) throw bad_fault{path_, "is no object"};
        object_ = &value.get_object();
    }

    const json::value* find(std::string_view name)
    {
        asked_.emplace_back(name);
        return object_->if_contains(json::string_view(name.data(), name.size()));
    }
    std::string path_of(std::string_view name) const { return path_ + "." + std::string(name); }

    std::string text(std::string_view name, std::string fallback)
    {
        const json::value* found = find(name);
        if (found == nullptr) return fallback;
        if (!found->is_string()) throw bad_fault{path_of(name), "is no string"};
        return std::string(std_view(found->get_string()));
    }

    std::uint64_t number(std::string_view name, std::uint64_t fallback)
    {
        const json::value* found = find(name);
        if (found == nullptr) return fallback;
        boost::system::error_code error;
        const auto value = found->to_number<std::uint64_t>(error);
        if (error) throw bad_fault{path_of(name), "is no whole number from 0 on"};
        return value;
    }

    std::vector<std::string> texts(std::string_view name)
    {
        const json::value* found = find(name);
        std::vector<std::string> out;
        if (found == nullptr || !found->is_array()) throw bad_fault{path_of(name), "is no array"};
        for (const json::value& each : found->get_array()) {
            if (!each.is_string()) throw bad_fault{path_of(name), "holds more than strings"};
            out.emplace_back(std_view(each.get_string()));
        }
        return out;
    }

    template <class Enum>
    Enum word(std::string_view name, std::map<std::string, Enum, std::less<>> words, Enum fallback)
    {
        if (object_->if_contains(json::string_view(name.data(), name.size())) == nullptr)
            return fallback;
        const std::string value = text(name, "");
        const auto found = words.find(value);
        if (found == words.end()) throw bad_fault{path_of(name), "is unknown: '" + value + "'"};
        return found->second;
    }

    void finish() const
    {
        for (const auto& member : *object_) {
            const std::string_view name = std_view(member.key());
            if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
                throw bad_fault{path_of(name), "is unknown"};
        }
    }

private:
    const json::object* object_ = nullptr;
    std::string path_;
    std::vector<std::string> asked_;
};

std::vector<header> read_headers(object_reader& in)
{
    std::vector<header> headers;
    const json::value* found = in.find("headers");
    if (found == nullptr) return headers;
    if (!found->is_object()) throw bad_fault{in.path_of("headers"), "is no object"};
    for (const auto& member : found->get_object()) {
        if (!member.value().is_string())
            throw bad_fault{in.path_of("headers"), "holds more than strings"};
        headers.push_back(
            {std::string(std_view(member.key())),
             std::string(std_view(member.value().get_string()))}
        );
    }
    return headers;
}

duration read_milliseconds(object_reader& in, std::string_view name, duration fallback)
{
    const auto given = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(fallback).count()
    );
    return std::chrono::milliseconds{in.number(name, given)};
}

fault_effect read_status(object_reader& in)
{
    effect::status made;
    made.code = static_cast<unsigned>(in.number("code", made.code));
    if (made.code < 100 || made.code > 599) throw bad_fault{in.path_of("code"), "is no status"};
    made.form = in.word<body_form>(
        "form",
        {{"detail", body_form::detail},
         {"message", body_form::message},
         {"html", body_form::html},
         {"empty", body_form::empty}},
        made.form
    );
    made.text = in.text("text", made.text);
    made.headers = read_headers(in);
    return made;
}

fault_effect read_malform_inline(object_reader& in)
{
    effect::malform_inline made;
    made.form = in.word<inline_form>(
        "form",
        {{"string", inline_form::string},
         {"array", inline_form::array},
         {"empty_object", inline_form::empty_object},
         {"missing_message", inline_form::missing_message},
         {"null", inline_form::null},
         {"absent", inline_form::absent}},
        made.form
    );
    if (in.find("row") != nullptr) made.row = in.number("row", 0);
    return made;
}

fault_effect read_unknown_row_status(object_reader& in)
{
    effect::unknown_row_status made;
    made.row = in.number("row", made.row);
    made.word = in.text("word", made.word);
    return made;
}

fault_effect read_end_run(object_reader& in)
{
    effect::end_run made;
    made.as = in.word<run_end>(
        "as", {{"failed", run_end::failed}, {"cancelled", run_end::cancelled}}, made.as
    );
    made.after = read_milliseconds(in, "after_ms", made.after);
    return made;
}

template <class Effect>
fault_effect read_place(object_reader& in)
{
    return Effect{in.number("at", 0)};
}

using effect_reader = std::function<fault_effect(object_reader&)>;

const std::map<std::string, effect_reader, std::less<>>& effect_readers()
{
    using namespace effect;
    static const std::map<std::string, effect_reader, std::less<>> readers{
        {"status", read_status},
        {"throttle", [](auto& in) { return throttle{in.text("retry_after", "1")}; }},
        {"lose_reply", [](auto&) { return lose_reply{}; }},
        {"cut", read_place<cut>},
        {"reset", read_place<reset>},
        {"stall", read_place<stall>},
        {"html_200", [](auto&) { return html_200{}; }},
        {"delay", [](auto& in) { return delay{read_milliseconds(in, "by_ms", duration{0})}; }},
        {"truncate_json", [](auto& in) { return truncate_json{in.number("missing", 1)}; }},
        {"header_bomb", [](auto& in) { return header_bomb{in.number("bytes", 200'000)}; }},
        {"huge_body", [](auto& in) { return huge_body{in.number("bytes", 1'000'000)}; }},
        {"lie_about_length", [](auto& in) { return lie_about_length{in.number("declared", 0)}; }},
        {"keep_members", [](auto& in) { return keep_members{in.texts("names")}; }},
        {"drop_members", [](auto& in) { return drop_members{in.texts("names")}; }},
        {"malform_inline", read_malform_inline},
        {"unknown_row_status", read_unknown_row_status},
        {"repeat_cursor", [](auto&) { return repeat_cursor{}; }},
        {"drop_page_end", [](auto&) { return drop_page_end{}; }},
        {"end_run", read_end_run},
    };
    return readers;
}

occurrence read_occurrence(object_reader& in)
{
    const json::value* nth = in.find("nth");
    if (nth == nullptr) return {};
    if (nth->is_string() && nth->get_string() == "every") return occurrence::every();
    if (nth->is_object()) {
        object_reader range{*nth, in.path_of("nth")};
        const occurrence made{range.number("from", 1), range.number("to", occurrence::every().to)};
        range.finish();
        return made;
    }
    return occurrence::nth(in.number("nth", 1));
}

fault_effect read_effect(object_reader& in)
{
    const json::value* found = in.find("effect");
    const std::string path = in.path_of("effect");
    if (found == nullptr) throw bad_fault{path, "is missing"};
    object_reader body{*found, path};
    const std::string kind = body.text("kind", "");
    const auto reader = effect_readers().find(kind);
    if (reader == effect_readers().end())
        throw bad_fault{path + ".kind", "is unknown: '" + kind + "'"};
    fault_effect made = reader->second(body);
    body.finish();
    return made;
}

fault read_fault(const json::value& value, std::string path)
{
    object_reader in{value, std::move(path)};
    fault made;
    const std::string name = in.text("operation", "any");
    const auto on = operation_named(name);
    if (!on || on == operation::control)
        throw bad_fault{in.path_of("operation"), "is unknown: '" + name + "'"};
    made.on = *on;
    made.when = read_occurrence(in);
    made.phase = in.word<fault_phase>(
        "phase", {{"before", fault_phase::before}, {"after", fault_phase::after}}, made.phase
    );
    made.effect = read_effect(in);
    in.finish();
    return made;
}

}  // namespace

bad_fault::bad_fault(std::string where, const std::string& why)
    : std::invalid_argument(where + " " + why), path(std::move(where))
{
}

std::vector<fault> parse_faults(std::string_view text)
{
    boost::system::error_code error;
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !parsed.is_array()) throw bad_fault{"$", "is no JSON array"};
    std::vector<fault> faults;
    for (const json::value& each : parsed.get_array())
        faults.push_back(read_fault(each, "$[" + std::to_string(faults.size()) + "]"));
    return faults;
}

}  // namespace scrapingpros_mock
