#ifndef SCRAPINGPROS_CORE_OUTCOMES_HPP
#define SCRAPINGPROS_CORE_OUTCOMES_HPP

#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/job_outcome.hpp>

#include <cstddef>

namespace scrapingpros::inline v0::core {

/// How a job is settled by handing out this outcome.
inline settlement settlement_of(const job_outcome& item)
{
    if (item.job.status == job_status::failed) return settlement::failed;
    if (item.job.status == job_status::timeout) return settlement::timed_out;
    if (item.verdict.value == judgement::usable) return settlement::usable;
    return item.verdict.value == judgement::unknown ? settlement::undecided
                                                    : settlement::not_usable;
}

/// Whether `outcome_filter::usable` lets it through: whatever may be usable.
constexpr bool is_wanted_as_usable(settlement how) noexcept
{
    return how == settlement::usable || how == settlement::undecided;
}

/// A result often comes without the two members by which its item is known (contract 16, row 4).
inline void fill_from_row(job_outcome& item)
{
    if (!item.result) return;
    if (!item.result->url) item.result->url = item.job.url;
    if (!item.result->custom_id) item.result->custom_id = item.job.custom_id;
}

/// Bytes of the parts of a result that may be large.
inline std::size_t size_of_parts(const job_outcome& item)
{
    if (!item.result) return 0;
    std::size_t bytes = item.result->body.content.size();
    for (const auto* part :
         {&item.result->extracted_data_json,
          &item.result->evaluate_results_json,
          &item.result->network_requests_json,
          &item.result->screenshot_base64,
          &item.result->timings_json,
          &item.result->cookies_json})
        if (*part) bytes += (*part)->size();
    return bytes;
}

}  // namespace scrapingpros::inline v0::core

#endif
