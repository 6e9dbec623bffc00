#ifndef SCRAPINGPROS_MOCK_BOOKS_HPP
#define SCRAPINGPROS_MOCK_BOOKS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "books/ledger.hpp"
#include "router.hpp"
#include "state.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Status and body before faults had their way; none: no fault.
using true_answer = std::optional<std::pair<unsigned, std::string>>;

/// What journal and ledger are told of a request, besides the plan that answers it.
struct book_entry {
    const request& in;
    const route& where;
    std::string account;
    bool effect = false;
    bool whole = true;                     ///< the client gets what the service says
    std::vector<std::size_t> faults = {};  ///< ordinals of those that hit it
    given gave = {};
};

/// The plan lets its client have the whole answer. White space behind the JSON does no harm.
bool arrives_whole(const response_plan&, const true_answer&);

/// Enters the request into journal and ledger and gives the plan its ordinal.
void keep_books(world_state&, book_entry, response_plan&, time_point now);

}  // namespace scrapingpros_mock

#endif
