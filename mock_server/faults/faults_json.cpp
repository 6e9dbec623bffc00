#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cmath>
#include <utility>

#include "faults/fault_codes.hpp"
#include "faults/object_reader.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::array<std::pair<std::string_view, fault_phase>, 7> phase_words{{
    {"before-effect", fault_phase::before},
    {"after-effect", fault_phase::after},
    {"response-head", fault_phase::response_head},
    {"response-body", fault_phase::response_body},
    {"response-end", fault_phase::response_end},
    {"before", fault_phase::before},
    {"after", fault_phase::after},
}};

/// The names of the scenario file; ours are known besides.
constexpr std::array<std::pair<std::string_view, operation>, 11> dotted_names{{
    {"collection.create", operation::create},
    {"collection.list", operation::list_collections},
    {"collection.get", operation::get_collection},
    {"collection.update", operation::update_collection},
    {"collection.delete", operation::delete_collection},
    {"run.start", operation::start_run},
    {"run.list", operation::list_runs},
    {"run.get", operation::get_run},
    {"run.cancel", operation::cancel_run},
    {"jobs.list", operation::list_jobs},
    {"job.result", operation::get_result},
}};

occurrence read_range(const json::value& value, const std::string& path)
{
    if (value.is_object()) {
        object_reader range{value, path};
        const occurrence made{range.number("from", 1), range.number("to", occurrence::every().to)};
        range.finish();
        if (made.from < 1 || made.from > made.to) throw bad_fault{path, "is an empty range"};
        return made;
    }
    boost::system::error_code error;
    const auto number = value.to_number<std::uint64_t>(error);
    if (error || number < 1) throw bad_fault{path, "is no whole number from 1 on"};
    return occurrence::nth(number);
}

/// A number, a range, or an array of them.
ordinals read_ordinals(object_reader& in, std::string_view name)
{
    const json::value* found = in.find(name);
    if (found == nullptr) return {};
    const std::string path = in.path_of(name);
    if (!found->is_array()) return ordinals{{read_range(*found, path)}};
    if (found->get_array().empty()) throw bad_fault{path, "chooses nothing"};
    std::vector<occurrence> chosen;
    for (const json::value& each : found->get_array())
        chosen.push_back(read_range(each, path + "[" + std::to_string(chosen.size()) + "]"));
    return ordinals{std::move(chosen)};
}

