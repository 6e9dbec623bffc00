#ifndef QUICKSTART_SCRAPE_HPP
#define QUICKSTART_SCRAPE_HPP

#include <scrapingpros/model/collection.hpp>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "arguments.hpp"
#include "delivery.hpp"
#include "requests.hpp"

namespace quickstart {

/// What was needed to bring the results home.
struct effort {
    request_counts requests{};
    std::uint64_t connections = 0;
    /// Jobs that the run has: the items less those that the service refused.
    std::size_t jobs = 0;
};

/// What the mock says that it was asked, as JSON texts.
struct mock_records {
    std::string ledger{};
    std::string journal{};
};

/// Something failed after the collection was created.
class scrape_failed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/** Submits a collection, and delivers its results to `out` while the run goes on.

    `on_submit` is called once the service has the items. With `records` the mock is asked for its
    own records at the end. Throws `bad_input` before anything exists at the service, and
    `scrape_failed` afterwards.
*/
effort scrape(
    const arguments& given,
    scrapingpros::collection_draft draft,
    delivery& out,
    const std::function<void()>& on_submit,
    mock_records* records
);

}  // namespace quickstart

#endif
