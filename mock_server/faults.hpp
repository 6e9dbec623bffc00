#ifndef SCRAPINGPROS_MOCK_FAULTS_HPP
#define SCRAPINGPROS_MOCK_FAULTS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Which requests of an operation a fault meets, counted from 1 over all accounts.
struct occurrence {
    std::uint64_t from = 1;
    std::uint64_t to = 1;

    static constexpr occurrence nth(std::uint64_t n) { return {n, n}; }
    static constexpr occurrence every() { return {1, std::numeric_limits<std::uint64_t>::max()}; }
    constexpr bool covers(std::uint64_t n) const noexcept { return from <= n && n <= to; }
};

enum class fault_phase {
    /// The service never does what was asked.
    before,
    /// It does it, and the damage is in the answer.
    after,
};

enum class body_form { detail, message, html, empty };
enum class inline_form { string, array, empty_object, missing_message, null, absent };
enum class run_end { failed, cancelled };

/// What a fault does. The first group can stand in place of the service (phase `before`); for the
/// others the phase says nothing, because they need the true answer to damage.
namespace effect {
struct status {
    unsigned code = 503;
    body_form form = body_form::detail;
    std::string text = {};  ///< of the body; empty: the usual phrase of the code
    std::vector<header> headers = {};
};
/// 429 of the rate kind; `retry_after` goes out as it stands, no header if empty.
struct throttle {
    std::string retry_after = "1";
};
/// The connection is closed before any byte of the answer.
struct lose_reply {};
struct cut {
    std::size_t at = 0;
};
struct reset {
    std::size_t at = 0;
};
struct stall {
    std::size_t at = 0;
};
/// A maintenance page under status 200.
struct html_200 {};

struct delay {
    duration by{0};
};
/// So many bytes are missing at the end of the body; the length says so honestly.
struct truncate_json {
    std::size_t missing = 1;
};
/// So many bytes of additional headers.
struct header_bomb {
    std::size_t bytes = 200'000;
};
/// The body is blown up to at least this size with white space behind the JSON.
struct huge_body {
    std::size_t bytes = 1'000'000;
};
struct lie_about_length {
    std::size_t declared = 0;
};
/// Only these top-level members of the body stay.
struct keep_members {
    std::vector<std::string> names;
};
struct drop_members {
    std::vector<std::string> names;
};

/// Listings: the inline result of one row of the page, or of all.
struct malform_inline {
    inline_form form = inline_form::missing_message;
    std::optional<std::size_t> row = {};
};
/// Listings: one row bears a status word that nobody knows.
struct unknown_row_status {
    std::size_t row = 0;
    std::string word = "cancelled";
};
/// Listings: `cursor_next` is the cursor that was sent, `has_more` true.
struct repeat_cursor {};
/// Listings: neither `cursor_next` nor `has_more`.
struct drop_page_end {};
/// Run start: the run ends so, before its jobs are done (A52: no other cause is known).
struct end_run {
    run_end as = run_end::failed;
    duration after{std::chrono::seconds{5}};
};
}  // namespace effect

using fault_effect = std::variant<
    effect::status,
    effect::throttle,
    effect::lose_reply,
    effect::cut,
    effect::reset,
    effect::stall,
    effect::html_200,
    effect::delay,
    effect::truncate_json,
    effect::header_bomb,
    effect::huge_body,
    effect::lie_about_length,
    effect::keep_members,
    effect::drop_members,
    effect::malform_inline,
    effect::unknown_row_status,
    effect::repeat_cursor,
    effect::drop_page_end,
    effect::end_run>;

struct fault {
    operation on = operation::any;
    occurrence when = {};
    fault_phase phase = fault_phase::before;
    fault_effect effect = effect::status{};
};

/// Input that is no fault, with the place in it: "[0].effect.kind".
struct bad_fault : std::invalid_argument {
    bad_fault(std::string where, const std::string& why);

    std::string path;
};

/// Reads what `POST /__mock/v1/faults` takes. Throws bad_fault.
std::vector<fault> parse_faults(std::string_view json);

/// The faults of a world and how often each was met.
class fault_book {
public:
    /// Returns the ordinal of the fault, the key of `hits`.
    std::size_t add(fault);
    /// Counts the request and names the faults that meet it, in the order of their addition.
    std::vector<std::size_t> meet(operation);

    const fault& at(std::size_t ordinal) const { return entries_.at(ordinal).what; }
    std::uint64_t hits(std::size_t ordinal) const { return entries_.at(ordinal).hits; }
    std::size_t size() const noexcept { return entries_.size(); }
    /// Ordinals of the faults that no request has met.
    std::vector<std::size_t> unmet() const;

private:
    struct entry {
        fault what;
        std::uint64_t hits = 0;
    };
    std::vector<entry> entries_;
    std::array<std::uint64_t, operation_count> seen_{};
};

/// True if the fault keeps the service from acting.
bool prevents_effect(const fault&) noexcept;
/// Damages the answer that the service would give.
void apply(const fault&, response_plan&);

}  // namespace scrapingpros_mock

#endif
