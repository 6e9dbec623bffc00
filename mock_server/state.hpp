#ifndef SCRAPINGPROS_MOCK_STATE_HPP
#define SCRAPINGPROS_MOCK_STATE_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "books/journal.hpp"
#include "books/ledger.hpp"
#include "faults/fault_book.hpp"
#include "items/idempotency.hpp"
#include "items/items.hpp"
#include "limits/account_limits.hpp"
#include "rows/row_cache.hpp"
#include "runs/workload.hpp"
#include "scenario/scenario.hpp"
#include "types.hpp"
#include "webhooks/webhook_book.hpp"
#include "webhooks/webhook_types.hpp"

namespace scrapingpros_mock {

struct page_memory;

struct run {
    std::string id;
    std::string collection;
    std::optional<std::string> callback_url;
    run_future future;
    std::uint64_t row_base = 0;
    std::size_t ledger_place = 0;
    row_cache rows = {};
    /// Cursors handed out and their filters, kept only where a changed filter is refused (A37).
    std::unordered_map<std::string, std::string> cursors;
    /// Only where a listing of the run was damaged.
    std::shared_ptr<page_memory> hazards = {};
    webhook_progress hook = {};
};

struct collection {
    std::string id;
    std::string name;
    std::optional<std::string> callback_url;
    time_point created{};
    time_point updated{};
    bool stamped = true;       ///< false: from before collections had stamps
    time_point exists_from{};  ///< a slow create is unseen until it is done
    bool deleted = false;
    std::shared_ptr<const std::vector<item>> items;
    std::vector<std::string> runs;  ///< in the order of their starts
};

struct account_state {
    account_state(std::string_view called, const scenario&);

    std::string name;
    account_limits limits;
    key_store create_keys;
    key_store run_keys;              ///< A10 honour
    std::uint64_t credits_used = 0;  ///< this month
    time_point quota_until{};        ///< when that month is over; none before the first request
    std::uint64_t collections_made = 0;
    std::uint64_t runs_made = 0;
    std::vector<std::string> collections;  ///< in the order of their creation
    std::unordered_map<std::string, collection> by_id;
    std::unordered_map<std::string, run> runs;
    draws chance;
};

/// What has happened in a world.
struct world_books {
    explicit world_books(const scenario& from) : faults(from.seed), requests(from.journal) {}

    fault_book faults;
    journal requests;
    ledger seen;
    std::map<std::string, account_state, std::less<>> accounts;
    std::vector<std::pair<std::string, std::string>> run_order;  ///< account, run id
    std::uint64_t creates_begun = 0;
    row_budget row_room;
    std::uint64_t rows_given = 88'120'000;  ///< numbers of table rows, over all runs
    webhook_book hooks;
    /// Scenarios of before a change, which older runs still go by.
    std::vector<std::shared_ptr<const scenario>> earlier;
};

/// Everything a world knows.
struct world_state : world_books {
    explicit world_state(std::shared_ptr<const scenario>);

    /// All that has happened in `other`, which is left without it.
    void take_over(world_state& other);

    account_state& account(std::string_view name);
    const switches& contract() const noexcept { return from.contract; }
    /// The run and the account that owns it, whoever asks.
    const run* find_run(std::string_view id) const;

    std::shared_ptr<const scenario> held;
    const scenario& from;  ///< what is held
};

}  // namespace scrapingpros_mock

#endif
