#include "faults/fault_codes.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "faults/fault_makers.hpp"
#include "faults/near_word.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

using namespace fault_makers;

constexpr unsigned bit(fault_phase phase)
{
    return 1U << static_cast<unsigned>(phase);
}

constexpr unsigned only_after = bit(fault_phase::after);
constexpr unsigned either = bit(fault_phase::before) | only_after;
constexpr unsigned in_response = bit(fault_phase::response_head) | bit(fault_phase::response_body) |
                                 bit(fault_phase::response_end);
constexpr unsigned everywhere = either | in_response;
constexpr unsigned while_sent = everywhere & ~bit(fault_phase::response_end);

/// `len+10` has its argument without a colon.
std::pair<text, text> name_and_argument(text given)
{
    if (given.starts_with("len+")) return {given.substr(0, 4), given.substr(4)};
    if (given.starts_with("len-") && given.find_first_not_of("0123456789", 4) == given.npos)
        return {given.substr(0, 4), given.substr(4)};
    const auto [name, argument] = halves(given, ':');
    return {name, argument.value_or(text{})};
}

/// Fills in what most codes have in common.
struct table {
    using maker = fault_effect (*)(text);

    void add(fault_code made)
    {
        made.name = name_and_argument(made.form).first;
        made.name = made.name.substr(0, made.name.find_first_of("[<"));
        codes.push_back(made);
    }
    void placed(text form, unsigned phases, fault_phase usual, maker make)
    {
        add({.form = form, .phases = phases, .usual = usual, .make = make});
    }
    void damage(text form, maker make) { placed(form, only_after, fault_phase::after, make); }
    void on(operation what, text form, maker make)
    {
        add({.form = form, .phases = only_after, .needs = what, .make = make});
    }
    void at_layer(fault_layer layer, text form, maker make)
    {
        add({.form = form, .layer = layer, .phases = only_after, .make = make});
    }

    std::vector<fault_code> codes;
};

