#ifndef SCRAPINGPROS_MOCK_ASSERTIONS_HPP
#define SCRAPINGPROS_MOCK_ASSERTIONS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "books/journal_filter.hpp"
#include "books/judgement.hpp"

namespace scrapingpros_mock {

class journal;
class value_in;
struct world_state;

/// From `least` to `most`, both included; unset: no bound.
struct number_bounds {
    std::optional<std::uint64_t> least = {};
    std::optional<std::uint64_t> most = {};
};

/// What can be said of a journal or a ledger.
namespace expected {
/// So many requests are like this. `none` is a count of at most 0.
struct count {
    journal_filter of;
    number_bounds times;
};
/// Requests like these came in this order, among others if gaps are allowed.
struct sequence {
    std::vector<journal_filter> steps;
    bool gaps = true;
    journal_filter among = {};  ///< the requests that make a gap
};
/// From one such request to the next passes at least, and at most, this time.
struct gap {
    journal_filter of;
    std::optional<duration> least = {};
    std::optional<duration> most = {};
};
/// Of such requests at most so many are under way at once. One whose end nobody told is.
struct in_flight {
    journal_filter of;
    std::uint64_t most = 1;
};
/// They came over at most so many connections.
struct connections {
    journal_filter of;
    std::uint64_t most = 1;
};
/// Each of them has the header, or none has, or has it with this text, or all attempts at one
/// request have it with one text.
struct header_is {
    enum class how { present, absent, equal, same_across_attempts };
    journal_filter of;
    std::string name;
    how is = how::present;
    std::string text = {};
};
/// All attempts at one request have the same head and body, but for these headers.
struct same_bytes {
    journal_filter of;
    std::vector<std::string> except = {};
};
/// No such request after the event.
struct nothing_after {
    enum class event {
        end_shown,      ///< an answer has shown the end of each run
        run_ended,      ///< each run is over
        all_delivered,  ///< nothing is left to read
        reply,          ///< a request like `reply` was answered
    } when = event::reply;
    journal_filter reply = {};
    journal_filter of = {};
};
/// Figures of the ledger's summary by name.
struct ledger_has {
    judgement how = {};
    std::vector<std::pair<std::string, number_bounds>> figures = {};
};
/// All faults, or those with these ordinals, have met a request.
struct faults_consumed {
    std::optional<std::vector<std::size_t>> which = {};
};
}  // namespace expected

struct assertion {
    std::string path;         ///< of its JSON: "$.journal[0]"
    std::uint64_t since = 0;  ///< only entries of the journal after that ordinal
    std::variant<
        expected::count,
        expected::sequence,
        expected::gap,
        expected::in_flight,
        expected::connections,
        expected::header_is,
        expected::same_bytes,
        expected::nothing_after,
        expected::ledger_has,
        expected::faults_consumed>
        what;
};

using expectations = std::vector<assertion>;

/// Reads an `expect` block, `{"ledger":{…},"journal":[…],"faults_consumed":"all"}`, or a plain
/// array of assertions. Throws bad_scenario with the place of what is wrong.
expectations read_expectations(const value_in&);
expectations parse_expectations(std::string_view json);

/// An entry of the journal that comes near to what an assertion wants.
struct near_entry {
    std::uint64_t ordinal = 0;
    std::string line;                      ///< for people
    std::vector<std::string> differences;  ///< "status is 200, not 503"
};
/// The three entries that differ from the filter in the fewest ways.
std::vector<near_entry> nearest(const journal&, const journal_filter&, std::uint64_t since = 0);

struct failed_assertion {
    /// E_ASSERTION, or E_JOURNAL_INCOMPLETE: the journal has dropped entries that were asked for.
    std::string code;
    std::string path;
    std::string message;
    std::vector<near_entry> near = {};
};

struct verification {
    bool passed = true;
    std::vector<failed_assertion> reasons = {};
};

verification verify(const world_state&, const expectations&, time_point now);

/// `{"passed":false,"reasons":[{"code":…,"path":…,"message":…,"near":[…]}]}`
std::string to_json(const verification&);
std::string to_json(const std::vector<near_entry>&);
/// The same for a terminal; empty if all is well.
std::string to_text(const verification&);

}  // namespace scrapingpros_mock

#endif
