#ifndef SCRAPINGPROS_CORE_DRAIN_CURSOR_HPP
#define SCRAPINGPROS_CORE_DRAIN_CURSOR_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace scrapingpros::inline v0::core {

/// What a pass through the listing is for.
enum class drain_pass {
    /// New rows with their results, from the high-water mark on.
    flow,
    /// The same without results.
    metadata,
    /// Rows behind the high-water mark, without results; leaves the mark where it is.
    audit,
    /// Every row of the run by `order_by=id`, without results: finds those that have no stamp or lie
    /// behind the mark (contract 7.4, 9.5).
    closing,
};

/** Where reading a run's listing stands: high-water mark, page, and what this server can do.

    A pass is a row of pages: `begin`, then `request`, rows, `on_page_end` until it says that the pass is
    over. The mark moves over a row when the row was taken, page by page or row by row, as long as rows
    come in the order asked for; from the first one that does not, only the end of the pass moves it. A
    pass that fails goes on by its own cursor; a cursor that the server refuses, hands out twice or
    leaves out ends the pass, and the next one begins at the mark.
*/
class drain_cursor {
public:
    explicit drain_cursor(run_ref target, std::optional<timestamp> mark = {})
        : target_(std::move(target)), mark_(mark)
    {
    }

    /// Begins a pass `overlap` behind the mark, 0: strictly behind its stamp, which only a pass that saw
    /// all rows of that stamp allows; a closing one begins at the first row.
    void begin(drain_pass pass, milliseconds overlap)
    {
        pass_ = pass;
        cursor_.reset();
        visited_.clear();
        ordered_ = !plain_;
        newest_ = mark_;
        mark_before_ = mark_;
        last_.reset();
        since_.reset();
        failed_readings_ = 0;
        // The service compares strictly, by milliseconds (contract 7.1).
        const milliseconds behind = overlap > milliseconds(0) ? overlap + milliseconds(1)
                                    : ended_whole_            ? milliseconds(0)
                                                              : milliseconds(1);
        if (mark_ && pass != drain_pass::closing && !plain_) since_ = *mark_ - behind;
        ended_whole_ = false;
        under_way_ = true;
    }

    /// Puts the mark back to a row that was missed; the next pass begins there.
    void rewind(timestamp to)
    {
        mark_ = mark_ ? (std::min)(*mark_, to) : to;
        under_way_ = false;
        ended_whole_ = false;
    }

    /// The page to ask for.
    list_jobs request() const
    {
        list_jobs page{.target = target_, .cursor = cursor_};
        page.limit = pass_ == drain_pass::flow && inline_ ? 100 : 1000;
        if (asks_for_results()) page.results = inline_results::include;
        if (pass_ == drain_pass::closing || plain_) return page;
        page.statuses = {job_status::completed, job_status::failed, job_status::timeout};
        page.order_by = job_order::completed_at;
        page.completed_since = since_;
        return page;
    }

    /// A row of the page was taken. Says how far behind the mark it lies, if it does.
    std::optional<milliseconds> on_row(const job& row)
    {
        if (!row.completed_at) return {};
        const auto stamp = *row.completed_at;
        std::optional<milliseconds> behind;
        if (mark_ && stamp <= *mark_) behind = std::chrono::ceil<milliseconds>(*mark_ - stamp);
        if (!moves_mark()) return behind;
        if (last_ && stamp < *last_) ordered_ = false;
        last_ = stamp;
        if (!newest_ || stamp > *newest_) newest_ = stamp;
        if (ordered_) mark_ = newest_;
        return behind;
    }

    /// The page came whole. True if the pass goes on with another one.
    bool on_page_end(const page_end& end)
    {
        failed_readings_ = 0;
        if (end.has_more && end.cursor && visited_.insert(*end.cursor).second) {
            cursor_ = end.cursor;
            return true;
        }
        // More without a way on: the rows so far are taken, the next pass goes on behind them.
        const bool cut_short = end.has_more;
        if (!cut_short && moves_mark()) mark_ = newest_;
        under_way_ = false;
        cut_short_ = cut_short;
        ended_whole_ = !cut_short && moves_mark();
        return false;
    }

    /// Ends the pass although there are more pages.
    void cut_short_here()
    {
        under_way_ = false;
        cut_short_ = true;
    }

    /** A page failed. False if this listing cannot be had from this server in any way that is known.

        400: first without the cursor, then without order and filters, as servers before 2026-04-24
        want it.
    */
    bool on_failure(error_code ec)
    {
        if (ec == errc::bad_request || ec == errc::rejected) {
            under_way_ = false;
            if (cursor_) return true;
            if (plain_) return false;
            plain_ = true;
            return true;
        }
        if (ec == errc::malformed_response || ec == errc::body_too_large) ++failed_readings_;
        return true;
    }

    /// The server does not know inline results: pages of 1000, and each result on its own.
    void without_inline_results() { inline_ = false; }
    bool has_inline_results() const noexcept { return inline_; }

    /// The page under way has results; one that could not be read twice in a row is asked for without.
    bool asks_for_results() const noexcept
    {
        return pass_ == drain_pass::flow && inline_ && failed_readings_ < 2;
    }

    drain_pass pass() const noexcept { return pass_; }
    /// A pass was begun and has pages left.
    bool under_way() const noexcept { return under_way_; }
    /// The last pass ended although the server had more.
    bool cut_short() const noexcept { return cut_short_; }
    /// The page asked for goes on by a cursor.
    bool goes_on() const noexcept { return cursor_.has_value(); }
    const std::optional<timestamp>& mark() const noexcept { return mark_; }

private:
    /// The other passes show rows that are only looked for.
    bool moves_mark() const noexcept
    {
        return pass_ == drain_pass::flow || pass_ == drain_pass::metadata;
    }

    run_ref target_;
    std::optional<timestamp> mark_;
    /// Where it was when the pass began.
    std::optional<timestamp> mark_before_{};
    drain_pass pass_ = drain_pass::flow;
    std::optional<std::string> cursor_{};
    std::set<std::string> visited_{};
    std::optional<timestamp> since_{};
    /// Greatest stamp of the pass, and the one before.
    std::optional<timestamp> newest_{};
    std::optional<timestamp> last_{};
    /// How often the page under way could not be read.
    unsigned failed_readings_ = 0;
    bool ordered_ = true;
    bool inline_ = true;
    bool plain_ = false;
    bool under_way_ = false;
    bool cut_short_ = false;
    /// The last pass for new rows was read to the listing's end, and no other came after it.
    bool ended_whole_ = false;
};

}  // namespace scrapingpros::inline v0::core

#endif
