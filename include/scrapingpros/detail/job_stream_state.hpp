#ifndef SCRAPINGPROS_DETAIL_JOB_STREAM_STATE_HPP
#define SCRAPINGPROS_DETAIL_JOB_STREAM_STATE_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/page.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace scrapingpros::inline v0::detail {

/** A listing read row by row: the state behind `job_stream`.

    A page that fails is asked for again, by the call's retries or by the next `next`, and the rows
    that were already handed out are passed over: a failed page costs only itself.
*/
class job_stream_state {
public:
    virtual ~job_stream_state() = default;

    virtual void next(call_options options, on<std::optional<listed_job>> handler) = 0;
    /// Ends a `next` under way with `operation_aborted` and gives the connection up.
    virtual void close() = 0;
    /// Cursor of the page under way; empty for the first one.
    virtual const std::optional<std::string>& cursor() const noexcept = 0;
    /// Rows that could not be read, of the pages so far.
    virtual const std::vector<unreadable_row>& unreadable() const noexcept = 0;
};

SCRAPINGPROS_DECL std::shared_ptr<job_stream_state> make_job_stream(
    std::shared_ptr<client_core> core, list_jobs what
);

}  // namespace scrapingpros::inline v0::detail

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/detail/job_stream_state.ipp>
#endif

#endif
