#ifndef SCRAPINGPROS_CLI_SESSION_HPP
#define SCRAPINGPROS_CLI_SESSION_HPP

#include <scrapingpros/batch_options.hpp>
#include <scrapingpros/client_options.hpp>
#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/limits.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "requests.hpp"
#include "strategy.hpp"

namespace cli {

struct session_options {
    scrapingpros::client_options service{};
    /// Requests a minute; 0: as many as there are.
    double reads_per_minute = 0;
    double writes_per_minute = 0;
    chosen_strategy strategy{};
    scrapingpros::batch_options how{};
};

/// What the store holds is gone on with.
struct resume {};

/// With what a batch begins.
using beginning = std::variant<scrapingpros::collection_draft, scrapingpros::run_ref, resume>;

/// How far it is.
struct session_news {
    scrapingpros::batch_progress progress{};
    request_counts requests{};
    /// What the service said last about rates and quota.
    scrapingpros::account_limits limits{};
};

struct session_hooks {
    /// Takes an outcome; when it has returned the outcome is safe. May throw. Empty: only submits.
    std::function<void(const scrapingpros::job_outcome&)> take{};
    /// Called after each outcome, and some times a second.
    std::function<void(const session_news&)> show = [](const session_news&) {};
};

/// What became of it.
struct session_end {
    scrapingpros::error_code ec{};
    scrapingpros::diagnostics why{};
    /// A signal has ended the wait.
    bool interrupted = false;
    /// What `take` has thrown.
    std::exception_ptr thrown{};
    scrapingpros::batch_summary summary{};
    /// Jobs whose body lies elsewhere and could not be had from there; they stay unacknowledged.
    std::vector<scrapingpros::shortfall> unfetched{};
    /// What the service refused of the items, by place; empty if that is not known any more.
    std::optional<scrapingpros::creation> created{};
    scrapingpros::poll_stats stats{};
    request_counts requests{};
};

/** Runs a batch to its end, or to a signal (`stop_signal.hpp`). Each outcome is acknowledged after it was
    taken, and not before.

    The only file of the program that knows Asio. Throws `api_error` for options that are not usable.
*/
session_end run_session(session_options options, beginning begin, const session_hooks& hooks);

}  // namespace cli

#endif
