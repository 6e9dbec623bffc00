#ifndef SCRAPINGPROS_DETAIL_BATCH_OPERATION_HPP
#define SCRAPINGPROS_DETAIL_BATCH_OPERATION_HPP

#include <scrapingpros/batch_options.hpp>
#include <scrapingpros/config.hpp>
#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/webhook_event.hpp>

#include <exception>
#include <memory>
#include <optional>

namespace scrapingpros::inline v0::detail {

/// Takes the outcomes of `for_each`; may throw.
class outcome_consumer {
public:
    virtual ~outcome_consumer() = default;
    /// False to leave.
    virtual bool take(const job_outcome& item) = 0;
};

/** A batch under way: what is behind the facade.

    One operation at a time; nothing is sent while there is none, but what a `next` has begun is
    finished. Completes exactly once and never from within the call.
*/
class batch_operation {
public:
    virtual ~batch_operation() = default;

    virtual void submit(on<run_ref> handler) = 0;
    virtual void next(on<std::optional<job_outcome>> handler) = 0;
    virtual void for_each(
        std::unique_ptr<outcome_consumer> consumer, on<batch_summary> handler
    ) = 0;

    virtual error_code acknowledge(const job_id& id) = 0;
    virtual void refresh() = 0;
    virtual bool on_webhook(const webhook_event& event) = 0;
    /// What was given last counts as taken, and nothing is done any more.
    virtual error_code close() = 0;
    /// Its handle is gone: as `close`, but what was given last comes again.
    virtual void abandon() = 0;

    virtual checkpoint snapshot() const = 0;
    virtual batch_progress progress() const = 0;
    virtual batch_summary summary() const = 0;
    virtual const poll_stats& stats() const noexcept = 0;
    virtual const diagnostics& last_failure() const noexcept = 0;
    virtual std::exception_ptr exception() const noexcept = 0;
};

// Never fail: a batch that must not begin ends every operation with the code that says why.
SCRAPINGPROS_DECL std::shared_ptr<batch_operation> submit_batch(
    std::shared_ptr<client_core> core, collection_draft draft, batch_options how, call_options calls
);
SCRAPINGPROS_DECL std::shared_ptr<batch_operation> attach_batch(
    std::shared_ptr<client_core> core, run_ref target, batch_options how, call_options calls
);
SCRAPINGPROS_DECL std::shared_ptr<batch_operation> resume_batch(
    std::shared_ptr<client_core> core, batch_options how, call_options calls
);

}  // namespace scrapingpros::inline v0::detail

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/detail/batch_operation.ipp>
#endif

#endif
