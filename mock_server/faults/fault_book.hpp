#ifndef SCRAPINGPROS_MOCK_FAULT_BOOK_HPP
#define SCRAPINGPROS_MOCK_FAULT_BOOK_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "faults/faults.hpp"
#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What a fault looks at when a request comes.
struct fault_scene {
    const request& in;
    operation what = operation::unknown;
    time_point now{};
    std::string_view run{};     ///< that the path names
    std::string_view cursor{};  ///< of a listing
    bool run_is_terminal = false;
};

/// What became of a fault so far.
struct fault_account {
    std::uint64_t hits = 0;
    /// Requests of its operation that it let pass: another condition was not met; its budget was
    /// spent; the answer had nothing that it could damage.
    std::uint64_t not_met = 0;
    std::uint64_t spent = 0;
    std::uint64_t nothing_to_damage = 0;
    /// Hits whose client had gone before it could notice.
    std::uint64_t spoiled = 0;
    std::uint64_t last_spoiled = 0;  ///< the request's ordinal in the journal
};

/// The faults of a world and what became of each.
class fault_book {
public:
    explicit fault_book(std::uint64_t seed = 1) : seed_(seed) {}

    /// Returns the ordinal of the fault. Throws bad_fault if its id is taken, or if an armed fault
    /// would end the same replies.
    std::size_t add(fault);

    /// Counts the request and names the faults that hit it, in the order of their addition.
    std::vector<std::size_t> meet(const fault_scene&);
    /// The same for a connection that comes in.
    arrival_plan meet_connection(std::uint64_t number, time_point now);

    /// The fault strikes within the handler, and the handler says that it has.
    void confirm(const fault*);
    bool is_confirmed(const fault*) const;
    /// The fault that was to hit has found nothing to damage.
    void take_back(std::size_t ordinal);
    /// What became of the faults' hits is not known before the exchange is over.
    void await_end(std::uint64_t request, std::vector<std::size_t> hits);
    void finished(std::uint64_t request, const exchange_end&);

    /// True if a fault asks for the page of a listing, or a page may be damaged.
    bool watches_pages() const noexcept { return watches_pages_; }
    bool watches_runs() const noexcept { return watches_runs_; }
    /// The page that was asked for with that cursor gave this one.
    void page_gave(std::string_view run, std::string_view cursor, const std::string& next);

    const fault& at(std::size_t ordinal) const { return entries_.at(ordinal).what; }
    const fault_account& account(std::size_t ordinal) const { return entries_.at(ordinal).account; }
    std::uint64_t hits(std::size_t ordinal) const { return entries_.at(ordinal).account.hits; }
    std::size_t size() const noexcept { return entries_.size(); }
    bool is_armed(std::size_t ordinal) const;
    std::optional<std::size_t> find(std::string_view id) const;
    /// Disarms it; it stays in the accounts.
    void disarm(std::size_t ordinal) { entries_.at(ordinal).disarmed = true; }
    /// Ordinals of the faults that no request has met.
    std::vector<std::size_t> unmet() const;
    /// What is wrong with the faults that had to fire, a sentence each.
    std::vector<std::string> verify() const;
    /// All faults with their accounts, as JSON: `{"faults":[…]}`.
    std::string to_json() const;

private:
    struct entry {
        fault what;
        fault_account account{};
        bool disarmed = false;
    };

    bool is_armed(const entry&) const;
    bool strikes(entry&, const fault_scene&, std::uint64_t nth);
    bool is_time(const fault_trigger&, time_point now) const;
    bool is_drawn(const fault&, std::string_view request, std::uint64_t attempt) const;
    std::uint64_t page_of(std::string_view run, std::string_view cursor) const;

    std::uint64_t seed_;
    std::vector<entry> entries_;
    std::array<std::uint64_t, operation_count> seen_{};
    std::uint64_t connections_ = 0;
    std::optional<time_point> first_request_{};
    bool watches_attempts_ = false;
    bool watches_pages_ = false;
    bool watches_runs_ = false;
    std::unordered_map<std::string, std::uint64_t> attempts_;
    std::unordered_map<std::string, std::uint64_t> pages_;
    std::vector<const fault*> confirmed_;
    std::map<std::uint64_t, std::vector<std::size_t>> open_;
};

}  // namespace scrapingpros_mock

#endif
