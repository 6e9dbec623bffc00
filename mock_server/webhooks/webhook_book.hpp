#ifndef SCRAPINGPROS_MOCK_WEBHOOK_BOOK_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_BOOK_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"
#include "webhooks/webhook_types.hpp"

namespace scrapingpros_mock {

struct world_state;

/// The deliveries of a world: which are open, what is due, and what became of each attempt.
///
/// It finds new runs itself, in the order of their starts. Each function is given the world that
/// the book is part of.
class webhook_book {
public:
    static constexpr std::size_t capacity = 10'000;

    std::optional<time_point> next(world_state&);
    std::vector<webhook_attempt> take_due(world_state&, time_point now);
    void answered(
        world_state&,
        std::string_view delivery,
        unsigned attempt,
        const webhook_outcome&,
        time_point now
    );
    redelivery redeliver(world_state&, std::string_view delivery, time_point now);

    /// The newest attempts, in the order in which they were made.
    const std::deque<webhook_record>& records() const noexcept { return records_; }
    /// Of all attempts ever, forgotten ones included.
    std::uint64_t total() const noexcept { return total_; }
    std::size_t in_flight() const noexcept { return in_flight_; }
    /// Holds neither secrets nor signatures.
    std::string to_json(const world_state&, time_point now) const;

private:
    struct place {
        std::size_t ordinal = 0;  ///< among all runs
        std::string account;
        std::string run;
    };
    struct due_place {
        time_point due;
        const place* where;
    };

    void find_new_runs(world_state&);
    std::optional<time_point> due(world_state&, const place&) const;
    std::optional<webhook_attempt> begin(
        world_state&, const place&, time_point due, time_point now
    );
    void remember(webhook_record);
    void drop_done(world_state&, time_point now);

    std::vector<place> open_;
    std::size_t runs_seen_ = 0;
    std::set<std::string, std::less<>> disabled_;  ///< URLs that said 410
    std::deque<webhook_record> records_;
    std::uint64_t total_ = 0;
    std::size_t in_flight_ = 0;
};

}  // namespace scrapingpros_mock

#endif
