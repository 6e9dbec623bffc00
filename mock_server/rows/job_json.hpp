#ifndef SCRAPINGPROS_MOCK_JOB_JSON_HPP
#define SCRAPINGPROS_MOCK_JOB_JSON_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json_out.hpp"
#include "rows/listing.hpp"
#include "rows/row_cache.hpp"
#include "runs/workload.hpp"
#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// A job among the things that its JSON is made from.
struct job_source {
    const scenario& from;
    const run_future& run;
    std::size_t index;

    const job_future& job() const { return run.jobs()[index]; }
    const item& wanted() const { return run.items()[index]; }
    const target_page* target() const
    {
        if (job().target < 0) return nullptr;
        return &from.targets[static_cast<std::size_t>(job().target)];
    }
};

const char* status_word(const job_future&, row_state) noexcept;
std::optional<unsigned> target_status(outcome) noexcept;
std::string message_of(const job_source&);

/// What a row of a listing says besides the job's own facts.
struct row_extras {
    std::string_view run_id;
    std::string_view collection_id;
    std::string_view client_id;
    std::optional<std::string> result;       ///< JSON; none: no such member
    std::optional<std::string> status_word;  ///< instead of the true one
};

/// One row of contract 7.4.
void write_row(json_writer&, const job_source&, const row_extras&, time_point now);
/// The same bytes, by way of the cache.
void write_row(json_writer&, const job_source&, const row_extras&, time_point now, row_cache&, row_budget&);

/// The body of contract 8.1; nothing if the bytes cannot be read any more.
std::optional<std::string> result_json(const job_source&);

/// Bytes of the target's answer, for the inline cap by `body_bytes`.
std::size_t body_size(const job_source&);

}  // namespace scrapingpros_mock

#endif
