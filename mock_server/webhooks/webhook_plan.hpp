#ifndef SCRAPINGPROS_MOCK_WEBHOOK_PLAN_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_PLAN_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "state.hpp"
#include "webhooks/webhooks.hpp"

namespace scrapingpros_mock {

/// How many attempts a delivery has: the schedule's, or as many as A57 says.
std::size_t webhook_attempt_limit(const scenario&) noexcept;

/// When attempt `index` (from 0) is due, counted from the run's end. A57 states the first three and
/// that ten take a day; those between are this mock's, and beyond the tenth there is one a day.
duration webhook_offset(const scenario&, std::size_t index);

/// Whether the run has a delivery that is sent: a callback URL, an end that A58 tells of, and
/// attempts to make.
bool has_webhook(const run&, const scenario&);

/// What the schedule counts from: the run's end, but for damage to it. Nothing if the run never
/// ends. `partner` is the other run of the pair that goes out of order, if there is one yet.
std::optional<time_point> webhook_base(const run&, const run* partner, const scenario&);

/// What the payload says. It is the same in all attempts.
webhook_facts webhook_facts_of(const run&, const scenario&);

/// The `callback_status` of a run with a callback URL: pending, retrying, sent or failed. One that
/// A58 does not tell of stays `pending`.
const char* callback_status(const run&, const scenario&, time_point now);

}  // namespace scrapingpros_mock

#endif
