#ifndef BENCHMARKS_POLLING_WORLD_HPP
#define BENCHMARKS_POLLING_WORLD_HPP

#include <scrapingpros/policy/governor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "benchmarks/polling/timeline.hpp"
#include "mock_server/limits/throttle.hpp"
#include "mock_server/rows/listing.hpp"
#include "mock_server/runs/polling_workload.hpp"
#include "mock_server/runs/workload.hpp"
#include "mock_server/scenario/scenario.hpp"

namespace polling {

namespace mock = scrapingpros_mock;

enum class limiter_kind { none, window, bucket, sliding };
std::string_view name_of(limiter_kind) noexcept;

/// What surrounds a run, besides the workload.
struct world_options {
    limiter_kind limiter = limiter_kind::none;
    std::size_t reads_per_minute = 0;
    /// The library's clients are told the limit beforehand.
    bool limit_known = true;
    /// Replies tell limit, rest and reset.
    bool rate_headers = false;
    /// Somebody else takes such a share of the limit, at random times.
    double competitor = 0;
    /// The service calls back within a second of the run's end.
    bool webhook = false;
    /// Round trip of a small request.
    duration shortest_trip{50'000};
    duration longest_trip{200'000};
    /// What a row of a page adds to it.
    duration inline_row{3'000};
    duration metadata_row{100};
    /// The contract's clock as clients see it: `Date` has whole seconds.
    duration date_step{1'000'000};
    /// This much is the client's wall clock ahead.
    duration skew{0};
    /// Behaviour of the service that hurts: late rows, split ties, rows without a stamp.
    mock::switches contract{};
    std::uint64_t seed = 1;
};

enum class request_kind { status, run, inline_page, metadata_page, result };
inline constexpr std::size_t request_kinds = 5;

/// What the service would say to a status read.
struct status_answer {
    mock::run_counts counts{};
    mock::run_status status{};
    std::size_t finished() const { return counts.success + counts.failed + counts.timeout; }
};

/// A page: jobs by their places among the items.
struct page_answer {
    std::vector<std::uint32_t> jobs{};
    bool more = false;
};

/// A 429.
struct refusal {
    duration retry_after{0};
};

/// What a reply's headers say; empty without headers.
using told_rate = std::optional<mock::limiter::verdict>;

/// What the runs of one account have in common.
class account {
public:
    account(const world_options&, time_point begin);

    timeline time;
    std::optional<mock::limiter> limiter{};
    /// Of the library's clients; the official client has none.
    scrapingpros::governor budget;

private:
    void compete();

    double competing_per_second_ = 0;
    std::mt19937_64 chance_;
};

/// When the run of that seed begins.
time_point creation(std::uint64_t seed);

/** One run at the mock service, without the wire: the mock's own plan of the run, its listing and its
    limiter, answered in memory after a round trip on virtual time. Keeps the books of one client.
*/
class world {
public:
    world(std::shared_ptr<const mock::polling_workload>, const world_options&);
    /// A run among others of an account.
    world(
        std::shared_ptr<const mock::polling_workload>,
        const world_options&,
        std::shared_ptr<account>,
        time_point created
    );

    using answer = std::variant<refusal, status_answer, page_answer>;

    /// Sends a request now; `done` is called when the answer is there, whole. `asked` is for pages.
    void send(
        request_kind what,
        const mock::listing_request& asked,
        std::function<void(answer, told_rate)> done
    );

    timeline& time() noexcept { return account_->time; }
    account& shared() noexcept { return *account_; }
    const mock::run_future& run() const noexcept { return run_; }
    const mock::polling_workload& workload() const noexcept { return *workload_; }
    const world_options& options() const noexcept { return options_; }
    time_point begin() const noexcept { return run_.created(); }
    std::mt19937_64& chance() noexcept { return chance_; }
    /// Even between the two.
    duration draw(duration low, duration high);

    // --- the books

    void delivered(std::size_t job);
    /// So many results are in the client's hands.
    void holds(std::size_t rows) noexcept { rows_held_max = (std::max)(rows_held_max, rows); }
    /// The client has ended, knowing or believing that the run is over.
    void ended();
    bool is_ended() const noexcept { return ended_at_.has_value(); }

    struct read {
        time_point at{};
        request_kind what{};
        std::size_t rows = 0;
        /// Rows that no page before has shown.
        std::size_t fresh = 0;
    };

    std::array<std::uint64_t, request_kinds> requests{};
    std::uint64_t refused = 0;
    double kilobytes = 0;
    std::uint64_t twice = 0;
    std::size_t rows_held_max = 0;
    std::vector<read> reads{};
    const std::vector<time_point>& delivered_at() const noexcept { return delivered_; }
    const std::vector<time_point>& listed_at() const noexcept { return listed_; }
    const std::optional<time_point>& ended_at() const noexcept { return ended_at_; }

private:
    answer evaluate(request_kind what, const mock::listing_request& asked, told_rate& told);
    page_answer list(const mock::listing_request& asked);
    void weigh(request_kind what, const page_answer& page);

    std::shared_ptr<const mock::polling_workload> workload_;
    world_options options_;
    mock::scenario scenario_;
    mock::run_future run_;
    std::shared_ptr<account> account_;
    std::mt19937_64 chance_;
    std::vector<time_point> delivered_{};
    std::vector<time_point> listed_{};
    std::optional<time_point> ended_at_{};
};

/// Lets things happen until all clients have ended, or nothing is left to happen, or a week has passed.
void play(const std::vector<std::unique_ptr<world>>&);

}  // namespace polling

#endif
