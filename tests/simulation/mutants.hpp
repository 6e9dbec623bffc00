#ifndef SCRAPINGPROS_TESTS_SIMULATION_MUTANTS_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_MUTANTS_HPP

#include <scrapingpros/core/batch_engine.hpp>

#include <chrono>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/simulation/play.hpp"

// Engines that are broken on purpose, each in one rule. Nothing in the library knows of them: they
// are parts put in the place of others, or stand between the engine and its driver.

namespace simulation {

/// A job is in the checkpoint before its consumer has it: a crash in between loses it.
class mark_before_delivery : public stock_engine {
public:
    using stock_engine::stock_engine;

    sp::core::action next(sp::core::moment now)
    {
        if (held_) {
            auto item = std::move(*held_);
            held_.reset();
            return item;
        }
        auto step = stock_engine::next(now);
        auto* out = std::get_if<sp::core::deliver>(&step);
        if (!out) return step;
        stock_engine::acknowledge(out->item.job.id);
        held_ = std::move(*out);
        return stock_engine::next(now);  // the step to be appended
    }

private:
    std::optional<sp::core::deliver> held_{};
};

/// The official client's way: strictly behind the mark, never before it.
class cursor_without_overlap : public sp::core::drain_cursor {
public:
    using sp::core::drain_cursor::drain_cursor;

    void begin(sp::core::drain_pass pass, sp::milliseconds)
    {
        sp::core::drain_cursor::begin(pass, {});
    }
    // A pass that ended before the listing's end would otherwise begin at its last stamp.
    sp::list_jobs request() const
    {
        auto page = sp::core::drain_cursor::request();
        if (page.completed_since) page.completed_since = mark();
        return page;
    }
};

/// The listing to its end by stamps, and nothing after that.
class cursor_without_closing : public sp::core::drain_cursor {
public:
    using sp::core::drain_cursor::drain_cursor;

    sp::list_jobs request() const
    {
        auto page = sp::core::drain_cursor::request();
        if (pass() != sp::core::drain_pass::closing) return page;
        page.statuses = {
            sp::job_status::completed, sp::job_status::failed, sp::job_status::timeout};
        page.order_by = sp::job_order::completed_at;
        return page;
    }
};

/// Rows count as seen when they arrive, and are handed on when their page is whole: a page that fails
/// takes its rows with it.
class seen_before_handed_on : public stock_engine {
public:
    using stock_engine::stock_engine;

    bool takes_rows() const noexcept { return true; }
    void on_row(sp::core::moment, sp::core::ticket, sp::listed_job row)
    {
        if (sp::is_terminal(row.job.status) && !seen_.insert(row.job.id)) {
            // The page comes again from its beginning.
            if (!page_.empty() && page_.front().job.id == row.job.id) page_.clear();
            return;
        }
        page_.push_back(std::move(row));
    }
    void on_page_end(sp::core::moment now, sp::core::ticket id, const sp::page_end& end)
    {
        for (auto& row : std::exchange(page_, {}))
            stock_engine::on_row(now, id, std::move(row));
        stock_engine::on_page_end(now, id, end);
    }
    void on_failure(
        sp::core::moment now, sp::core::ticket id, const sp::core::exchange_failure& failure
    )
    {
        page_.clear();
        stock_engine::on_failure(now, id, failure);
    }

private:
    sp::job_id_set seen_{};
    std::vector<sp::listed_job> page_{};
};

/// An unanswered start is sent again without a look at the runs.
class blind_restart : public stock_engine {
public:
    using stock_engine::stock_engine;

    void on_started(sp::core::moment now, sp::core::ticket id, sp::start_outcome outcome)
    {
        if (outcome.certainty == sp::start_certainty::unknown)
            outcome.certainty = sp::start_certainty::not_started;
        stock_engine::on_started(now, id, std::move(outcome));
    }
};

}  // namespace simulation

#endif
