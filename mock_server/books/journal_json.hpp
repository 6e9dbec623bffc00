#ifndef SCRAPINGPROS_MOCK_JOURNAL_JSON_HPP
#define SCRAPINGPROS_MOCK_JOURNAL_JSON_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "books/journal.hpp"
#include "books/journal_filter.hpp"
#include "json_out.hpp"

namespace scrapingpros_mock {

/// Which part of a journal to tell.
struct journal_request {
    std::uint64_t after = 0;  ///< ordinal
    std::size_t limit = std::numeric_limits<std::size_t>::max();
    journal_filter only = {};
    bool with_heads = false;  ///< request heads and what is kept of bodies
};

/// Reads `{"after":17,"limit":100,"only":{"op":"jobs.list"},"heads":true}`. Throws bad_scenario.
journal_request read_journal_request(const value_in&);

/// `{"total":…,"dropped":…,"entries":[…]}`
std::string journal_json(const journal&, const journal_request&);
void write_entry(json_writer&, const journal_entry&, bool with_head);
/// One line for people: "#17 run.start POST /v1/… -> 201".
std::string line_of(const journal_entry&);

}  // namespace scrapingpros_mock

#endif