std::vector<fault_code> make_codes()
{
    using kind = wire_damage::kind;
    using damage = json_damage::kind;
    using enum fault_layer;
    constexpr auto before = fault_phase::before;
    constexpr auto after = fault_phase::after;
    constexpr auto listing = operation::list_jobs;
    table in;
    in.placed("s:<status>[:<body>]", either, before, make_status);
    in.placed("throttle[:<retry-after>]", either, before, make_throttle);
    in.placed("html-200", either, before, make_plain<effect::html_200>);
    in.placed("redirect:<where>", either, before, make_redirect);
    in.placed("cut", everywhere, after, make_end<wire_ending::close>);
    in.placed("reset", everywhere, after, make_end<wire_ending::reset>);
    in.placed("reset-now", everywhere, after, make_end<wire_ending::reset_now>);
    in.placed("half-close", everywhere, after, make_end<wire_ending::half_close>);
    in.placed("stall[:<duration>]", everywhere, after, make_stall);
    in.placed("drip:<bytes>/<duration>", while_sent, after, make_drip);
    in.damage("len+<bytes>", make_length<1>);
    in.damage("len-<bytes>", make_length<-1>);
    in.damage("len-dup", make_wire<kind::length_twice>);
    in.damage("len-bad", make_wire<kind::length_negative>);
    in.damage("len-none", make_wire<kind::length_none>);
    in.damage("chunk-nolast", make_wire<kind::chunk_unended>);
    in.damage("chunk-badsize", make_wire<kind::chunk_bad_size>);
    in.damage("te-and-len", make_wire<kind::chunk_and_length>);
    in.placed("garbage", either, after, make_wire<kind::garbage>);
    in.damage("bad-version", make_wire<kind::bad_version>);
    in.damage("hdr-nul", make_wire<kind::header_nul>);
    in.damage("hdr-nocolon", make_wire<kind::header_no_colon>);
    in.damage("hdr-huge[:<bytes>]", make_sized<kind::header_huge, 200'000>);
    in.damage("hdr-many[:<count>]", make_sized<kind::header_many, 5'000>);
    in.damage("hdr-dup:<name>", make_header<kind::header_twice>);
    in.damage("hdr-drop:<name>", make_header<kind::header_missing>);
    in.damage("1xx:<status>[:<count>]", make_informational);
    in.damage("conn-close", make_plain<effect::close_after>);
    in.damage("conn-close-silent", make_wire<kind::close_silent>);
    in.damage("gzip-lie", make_wire<kind::coding_lie>);
    in.damage("json-cut", make_json<damage::cut>);
    in.damage("json-tail", make_json<damage::tail>);
    in.damage("json-dup-key", make_json<damage::dup_key>);
    in.damage("json-nan", make_json<damage::nan>);
    in.damage("json-deep:<depth>", make_deep);
    in.damage("json-bad-utf8", make_json<damage::bad_utf8>);
    in.damage("json-lone-surrogate", make_json<damage::lone_surrogate>);
    in.damage("json-bom", make_json<damage::bom>);
    in.damage("json-extra", make_json<damage::extra>);
    in.damage("json-null:<path>", make_json_at<damage::null>);
    in.damage("json-drop:<path>", make_json_at<damage::drop>);
    in.damage("json-type:<path>", make_json_at<damage::type>);
    in.damage("json-bigint:<path>", make_json_at<damage::bigint>);
    in.damage("json-text:<path>=<text>", make_json_text);
    in.on(listing, "inline:<form>[:<row>]", make_inline);
    in.on(listing, "row-drift:<member>[:<form>]", make_drift);
    in.on(listing, "dup-row", make_page<page_hazard::dup_row>);
    in.on(listing, "dup-row-across", make_page<page_hazard::dup_row_across>);
    in.on(listing, "reorder-in-page", make_page<page_hazard::reorder_in_page>);
    in.on(listing, "reorder-across", make_page<page_hazard::reorder_across>);
    in.on(listing, "empty-page-with-more", make_page<page_hazard::empty_with_more>);
    in.on(listing, "last-page-empty", make_page<page_hazard::last_empty>);
    in.on(listing, "cursor-on-last", make_page<page_hazard::cursor_on_last>);
    in.on(listing, "has-more-null-cursor", make_page<page_hazard::more_null_cursor>);
    in.on(listing, "same-cursor", make_page<page_hazard::same_cursor>);
    in.on(listing, "cycle-2", make_page<page_hazard::cycle_2>);
    in.on(listing, "cursor-expires", make_page<page_hazard::cursor_expires>);
    in.on(listing, "odd-cursor", make_page<page_hazard::odd_cursor>);
    in.on(listing, "long-cursor", make_page<page_hazard::long_cursor>);
    in.on(listing, "short-page", make_page<page_hazard::short_page>);
    in.on(listing, "over-long-page", make_page<page_hazard::over_long_page>);
    in.on(listing, "row-disappears", make_page<page_hazard::row_disappears>);
    in.on(listing, "row-changes-status", make_page<page_hazard::row_changes_status>);
    in.on(listing, "unknown-status", make_plain<effect::unknown_row_status>);
    in.on(listing, "is_success-null", make_null_verdict);
    in.on(operation::get_run, "total-shrinks", make_smaller_total);
    in.on(operation::start_run, "run-end:<how>[:<duration>]", make_run_end);
    in.at_layer(connect, "closed", make_arrival<arrival::closed>);
    in.at_layer(connect, "reset", make_arrival<arrival::reset>);
    in.at_layer(connect, "ignored", make_arrival<arrival::ignored>);
    in.at_layer(tls, "tls-expired", make_tls<tls_fault::expired>);
    in.at_layer(tls, "tls-wrong-host", make_tls<tls_fault::wrong_host>);
    in.at_layer(tls, "tls-unknown-ca", make_tls<tls_fault::unknown_ca>);
    in.at_layer(tls, "tls-self-signed", make_tls<tls_fault::self_signed>);
    in.at_layer(tls, "tls-plain", make_tls<tls_fault::plain>);
    in.at_layer(tls, "tls-cut", make_tls<tls_fault::cut>);
    in.at_layer(tls, "tls-stall", make_tls<tls_fault::stall>);
    in.at_layer(tls, "tls-old", make_tls<tls_fault::old>);
    in.at_layer(tls, "tls-no-notify", make_tls<tls_fault::no_notify>);
    return std::move(in.codes);
}

}  // namespace

const std::vector<fault_code>& known_fault_codes()
{
    static const std::vector<fault_code> codes = make_codes();
    return codes;
}

read_code read_fault_code(std::string_view given, fault_layer layer, const std::string& path)
{
    const auto [name, argument] = name_and_argument(given);
    const fault_code* elsewhere = nullptr;
    std::vector<text> names;
    for (const fault_code& each : known_fault_codes()) {
        if (each.layer == layer) names.push_back(each.name);
        if (each.name != name) continue;
        if (each.layer != layer) {
            elsewhere = &each;
            continue;
        }
        try {
            return {&each, each.make(argument)};
        } catch (const std::invalid_argument& bad) {
            throw bad_fault{
                path,
                "'" + std::string(name) + "' " + bad.what(),
                "its form is " + std::string(each.form)};
        }
    }
    static constexpr std::array<text, 3> layers{"an operation", "connect", "tls"};
    const std::string shown(given.substr(0, 64));
    if (elsewhere != nullptr)
        throw bad_fault{
            path,
            "'" + shown + "' does nothing here",
            "it belongs on " + std::string(layers[static_cast<std::size_t>(elsewhere->layer)])};
    throw bad_fault{path, "is unknown: '" + shown + "'", near_word_hint(name, names)};
}

std::optional<duration> parse_duration(std::string_view given) noexcept
{
    static constexpr std::array<std::pair<text, std::int64_t>, 6> units{{
        {"us", 1},
        {"ms", 1'000},
        {"s", 1'000'000},
        {"m", 60'000'000},
        {"h", 3'600'000'000},
        {"d", 86'400'000'000},
    }};
    constexpr std::int64_t most = 3650 * units.back().second;
    const std::size_t at = given.find_first_not_of("0123456789");
    if (at == given.npos) return std::nullopt;
    const auto count = number_in<std::int64_t>(given.substr(0, at));
    for (const auto& [name, size] : units)
        if (name == given.substr(at) && count && *count <= most / size)
            return duration{*count * size};
    return std::nullopt;
}

}  // namespace scrapingpros_mock