/// A part of one, from 0 to 1, in millionths.
std::optional<std::uint32_t> read_part(object_reader& in, std::string_view name)
{
    const json::value* found = in.find(name);
    if (found == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto part = found->to_number<double>(error);
    if (error || !(part >= 0.0 && part <= 1.0))
        throw bad_fault{in.path_of(name), "is no number from 0 to 1"};
    return static_cast<std::uint32_t>(std::lround(part * 1e6));
}

void read_moment(
    object_reader& in,
    std::string_view name,
    std::optional<time_point>& stamp,
    std::optional<duration>& since_first
)
{
    if (in.find(name) == nullptr) return;
    const std::string text = in.text(name, "");
    since_first = parse_duration(text);
    if (!since_first) stamp = parse_iso(text);
    if (!since_first && !stamp)
        throw bad_fault{
            in.path_of(name),
            "is no time: " + shown(text),
            "write a stamp such as 2026-06-01T10:00:00Z, or a duration such as 90s from the first "
            "request on"};
}

fault_trigger read_trigger(object_reader& of)
{
    fault_trigger made;
    const json::value* found = of.find("when");
    if (found == nullptr) return made;
    object_reader in{*found, of.path_of("when")};
    made.nth = read_ordinals(in, "nth");
    made.attempt = read_ordinals(in, "attempt");
    made.page = read_ordinals(in, "page");
    made.connection = read_ordinals(in, "connection");
    made.request_on_connection = read_ordinals(in, "request_on_connection");
    made.probability = read_part(in, "probability").value_or(made.probability);
    made.after_terminal = in.truth("after_terminal", false);
    if (const json::value* time = in.find("time")) {
        object_reader window{*time, in.path_of("time")};
        read_moment(window, "from", made.from, made.after);
        read_moment(window, "until", made.until, made.before);
        window.finish();
    }
    const std::string header = in.text("header", "");
    const std::size_t colon = header.find(':');
    made.header = header.substr(0, colon);
    if (colon != header.npos) {
        const std::size_t value = header.find_first_not_of(' ', colon + 1);
        made.header_value = value == header.npos ? std::string{} : header.substr(value);
    }
    in.finish();
    return made;
}

void read_target(object_reader& in, fault& made)
{
    const std::string name = in.text("on", "any");
    if (name == "connect" || name == "tls") {
        made.layer = name == "tls" ? fault_layer::tls : fault_layer::connect;
        return;
    }
    std::vector<std::string_view> known{"any", "connect", "tls"};
    for (const auto& [dotted, on] : dotted_names) {
        known.push_back(dotted);
        if (dotted != name) continue;
        made.on = on;
        return;
    }
    if (const auto on = operation_named(name)) {
        made.on = *on;
        return;
    }
    throw bad_fault{in.path_of("on"), "is unknown: " + shown(name), near_word_hint(name, known)};
}

void check_phase(const fault_code& code, fault_phase phase, const std::string& path)
{
    if (code.allows(phase)) return;
    std::string allowed;
    for (std::size_t i = 0; i < 5; ++i)
        if (code.allows(phase_words[i].second))
            allowed += (allowed.empty() ? "" : ", ") + std::string(phase_words[i].first);
    throw bad_fault{
        path, "is no phase for '" + std::string(code.name) + "'", "its phases: " + allowed};
}

fault_phase phase_named(std::string_view word, const std::string& path)
{
    std::vector<std::string_view> known;
    for (const auto& [name, phase] : phase_words) {
        known.push_back(name);
        if (name == word) return phase;
    }
    throw bad_fault{path, "is unknown: " + shown(word), near_word_hint(word, known)};
}

void read_place(object_reader& in, fault& made)
{
    if (in.find("at") != nullptr) made.at = in.number("at", 0);
    made.fraction = read_part(in, "fraction");
    const bool in_head = made.phase == fault_phase::response_head;
    const bool in_body = made.phase == fault_phase::response_body;
    if (made.at && !in_head && !in_body)
        throw bad_fault{in.path_of("at"), "belongs to the phases response-head and response-body"};
    if (made.fraction && !in_body)
        throw bad_fault{in.path_of("fraction"), "belongs to the phase response-body"};
    if (made.at && made.fraction)
        throw bad_fault{in.path_of("fraction"), "stands beside 'at'", "one of the two will do"};
}

void read_budget(object_reader& in, fault& made)
{
    // A trigger that chooses attempts or requests by number says how often as well.
    made.times = 1;
    if (made.only.probability < 1'000'000) made.times.reset();
    for (const ordinals* chosen : {&made.only.nth, &made.only.attempt})
        if (!chosen->chooses_all()) made.times = chosen->count();
    const json::value* found = in.find("times");
    if (found == nullptr) return;
    if (found->is_string() && found->get_string() == "unlimited") {
        made.times.reset();
        return;
    }
    if (found->is_string())
        throw bad_fault{in.path_of("times"), "is no number and not 'unlimited'"};
    made.times = in.number("times", 1);
    if (*made.times == 0) throw bad_fault{in.path_of("times"), "is 0: it would never strike"};
}

fault read_fault(object_reader& in)
{
    fault made;
    made.when = occurrence::every();
    made.id = in.text("id", "");
    read_target(in, made);
    made.only = read_trigger(in);
    made.code = in.text("do", "");
    read_code read = read_fault_code(made.code, made.layer, in.path_of("do"));
    made.effect = std::move(read.effect);
    made.phase = read.known->usual;
    if (in.find("phase") != nullptr)
        made.phase = phase_named(in.text("phase", ""), in.path_of("phase"));
    check_phase(*read.known, made.phase, in.path_of("phase"));
    const operation needs = read.known->needs;
    if (needs != operation::any && made.on != operation::any && made.on != needs)
        throw bad_fault{
            in.path_of("do"),
            "does nothing on this operation",
            "it belongs on " + std::string(name_of(needs))};
    read_place(in, made);
    read_budget(in, made);
    made.must_fire = in.truth("must_fire", false);
    in.finish();
    return made;
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

/// `{"operation":…,"nth":…,"phase":…,"effect":{"kind":…}}`, from before there were codes.
fault read_older_fault(object_reader& in)
{
    fault made;
    const std::string name = in.text("operation", "any");
    const auto on = operation_named(name);
    if (!on) throw bad_fault{in.path_of("operation"), "is unknown: " + shown(name)};
    made.on = *on;
    made.when = read_occurrence(in);
    made.phase = in.word<fault_phase>(
        "phase", {{"before", fault_phase::before}, {"after", fault_phase::after}}, made.phase
    );
    made.effect = read_effect_object(in);
    in.finish();
    return made;
}

void check_against(const std::vector<fault>& earlier, const fault& made, const std::string& path)
{
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        const fault& other = earlier[i];
        if (!made.id.empty() && made.id == other.id)
            throw bad_fault{path + ".id", "is the id of $[" + std::to_string(i) + "] as well"};
        if (!ends_reply(made) || !ends_reply(other) || !may_coincide(made, other)) continue;
        const auto named = [](const fault& what, const std::string& place) {
            return what.id.empty() ? place : "fault '" + what.id + "'";
        };
        throw bad_fault{
            path,
            "(" + named(made, "this fault") + ") would end the same replies as " +
                named(other, "$[" + std::to_string(i) + "]"),
            "give them triggers that no request meets both of"};
    }
}

}  // namespace

