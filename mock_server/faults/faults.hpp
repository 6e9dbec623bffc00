#ifndef SCRAPINGPROS_MOCK_FAULTS_HPP
#define SCRAPINGPROS_MOCK_FAULTS_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "faults/fault_effects.hpp"
#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Numbers from 1 on, without a gap.
struct occurrence {
    std::uint64_t from = 1;
    std::uint64_t to = 1;

    static constexpr occurrence nth(std::uint64_t n) { return {n, n}; }
    static constexpr occurrence every() { return {1, std::numeric_limits<std::uint64_t>::max()}; }
    constexpr bool covers(std::uint64_t n) const noexcept { return from <= n && n <= to; }
    constexpr bool meets(occurrence other) const noexcept
    {
        return from <= other.to && other.from <= to;
    }
};

/// A choice of numbers; an empty one chooses all.
class ordinals {
public:
    ordinals() = default;
    explicit ordinals(std::vector<occurrence> chosen) : chosen_(std::move(chosen)) {}

    bool covers(std::uint64_t n) const noexcept;
    /// True if there may be a number that both choose.
    bool meets(const ordinals&) const noexcept;
    bool chooses_all() const noexcept { return chosen_.empty(); }
    /// The largest chosen number.
    std::uint64_t last() const noexcept;
    /// How many are chosen; nothing if without end.
    std::optional<std::uint64_t> count() const noexcept;

private:
    std::vector<occurrence> chosen_;
};

enum class fault_phase {
    /// The service never does what was asked.
    before,
    /// It does it, and the damage is in the answer.
    after,
    // As `after`, and a break, a pause or a drip begins in the head, in the body, behind it.
    response_head,
    response_body,
    response_end,
};

/// What a fault has to do with.
enum class fault_layer { http, connect, tls };

/// What else must be true of a request that a fault meets. Everything is true by default.
struct fault_trigger {
    /// Of the requests of the operation, besides `fault::when`.
    ordinals nth{};
    /// The number of the attempt at the same logical request: method, path and query. Counted from
    /// the moment when the first fault that asks for it is there.
    ordinals attempt{};
    /// The page of a listing: 1 has no cursor, n has the cursor that page n-1 gave.
    ordinals page{};
    /// The connection, and the request on it.
    ordinals connection{};
    ordinals request_on_connection{};
    /// Chance in millionths, drawn once for each attempt; the same ones are met in a replay.
    std::uint32_t probability = 1'000'000;
    /// Service time, from `from` to before `until`; or since the world's first request.
    std::optional<time_point> from{};
    std::optional<time_point> until{};
    std::optional<duration> after{};
    std::optional<duration> before{};
    /// A header that is there, with that value if one is given.
    std::string header{};
    std::optional<std::string> header_value{};
    /// The run that the path names has ended.
    bool after_terminal = false;
};

struct fault {
    operation on = operation::any;
    /// Which requests of the operation, over all accounts.
    occurrence when = {};
    fault_phase phase = fault_phase::before;
    fault_effect effect = effect::status{};

    /// Chosen by the author; the book names it F1, F2, … by its ordinal if empty.
    std::string id = {};
    fault_layer layer = fault_layer::http;
    fault_trigger only = {};
    /// With phases of the response: bytes into the head or body, or a part of the body.
    std::optional<std::size_t> at = {};
    std::optional<std::uint32_t> fraction = {};  ///< millionths
    /// How often it strikes; none: whenever it is met.
    std::optional<std::uint64_t> times = {};
    /// That no request was hit is an error.
    bool must_fire = false;
    std::string code = {};  ///< as it was written, for reports
};

/// Input that is no fault, with the place in it ("$[0].do") and, for a near miss, what was meant.
struct bad_fault : std::invalid_argument {
    bad_fault(std::string where, const std::string& why, std::string hint = {});

    std::string path;
    std::string hint;  ///< a sentence, or empty
};

/// Reads what `POST /__mock/v1/faults` takes: an array. Throws bad_fault.
std::vector<fault> parse_faults(std::string_view json);
/// Reads `code@phase`, the phase optional, with `:N` or `:0.5` for a place in head or body.
/// Throws bad_fault.
fault parse_fault_header(std::string_view text);

/// True if the fault keeps the service from acting.
bool prevents_effect(const fault&) noexcept;
/// True if the response is over when the fault has done its work.
bool ends_reply(const fault&) noexcept;
/// True if both may meet the same request.
bool may_coincide(const fault&, const fault&) noexcept;
/// What it does, as a word.
std::string describe(const fault&);

/// Damages the answer that the service would give. False if there is nothing in it to damage.
bool apply(const fault&, const request&, response_plan&);

}  // namespace scrapingpros_mock

#endif
