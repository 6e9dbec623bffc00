#ifndef SCRAPINGPROS_MOCK_JOURNAL_HPP
#define SCRAPINGPROS_MOCK_JOURNAL_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

struct journal_entry {
    std::uint64_t ordinal = 0;  ///< from 1
    time_point at{};
    operation what = operation::unknown;
    std::string method;
    std::string target;
    std::string account;  ///< empty if none was recognised
    std::uint64_t connection = 0;
    unsigned status = 0;
    /// The service did what was asked, whatever became of the answer.
    bool effect = false;
    std::size_t body_bytes = 0;
    std::size_t faults = 0;
    std::optional<exchange_end> end;  ///< none: not over yet, or nobody told
};

/// Every request but those of the control routes, the newest 100,000 of them.
class journal {
public:
    static constexpr std::size_t capacity = 100'000;

    /// Returns the ordinal that the entry got.
    std::uint64_t add(journal_entry);
    void finish(std::uint64_t ordinal, const exchange_end&);

    const std::deque<journal_entry>& entries() const noexcept { return entries_; }
    /// Of all requests ever, dropped ones included.
    std::uint64_t total() const noexcept { return total_; }
    std::uint64_t dropped() const noexcept { return total_ - entries_.size(); }
    std::uint64_t count(operation) const noexcept;

    /// The entries after that ordinal, as JSON.
    std::string to_json(std::uint64_t after) const;

private:
    std::deque<journal_entry> entries_;
    std::uint64_t total_ = 0;
};

}  // namespace scrapingpros_mock

#endif
