#ifndef SCRAPINGPROS_MOCK_FAULT_MAKERS_HPP
#define SCRAPINGPROS_MOCK_FAULT_MAKERS_HPP

// Private to fault_codes.cpp: what each code makes of its argument. They throw what is wrong with
// it, as a text that goes on from the code's name.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "faults/fault_codes.hpp"
#include "text.hpp"

namespace scrapingpros_mock::fault_makers {

using text = std::string_view;

[[noreturn]] inline void refuse(const std::string& why)
{
    throw std::invalid_argument{why};
}

inline std::uint64_t number(text given, std::uint64_t least, std::uint64_t most)
{
    const auto value = number_in<std::uint64_t>(given);
    if (!value || *value < least || *value > most)
        refuse(
            "needs a whole number from " + std::to_string(least) + " to " + std::to_string(most)
        );
    return *value;
}

inline duration time_of(text given)
{
    const auto value = parse_duration(given);
    if (!value) refuse("needs a duration such as 250ms or 5s");
    return *value;
}

inline std::pair<text, std::optional<text>> halves(text given, char separator)
{
    const std::size_t at = given.find(separator);
    if (at == given.npos) return {given, std::nullopt};
    return {given.substr(0, at), given.substr(at + 1)};
}

inline void refuse_argument(text given)
{
    if (!given.empty()) refuse("takes no argument");
}

inline std::string path_of(text given)
{
    if (!is_json_path(given)) refuse("needs a path such as items[0].status");
    return std::string(given);
}

template <class Enum, std::size_t Size>
Enum choose(text given, const std::array<std::pair<text, Enum>, Size>& words)
{
    std::string all;
    for (const auto& [word, value] : words) {
        if (word == given) return value;
        all += (all.empty() ? "" : ", ") + std::string(word);
    }
    refuse("knows " + all + " and not '" + std::string(given.substr(0, 64)) + "'");
}

inline constexpr std::array<std::pair<text, body_form>, 8> body_forms{{
    {"detail", body_form::detail},
    {"array", body_form::detail_array},
    {"object", body_form::object},
    {"message", body_form::message},
    {"wrong-type", body_form::wrong_type},
    {"html", body_form::html},
    {"empty", body_form::empty},
    {"1MiB", body_form::mebibyte},
}};

inline constexpr std::array<std::pair<text, inline_form>, 6> inline_forms{{
    {"null", inline_form::null},
    {"absent", inline_form::absent},
    {"string", inline_form::string},
    {"array", inline_form::array},
    {"partial", inline_form::missing_message},
    {"wrong-type", inline_form::wrong_type},
}};

inline constexpr std::array<std::pair<text, row_drift::form>, 4> drift_forms{{
    {"text", row_drift::form::text},
    {"csv", row_drift::form::csv},
    {"null", row_drift::form::null},
    {"float", row_drift::form::floating},
}};

inline constexpr std::array<std::pair<text, run_end>, 2> run_ends{{
    {"failed", run_end::failed},
    {"cancelled", run_end::cancelled},
}};

inline fault_effect make_status(text given)
{
    const auto [code, form] = halves(given, ':');
    effect::status made{static_cast<unsigned>(number(code, 200, 599))};
    if (form) made.form = choose(*form, body_forms);
    return made;
}

inline fault_effect make_throttle(text given)
{
    return given.empty() ? effect::throttle{} : effect::throttle{std::string(given)};
}

inline fault_effect make_stall(text given)
{
    if (given.empty()) return effect::end{wire_ending::stall};
    return effect::wire{{.what = wire_damage::kind::pause, .time = time_of(given)}};
}

inline fault_effect make_drip(text given)
{
    const auto [bytes, time] = halves(given, '/');
    if (!time) refuse("needs bytes and a duration: drip:1/100ms");
    return effect::wire{
        {.what = wire_damage::kind::drip,
         .number = static_cast<std::int64_t>(number(bytes, 1, 1'000'000'000)),
         .time = time_of(*time)}};
}

template <wire_ending How>
fault_effect make_end(text given)
{
    refuse_argument(given);
    return effect::end{How};
}

template <wire_damage::kind What>
fault_effect make_wire(text given)
{
    refuse_argument(given);
    return effect::wire{{.what = What}};
}

template <wire_damage::kind What, std::int64_t Usual>
fault_effect make_sized(text given)
{
    const auto size =
        given.empty() ? Usual : static_cast<std::int64_t>(number(given, 1, 50'000'000));
    return effect::wire{{.what = What, .number = size}};
}

template <int Sign>
fault_effect make_length(text given)
{
    const auto by = static_cast<std::int64_t>(number(given, 1, 1'000'000'000'000));
    return effect::wire{{.what = wire_damage::kind::length_by, .number = Sign * by}};
}

template <wire_damage::kind What>
fault_effect make_header(text given)
{
    const bool token = std::all_of(given.begin(), given.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-';
    });
    if (given.empty() || !token) refuse("needs the name of a header");
    return effect::wire{{.what = What, .text = std::string(given)}};
}

inline fault_effect make_informational(text given)
{
    const auto [code, count] = halves(given, ':');
    return effect::wire{
        {.what = wire_damage::kind::informational,
         .number = count ? static_cast<std::int64_t>(number(*count, 1, 1000)) : 1,
         .text = std::to_string(number(code, 100, 199))}};
}

inline fault_effect make_redirect(text given)
{
    const bool plain = std::all_of(given.begin(), given.end(), [](char c) { return c > ' '; });
    if (given.empty() || !plain) refuse("needs a URL, a path, same or nowhere");
    return effect::redirect{given == "nowhere" ? std::string{} : std::string(given)};
}

template <class Effect>
fault_effect make_plain(text given)
{
    refuse_argument(given);
    return Effect{};
}

template <json_damage::kind What>
fault_effect make_json(text given)
{
    refuse_argument(given);
    return effect::json{{.what = What}};
}

template <json_damage::kind What>
fault_effect make_json_at(text given)
{
    return effect::json{{.what = What, .path = path_of(given)}};
}

inline fault_effect make_json_text(text given)
{
    const auto [path, word] = halves(given, '=');
    if (!word) refuse("needs a path and a text: json-text:status=paused");
    return effect::json{
        {.what = json_damage::kind::text, .path = path_of(path), .word = std::string(*word)}};
}

inline fault_effect make_deep(text given)
{
    return effect::json{{.what = json_damage::kind::deep, .number = number(given, 1, 1'000'000)}};
}

inline fault_effect make_inline(text given)
{
    const auto [form, row] = halves(given, ':');
    effect::malform_inline made{choose(form, inline_forms)};
    if (row) made.row = number(*row, 0, 1000);
    return made;
}

inline fault_effect make_drift(text given)
{
    const auto [member, form] = halves(given, ':');
    row_drift made{path_of(member)};
    if (form)
        made.as = choose(*form, drift_forms);
    else if (member == "rule_hits")
        made.as = row_drift::form::csv;
    else if (member == "execution_time_ms")
        made.as = row_drift::form::floating;
    else if (member != "protection_stack")
        made.as = row_drift::form::null;
    return effect::drift_row{std::move(made)};
}

template <page_hazard What>
fault_effect make_page(text given)
{
    refuse_argument(given);
    return effect::page{What};
}

inline fault_effect make_null_verdict(text given)
{
    refuse_argument(given);
    return effect::json{{.what = json_damage::kind::null, .path = "items[*].is_success"}};
}

inline fault_effect make_smaller_total(text given)
{
    refuse_argument(given);
    return effect::json{{.what = json_damage::kind::less, .path = "total_requests"}};
}

inline fault_effect make_run_end(text given)
{
    const auto [as, after] = halves(given, ':');
    effect::end_run made{choose(as, run_ends)};
    if (after) made.after = time_of(*after);
    return made;
}

template <arrival How>
fault_effect make_arrival(text given)
{
    refuse_argument(given);
    return effect::arrive{How};
}

template <tls_fault What>
fault_effect make_tls(text given)
{
    refuse_argument(given);
    return effect::spoil_tls{What};
}

}  // namespace scrapingpros_mock::fault_makers

#endif
