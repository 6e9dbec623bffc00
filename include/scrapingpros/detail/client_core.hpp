#ifndef SCRAPINGPROS_DETAIL_CLIENT_CORE_HPP
#define SCRAPINGPROS_DETAIL_CLIENT_CORE_HPP

#include <scrapingpros/client_options.hpp>
#include <scrapingpros/config.hpp>
#include <scrapingpros/detail/policy_box.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/model/recent_submit.hpp>
#include <scrapingpros/model/service.hpp>
#include <scrapingpros/model/start_outcome.hpp>
#include <scrapingpros/net/any_transport.hpp>
#include <scrapingpros/policy/retry_quota.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/wire/body_sink.hpp>
#include <scrapingpros/wire/routes.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// A handler of `void(error_code, T)`.
template <class T>
using on = boost::asio::any_completion_handler<void(error_code, T)>;

/** What all copies of a client share, and the erased operations behind the facade.

    Used on the client's executor only. The operations keep it alive, so a client may be destroyed
    while some are under way.
*/
class client_core : public std::enable_shared_from_this<client_core> {
public:
    /// Checks the options; `diag.place` names the one that is refused.
    SCRAPINGPROS_DECL static result<std::shared_ptr<client_core>> make(
        any_transport transport,
        std::shared_ptr<policy_box> policies,
        client_options options,
        diagnostics& diag
    );

    // One overload for each call that has a plain answer.
    SCRAPINGPROS_DECL void perform(create_collection, call_options, on<creation>);
    SCRAPINGPROS_DECL void perform(list_collections, call_options, on<collection_list>);
    SCRAPINGPROS_DECL void perform(get_collection, call_options, on<collection>);
    SCRAPINGPROS_DECL void perform(update_collection, call_options, on<creation>);
    SCRAPINGPROS_DECL void
        perform(delete_collection, call_options, boost::asio::any_completion_handler<void(error_code)>);
    SCRAPINGPROS_DECL void perform(start_run, call_options, on<start_outcome>);
    SCRAPINGPROS_DECL void perform(list_runs, call_options, on<run_list>);
    SCRAPINGPROS_DECL void perform(get_run, call_options, on<run>);
    SCRAPINGPROS_DECL void perform(list_jobs, call_options, on<job_page>);
    SCRAPINGPROS_DECL void perform(get_health, call_options, on<health>);
    SCRAPINGPROS_DECL void perform(get_plans, call_options, on<plan_list>);
    SCRAPINGPROS_DECL void perform(get_billing, call_options, on<raw_document>);
    SCRAPINGPROS_DECL void perform(get_metrics, call_options, on<raw_document>);
    SCRAPINGPROS_DECL void perform(get_client_metrics, call_options, on<raw_document>);
    // With a sink the body goes there, and the answer's own body stays empty.
    SCRAPINGPROS_DECL void perform(get_result, body_sink*, call_options, on<job_result>);
    SCRAPINGPROS_DECL void perform(fetch_body, body_sink*, call_options, on<std::string>);

    // What takes more than one call.
    SCRAPINGPROS_DECL void reconcile(start_attempt, call_options, on<start_outcome>);
    SCRAPINGPROS_DECL void
        run_and_wait(start_run, std::optional<milliseconds>, call_options, on<run>);
    SCRAPINGPROS_DECL void wait_run(run_ref, std::optional<milliseconds>, call_options, on<run>);
    SCRAPINGPROS_DECL void
    find_recent(std::string name, std::optional<timestamp>, call_options, on<std::optional<recent_submit>>);
    SCRAPINGPROS_DECL void collect_jobs(list_jobs, call_options, on<job_page>);

    boost::asio::any_io_executor get_executor() { return transport_.get_executor(); }
    any_transport& transport() noexcept { return transport_; }
    policy_box& policies() noexcept { return *policies_; }
    const std::shared_ptr<policy_box>& shared_policies() const noexcept { return policies_; }
    const client_options& options() const noexcept { return options_; }
    const service_address& address() const noexcept { return address_; }
    const secret& token() const noexcept { return options_.token; }
    const retry_quota& quota() const noexcept { return quota_; }

    /// The server's clock, as far as the `Date` of replies has told.
    timestamp server_now() const { return policies_->server_now() + server_ahead_; }
    SCRAPINGPROS_DECL void note_date(const http_fields& fields);
    void note_limits(const account_limits& limits) { last_limits_ = limits; }
    const account_limits& last_limits() const noexcept { return last_limits_; }

    /// The first item that a create would be refused for, by `client_options::item_rules`.
    SCRAPINGPROS_DECL error_code check_items(const collection_draft& draft, diagnostics& why) const;

    /// The pinned criterion against the run's; tells the observer or gives an error, as pinned.
    SCRAPINGPROS_DECL error_code check_criterion(const run& r);

    /// Uniform bits for jitter.
    SCRAPINGPROS_DECL std::uint64_t draw() noexcept;

    // Read buffers are kept: a new one for each call would be cleared and faulted in each time.
    SCRAPINGPROS_DECL std::vector<char> take_buffer();
    SCRAPINGPROS_DECL void give_buffer(std::vector<char> buffer);

    SCRAPINGPROS_DECL client_core(
        any_transport transport,
        std::shared_ptr<policy_box> policies,
        client_options options,
        service_address address
    );

private:
    any_transport transport_;
    std::shared_ptr<policy_box> policies_;
    client_options options_;
    service_address address_;
    retry_quota quota_;
    std::chrono::microseconds server_ahead_{0};
    account_limits last_limits_{};
    std::string reported_criterion_{};
    std::uint64_t jitter_state_;
    std::vector<std::vector<char>> buffers_{};
};

/// What the constructors of a client do. They throw `api_error`.
SCRAPINGPROS_DECL any_transport
make_own_transport(boost::asio::any_io_executor executor, const transport_options& options);
SCRAPINGPROS_DECL std::shared_ptr<client_core> make_core(
    any_transport transport, std::shared_ptr<policy_box> policies, client_options options
);

}  // namespace scrapingpros::inline v0::detail

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/detail/client_core.ipp>
#endif

#endif
