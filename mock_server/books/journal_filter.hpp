#ifndef SCRAPINGPROS_MOCK_JOURNAL_FILTER_HPP
#define SCRAPINGPROS_MOCK_JOURNAL_FILTER_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "books/ledger.hpp"
#include "operation.hpp"

namespace scrapingpros_mock {

class journal_entry;
class value_in;

/// Which entries are meant: those that are like this in all that is set.
struct journal_filter {
    std::optional<operation> op = {};
    std::optional<request_class> kind = {};
    std::optional<std::string> method = {};
    std::optional<std::string> path = {};
    /// Parameters by name; no value: absent.
    std::map<std::string, std::optional<std::string>> query = {};
    std::optional<std::string> account = {};
    std::optional<std::uint64_t> connection = {};
    std::optional<std::uint64_t> attempt = {};
    std::optional<std::string> status = {};  ///< "503", "5xx"
    std::optional<std::string> ended = {};   ///< "complete", "planned", "client_left", "open"
    std::optional<bool> effect = {};
    std::optional<bool> faulted = {};
};

/// Reads `{"op":"run.start","status":"5xx"}`; `{}` means all. Throws bad_scenario.
journal_filter read_journal_filter(const value_in&);

/// What is other than the filter wants: "status is 200, not 5xx". Empty: the entry is meant.
std::vector<std::string> differences(const journal_filter&, const journal_entry&);
inline bool matches(const journal_filter& what, const journal_entry& entry)
{
    return differences(what, entry).empty();
}

}  // namespace scrapingpros_mock

#endif
