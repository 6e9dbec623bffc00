#ifndef SCRAPINGPROS_MODEL_CALL_HPP
#define SCRAPINGPROS_MODEL_CALL_HPP

#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/idempotency_key.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/time.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

/// Route 1. With a key it may be repeated for 24 h, byte for byte.
struct create_collection {
    collection_draft draft{};
    std::optional<idempotency_key> key{};

    friend bool operator==(const create_collection&, const create_collection&) = default;
};

/// Route 2. Old servers ignore the filters: apply them again to what comes back.
struct list_collections {
    std::optional<std::string> name{};
    std::optional<std::string> name_prefix{};
    /// Compared with the server's clock; sent in whole milliseconds, rounded down.
    std::optional<timestamp> since{};

    friend bool operator==(const list_collections&, const list_collections&) = default;
};

/// Route 3.
struct get_collection {
    collection_id id{};

    friend bool operator==(const get_collection&, const get_collection&) = default;
};

/// Route 4. A list replaces the old one; without a list it is a renaming.
struct update_collection {
    collection_id id{};
    std::string name{};
    std::optional<std::vector<request_item>> requests{};

    friend bool operator==(const update_collection&, const update_collection&) = default;
};

/// Route 5. Treat it as the end of what may be read through the collection.
struct delete_collection {
    collection_id id{};

    friend bool operator==(const delete_collection&, const delete_collection&) = default;
};

/// Route 6. Every arrival is a new, billed run.
struct start_run {
    collection_id collection{};
    /// Assumed to override the collection's (contract A11). Empty sends no body at all.
    std::optional<std::string> callback_url{};

    friend bool operator==(const start_run&, const start_run&) = default;
};

/// Route 7. The light status poll: no `job_ids`.
struct list_runs {
    collection_id collection{};
    std::optional<run_status> status_filter{};

    friend bool operator==(const list_runs&, const list_runs&) = default;
};

/// Route 8. About 40 bytes per job on every read.
struct get_run {
    run_ref target{};

    friend bool operator==(const get_run&, const get_run&) = default;
};

/// `completed_at` leaves out rows without that stamp; `id` grows while it is paged.
enum class job_order { id, completed_at };

enum class sort_direction { ascending, descending };

enum class inline_results { leave_out, include };

/// Route 9.
struct list_jobs {
    run_ref target{};
    /// 1 to 1000, to 100 with results; more is clamped or refused by the server.
    unsigned limit = 100;
    std::optional<std::string> cursor{};
    /// Empty asks for all; sent as one comma-separated value.
    std::vector<job_status> statuses{};
    job_order order_by = job_order::id;
    sort_direction order_dir = sort_direction::ascending;
    /// Strictly later than this, in whole milliseconds, rounded down.
    std::optional<timestamp> completed_since{};
    inline_results results = inline_results::leave_out;

    friend bool operator==(const list_jobs&, const list_jobs&) = default;
};

/// Route 10.
struct get_result {
    run_ref target{};
    job_id job{};

    friend bool operator==(const get_result&, const get_result&) = default;
};

/// Route 11; no token is sent.
struct get_health {
    friend bool operator==(const get_health&, const get_health&) = default;
};

/// Route 12; no token is sent.
struct get_plans {
    friend bool operator==(const get_plans&, const get_plans&) = default;
};

enum class billing_detail { summary, urls };

/// Route 13, `/v1/sync/billing`.
struct get_billing {
    /// The server's current month if empty.
    std::optional<std::chrono::year_month> month{};
    billing_detail detail = billing_detail::summary;

    friend bool operator==(const get_billing&, const get_billing&) = default;
};

/// Route 13, `/v1/sync/metrics`.
struct get_metrics {
    friend bool operator==(const get_metrics&, const get_metrics&) = default;
};

/// Route 13, `/v1/sync/client-metrics`.
struct get_client_metrics {
    friend bool operator==(const get_client_metrics&, const get_client_metrics&) = default;
};

/// An offloaded body at an absolute URL, at any host; the token is never sent there.
struct fetch_body {
    std::string url{};

    friend bool operator==(const fetch_body&, const fetch_body&) = default;
};

/// Everything that can be asked of the service, as a value.
using call = std::variant<
    create_collection,
    list_collections,
    get_collection,
    update_collection,
    delete_collection,
    start_run,
    list_runs,
    get_run,
    list_jobs,
    get_result,
    get_health,
    get_plans,
    get_billing,
    get_metrics,
    get_client_metrics,
    fetch_body>;

}  // namespace scrapingpros::inline v0

#endif
