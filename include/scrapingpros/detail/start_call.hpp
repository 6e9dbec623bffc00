#ifndef SCRAPINGPROS_DETAIL_START_CALL_HPP
#define SCRAPINGPROS_DETAIL_START_CALL_HPP

#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/detail/call_operation.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/start_outcome.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// What a start call came to. `ec` is its code, and becomes `errc::start_unknown` where a run may exist.
inline start_outcome conclude_start(
    const call_operation& over,
    collection_id collection,
    std::chrono::seconds clock_margin,
    run answer,
    error_code& ec
)
{
    start_outcome outcome;
    outcome.attempt = {std::move(collection), over.first_sent_at() - clock_margin};
    outcome.cause = ec;
    // A run that is judged by another criterion than the pinned one was started all the same.
    if (!ec || ec == errc::criterion_mismatch) {
        outcome.certainty = start_certainty::started;
        outcome.started_run = std::move(answer);
    } else if (over.effect() != core::call_effect::none) {
        outcome.certainty = start_certainty::unknown;
        if (ec != boost::asio::error::operation_aborted) ec = errc::start_unknown;
    }
    return outcome;
}

}  // namespace scrapingpros::inline v0::detail

#endif
