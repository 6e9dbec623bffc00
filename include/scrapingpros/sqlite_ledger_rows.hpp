#ifndef SCRAPINGPROS_SQLITE_LEDGER_ROWS_HPP
#define SCRAPINGPROS_SQLITE_LEDGER_ROWS_HPP

// How a ledger is opened, what goes into it, and what it is asked for. Values; nothing of SQLite.

#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/result_body.hpp>
#include <scrapingpros/model/verdict.hpp>
#include <scrapingpros/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

enum class ledger_access {
    /// Looks only; beside a writer too, and where nothing may be written. Sees whole acknowledgements.
    read,
    /// Looks and writes. One at a time for each file.
    write,
};

struct sqlite_ledger_options {
    std::string path{};
    ledger_access access = ledger_access::write;
    /// What an acknowledgement outlives; what is saved before something is sent always outlives both.
    durability outlive = durability::process;
    /** Keeps the JSON text of every item after the collection exists too, so that failed ones can be
        submitted again as they were. It holds whatever headers and cookies the items hold.
    */
    bool keep_requests = false;
};

/** What a ledger keeps of one outcome. Texts are kept byte for byte, UTF-8 or not.

    The body itself is not kept: `path`, `sha256` and `bytes` say where it went, and are for whoever
    stored it to fill in (they are the members of `stored_body`).
*/
struct ledger_outcome {
    job_id id{};
    std::optional<std::string> custom_id{};
    /// As the row has it, cut by the service at 2048 characters.
    std::optional<std::string> url{};
    /// The service's spelling.
    std::string status{};
    std::optional<bool> is_success{};
    judgement verdict = judgement::unknown;
    /// What decided the verdict.
    std::string verdict_reason{};
    /// The target's HTTP status.
    std::optional<int> status_code{};
    std::optional<std::string> message{};
    /// Set where another try is for nothing (contract 8.1).
    std::optional<std::string> stop_reason{};
    std::optional<timestamp> completed_at{};
    body_kind kind = body_kind::none;
    std::optional<std::string> path{};
    std::optional<std::string> sha256{};
    std::optional<std::uint64_t> bytes{};

    friend bool operator==(const ledger_outcome&, const ledger_outcome&) = default;
};

/// All that the outcome itself tells; path, digest and size of the body are left empty.
inline ledger_outcome ledger_outcome_of(const job_outcome& item)
{
    ledger_outcome out;
    out.id = item.job.id;
    out.custom_id = item.job.custom_id;
    out.url = item.job.url;
    out.status = item.job.status_text;
    if (out.status.empty()) out.status = to_string(item.job.status);
    out.is_success = item.job.is_success;
    out.verdict = item.verdict.value;
    out.verdict_reason = item.verdict.reason;
    out.status_code = item.job.status_code;
    out.message = item.job.message;
    out.completed_at = item.job.completed_at;
    if (!item.result) return out;
    out.kind = item.result->body.kind;
    if (item.result->guidance) out.stop_reason = item.result->guidance->stop_reason;
    return out;
}

/// A settled job as the ledger shows it: one row of the table `jobs`.
struct ledger_job {
    /// With nothing but the id, if nobody recorded the outcome; of a job that is missing, with what the
    /// run's listing told of it.
    ledger_outcome outcome{};
    /// Empty only for jobs of a checkpoint that was begun in another store.
    std::optional<settlement> how{};
    /// With `settlement::missing`.
    std::optional<shortfall_cause> cause{};
    /// This machine's clock, in whole milliseconds, as all times of a ledger.
    timestamp acknowledged_at{};

    friend bool operator==(const ledger_job&, const ledger_job&) = default;
};

/// One batch: one row of the table `batches`.
struct ledger_batch {
    /// By which its store was asked for.
    std::string name{};
    batch_stage stage = batch_stage::creating;
    /// Empty for a run that was attached to.
    std::string collection_name{};
    std::optional<collection_id> collection{};
    std::optional<run_id> run{};
    /// Items handed to create.
    std::uint64_t submitted = 0;
    /// False where the answer to create is not known (yet): then the next four are 0.
    bool refusals_known = false;
    std::uint64_t queued = 0;
    std::uint64_t blocked = 0;
    std::uint64_t invalid = 0;
    std::uint64_t duplicates = 0;
    /// Jobs of the run, once known.
    std::optional<std::uint64_t> total{};
    settlement_counts counts{};
    timestamp created_at{};
    /// Of the latest save or acknowledgement.
    timestamp updated_at{};

    friend bool operator==(const ledger_batch&, const ledger_batch&) = default;
};

enum class rejection { blocked, invalid, duplicate };

constexpr std::string_view to_string(rejection r) noexcept
{
    switch (r) {
    case rejection::blocked: return "blocked";
    case rejection::invalid: return "invalid";
    case rejection::duplicate: return "duplicate";
    }
    return "";
}

/// Why an item was refused when the batch was submitted. An invalid item has a row for each fault.
struct ledger_rejection {
    rejection kind = rejection::blocked;
    /// Place of the item in the submit, from 0. Empty for duplicates, and where the service left it out.
    std::optional<std::uint64_t> index{};
    std::optional<std::string> url{};
    /// Of the item at `index`.
    std::optional<std::string> custom_id{};
    /// Of an invalid item: the dotted path of the member.
    std::string field{};
    /// The service's word for it: `private_ip`, `missing`, …; empty for duplicates.
    std::string reason{};
    std::string message{};

    friend bool operator==(const ledger_rejection&, const ledger_rejection&) = default;
};

/// Which items of a batch `sqlite_ledger::for_each_item` gives.
enum class ledger_items {
    all,
    /** Those that came to nothing and are worth another try: the job failed, timed out, was judged not
        usable, or is missing; without those whose `stop_reason` says that another try is for nothing.
        An item is known by URL and `custom_id`, as in `retry_list`.
    */
    failed,
    /// Those that were not refused, and of which no job is settled.
    remaining,
};

/// An item as it was submitted: one row of the table `items`.
struct ledger_item {
    /// Place in the submit, from 0.
    std::uint64_t index = 0;
    /// Empty if the item has none that is a text.
    std::optional<std::string> url{};
    std::optional<std::string> custom_id{};
    /// The JSON text that was sent, to the byte; `raw_item` sends it again. Empty unless the ledger
    /// keeps requests.
    std::optional<std::string> request_json{};

    friend bool operator==(const ledger_item&, const ledger_item&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