bad_fault::bad_fault(std::string where, const std::string& why, std::string what_was_meant)
    : std::invalid_argument(
          where + " " + why + (what_was_meant.empty() ? "" : " (" + what_was_meant + ")")
      ),
      path(std::move(where)), hint(std::move(what_was_meant))
{
}

std::vector<fault> parse_faults(std::string_view text)
{
    boost::system::error_code error;
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !parsed.is_array()) throw bad_fault{"$", "is no JSON array"};
    std::vector<fault> faults;
    for (const json::value& each : parsed.get_array()) {
        const std::string path = "$[" + std::to_string(faults.size()) + "]";
        object_reader in{each, path};
        fault made;
        if (in.find("do") != nullptr)
            made = read_fault(in);
        else if (in.find("effect") != nullptr)
            made = read_older_fault(in);
        else
            throw bad_fault{path + ".do", "is missing"};
        check_against(faults, made, path);
        faults.push_back(std::move(made));
    }
    return faults;
}

fault parse_fault_header(std::string_view text)
{
    const std::string path = "X-Mock-Fault";
    fault made;
    made.when = occurrence::every();
    const std::size_t at = text.rfind('@');
    made.code = std::string(text);
    read_code read = read_fault_code(text.substr(0, at), fault_layer::http, path);
    made.effect = std::move(read.effect);
    made.phase = read.known->usual;
    if (at == text.npos) return made;
    const std::string_view phase = text.substr(at + 1);
    const std::size_t colon = phase.find(':');
    made.phase = phase_named(phase.substr(0, colon), path);
    check_phase(*read.known, made.phase, path);
    if (colon == phase.npos) return made;
    const std::string_view place = phase.substr(colon + 1);
    const bool in_body = made.phase == fault_phase::response_body;
    if (!in_body && made.phase != fault_phase::response_head)
        throw bad_fault{path, "has a place in a phase that has none"};
    made.at = number_in<std::size_t>(place);
    if (made.at) return made;
    // "0.25", by its digits: no more than six are of use.
    const auto digits = place.size() > 2 && place.size() <= 8 && place.starts_with("0.")
                            ? number_in<std::uint32_t>(place.substr(2))
                            : std::nullopt;
    if (!digits || !in_body)
        throw bad_fault{path, "has no place that is a number of bytes or, in a body, a part: 0.5"};
    made.fraction = *digits;
    for (std::size_t i = place.size(); i < 8; ++i)
        *made.fraction *= 10;
    return made;
}

}  // namespace scrapingpros_mock
