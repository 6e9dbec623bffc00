// The heart of the library, and one idea: which action comes next. Longer than other headers because
// its rules are to be read together; what they work with is in headers of their own (job_book,
// drain_cursor, result_fetcher, run_watch).
#ifndef SCRAPINGPROS_CORE_POLL_ENGINE_HPP
#define SCRAPINGPROS_CORE_POLL_ENGINE_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/audit_rule.hpp>
#include <scrapingpros/core/closing_rule.hpp>
#include <scrapingpros/core/drain_cursor.hpp>
#include <scrapingpros/core/job_book.hpp>
#include <scrapingpros/core/missed_rows.hpp>
#include <scrapingpros/core/outcome_desk.hpp>
#include <scrapingpros/core/page_tally.hpp>
#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/core/read_schedule.hpp>
#include <scrapingpros/core/result_failure.hpp>
#include <scrapingpros/core/result_fetcher.hpp>
#include <scrapingpros/core/run_watch.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::core {

/** Reads a run to its end: each outcome once, the rest by name and cause. Sans-I/O.

    | phase   | reads                                               | is left for, when               |
    |---------|-----------------------------------------------------|---------------------------------|
    | polling | what the strategy says; audits while counted rows   | over: all jobs accounted for;   |
    |         | stay away; single results that no page carried      | closing: the run is over        |
    | closing | the listing to its end; all rows by id, again with  | over: accounted for, or         |
    |         | growing pauses; last the ids that the run itself has| `closing_patience` has passed   |
    | over    | nothing                                             | -                               |

    At most one page or status is read at a time, and `parallel_results` single results beside it. The
    rules it keeps whatever the strategy answers (contract 9.5 and 20):

    1. A row counts as seen when it was taken, not when its page came; a failed page costs only itself.
    2. Passes overlap; rows are told apart by id. Counters that stay ahead of the rows for two flush
       periods start an audit: behind the mark, and every third time over all rows. So does, now and then,
       a fast flow, in which they tell nothing (audit_rule).
    3. Nothing waits for `all_jobs_persisted`. Complete is: as many rows as the run has jobs, or a
       listing of all rows after the end. What is still missing is waited for, for a bounded time.
    4. A result that cannot be had is not a failed job: pending and unreachable ones are tried again
       and once more at the end; expired, lost and invalid ones are settled for good.
    5. Nothing is asked for while the consumer takes nothing; at most one row and `parallel_results`
       bodies are held, of `max_held_bytes` together.
    6. Only a refusal ends the reading; any other failure is no news of the run.

    A value: copies are independent, but for a budget that they share. Answers to a ticket that is not
    under way are ignored.
*/
template <poll_strategy Strategy, success_classifier Classifier, class Cursor = drain_cursor>
class poll_engine {
public:
    /// @param begin of it, `target`, `total`, the settled jobs and the high-water mark count
    poll_engine(
        const checkpoint& begin, Strategy strategy, Classifier classifier, poll_options options = {}
    )
        : target_(begin.target.value_or(run_ref{})), options_(within_bounds(options)),
          strategy_(std::move(strategy)), book_(begin),
          desk_(std::move(classifier), options_.wanted), cursor_(target_, begin.high_water_mark),
          watch_(begin.total), schedule_(options_.deadline),
          audits_(options_.flush_period, options_.audit_overlap),
          closing_(options_.closing_patience), resumed_(begin.high_water_mark.has_value())
    {
    }

    [[nodiscard]] action next(moment now)
    {
        if (!saving_failed_)
            if (auto step = book_.next_step()) return append{std::move(*step)};
        arrive(now);
        if (desk_.can_hand_out()) return hand_out();
        if (phase_ != phase::over) conclude(now);
        if (phase_ == phase::over) return finish{ec_};
        if (auto read = next_read(now)) return std::move(*read);
        if (auto fetch = next_result(now)) return std::move(*fetch);
        return wait(now);
    }

    /// The budget of reads that the run shares, for its strategy to see. A handle.
    void share_budget(std::shared_ptr<rate_lane> lane) { lane_ = std::move(lane); }

    /// What is known of the run without asking: the answer to its start.
    void note_started(moment now, const run& seen) { watch_.on_run(now.local, seen); }

    /// The answer to `list_runs`. Without the run in it, the run itself is asked for.
    void on_runs(moment now, ticket id, const run_list& list)
    {
        if (!ends_read(id)) return;
        failures_ = 0;
        on_small_round_trip(now);
        for (const run& seen : list.items)
            if (seen.id == target_.run) return on_status(now, seen);
        use_run_list_ = false;
        schedule_.plan(now.local, errand::status);
    }

    void on_run(moment now, ticket id, const run& seen)
    {
        if (!ends_read(id)) return;
        failures_ = 0;
        on_small_round_trip(now);
        if (errand_ == errand::ids) return on_ids(now, seen);
        on_status(now, seen);
    }

    /// While false, the rest of a page is to be left unread: back-pressure down to the socket.
    [[nodiscard]] bool takes_rows() const noexcept { return desk_.takes_more(); }

    /// Outcomes that the consumer has not taken yet.
    [[nodiscard]] std::size_t held() const noexcept { return desk_.held(); }

    void on_row(moment now, ticket id, listed_job row)
    {
        if (reading_ != id) return;
        ++rows_of_pass_;
        const auto behind = cursor_.on_row(row.job);
        // The next page brings what lies ahead of the mark or has its stamp, with its results.
        const bool lies_ahead = !behind || *behind == milliseconds(0);
        const bool comes_anyway =
            after_audit_ && errand_ != errand::flow && row.job.completed_at && lies_ahead;
        if (comes_anyway && errand_ == errand::audit) audit_has_passed_mark_ = true;
        const bool unseen =
            is_terminal(row.job.status) && book_.is_new(row.job.id) && !comes_anyway;
        page_.count(row, unseen, behind, stats_);
        if (!unseen) return;
        last_move_ = now.local;
        const bool has_all =
            row.job.status != job_status::completed || row.state == inline_state::present;
        if (!has_all && errand_ != errand::flow) return missed_.add(std::move(row.job));
        book_.note(row.job.id, row.job.completed_at);
        if (has_all) return offer({std::move(row.job), std::move(row.result), {}});
        want(std::move(row.job));
    }

    /// What the listing cannot say, the result can.
    void on_unreadable_row(moment now, ticket id, const unreadable_row& row)
    {
        if (reading_ != id) return;
        ++stats_.rows_unreadable;
        if (!row.id || row.id->value.empty() || !book_.note(*row.id, {})) return;
        last_move_ = now.local;
        want(bare_row(*row.id));
    }

    /// The page came whole.
    void on_page_end(moment now, ticket id, const page_end& end)
    {
        if (!ends_read(id)) return;
        failures_ = 0;
        last_page_ = page_.end(now.local, end.has_more);
        empty_pages_ = last_page_->rows == 0 ? empty_pages_ + 1 : 0;
        schedule_.on_round_trip(now.local - last_page_->asked_at);
        last_read_ = read_kind::metadata_page;
        if (cursor_.asks_for_results()) {
            last_read_ = read_kind::inline_page;
            if (page_.shows_old_server()) cursor_.without_inline_results();
        }
        if (errand_ == errand::flow && audits_.on_page(page_.unseen())) audit_is_due_ = true;
        if (!cursor_.on_page_end(end)) return on_pass_end(now);
        if (goes_in_circles() || audit_has_passed_mark_) {
            cursor_.cut_short_here();
            return on_pass_end(now);
        }
        const bool to_the_end =
            phase_ == phase::closing || errand_ != errand::flow || schedule_.is_last_look();
        if (to_the_end) return schedule_.plan(now.local, errand_);
        const auto decided = strategy_.after_page(view(now));
        tell_needs(decided);
        if (decided.more == page_flow::continue_) return schedule_.plan(now.local, errand_);
        ask_strategy(now);
    }

    void on_result(moment now, ticket id, job_result result)
    {
        auto wanted = fetcher_.end(id);
        if (!wanted) return;
        last_move_ = now.local;
        auto row = std::move(wanted->row);
        if (row.status == job_status::unknown && result.body.kind != body_kind::none) {
            row.status = job_status::completed;
            row.status_text = to_string(row.status);
        }
        offer({std::move(row), std::move(result), {}});
    }

    void on_failure(moment now, ticket id, const exchange_failure& failure)
    {
        if (auto wanted = fetcher_.end(id)) {
            ++stats_.failures;
            const bool all = ends_reading(failure.ec);
            wanted_result again{.row = wanted->row, .unlisted = wanted->unlisted};
            if (auto given_up =
                    fetcher_.retry(std::move(*wanted), now, failure, options_.content_life)) {
                if (!is_final(given_up->cause)) set_aside_.push_back(std::move(again));
                book_.give_up(std::move(*given_up), cursor_.mark());
            }
            if (all) end(failure.ec);
        } else if (ends_read(id)) {
            ++stats_.failures;
            on_failed_read(now, failure);
        }
    }

    /// The consumer takes so many outcomes more.
    void on_demand(std::size_t room) { desk_.on_demand(room); }

    /// The consumer has it safe. Of a job that was not handed out it means nothing.
    void acknowledge(const job_id& id) { book_.acknowledge(id, cursor_.mark()); }

    /// The answer to `append`.
    void on_saved(error_code ec)
    {
        if (!ec) return;
        saving_failed_ = true;
        if (phase_ != phase::over) end(ec);
    }

    /// A webhook came, or somebody wants to know now: the next look is at once.
    void on_hint(moment now)
    {
        if (phase_ != phase::polling) return;
        if (schedule_.has_plan() && failures_ == 0)
            schedule_.plan(now.local, errand::flow);
        else
            hinted_ = true;
    }

    void stop(error_code why)
    {
        if (phase_ != phase::over) end(why);
    }

    void write_to(checkpoint& c) const { book_.write_to(c, cursor_.mark()); }

    /// What was not delivered, and why; complete once `next` has said finish.
    remainder left() const
    {
        remainder all{book_.missing(), unnamed_};
        all.jobs.insert(all.jobs.end(), book_.left().begin(), book_.left().end());
        all.jobs.insert(all.jobs.end(), unheard_.begin(), unheard_.end());
        return all;
    }

    /// It is over, and another attempt would bring nothing more.
    bool is_complete() const noexcept
    {
        return phase_ == phase::over && !ec_ && book_.left().empty();
    }

    const poll_stats& stats() const noexcept { return stats_; }
    const job_book& jobs() const noexcept { return book_; }
    const run_watch& watch() const noexcept { return watch_; }

private:
    enum class phase { polling, closing, over };
    static constexpr milliseconds longest_pause = std::chrono::minutes(10);

    ticket new_ticket() { return static_cast<ticket>(++last_ticket_); }

    job bare_row(const job_id& id) const
    {
        job row;
        row.id = id;
        row.run = target_.run;
        row.collection = target_.collection;
        return row;
    }

    // --- what comes next

    void arrive(moment now)
    {
        // The time that the consumer took is not the run's.
        if (std::exchange(consumer_was_busy_, false)) last_move_ = now.local;
        if (begun_at_) return;
        begun_at_ = now.local;
        last_move_ = now.local;
        if (resumed_) return schedule_.plan(now.local, errand::flow);
        const auto first = strategy_.first(view(now));
        const auto when = std::clamp(first.when, now.local, now.local + longest_pause);
        tell_needs(first);
        note_wish(first.what);
        schedule_.plan(when, errand_of(first.what));
    }

    /// Turns to the end of the run, or ends, where there is nothing more to do.
    void conclude(moment now)
    {
        if (schedule_.is_past_deadline(now.local)) return end(errc::wait_timed_out);
        if (watch_.is_over() && phase_ == phase::polling && !reading_) begin_closing(now);
        if (reading_ || !fetcher_.empty() || desk_.held() > 0) return;
        const auto total = watch_.total();
        const bool all_seen = total && book_.seen() == *total && watch_.total_is_final() &&
                              (*total > 0 || watch_.is_over());
        if (!all_seen && ids_read_ && looks_once_more(now)) return;
        if (all_seen || ids_read_) {
            const bool stalled = ids_read_ && !watch_.is_over();
            if (!try_left_again()) end(stalled ? make_error_code(errc::run_stalled) : error_code());
        } else if (schedule_.is_last_look_done()) {
            end(errc::wait_timed_out);
        } else if (now.local - last_move_ < options_.stall_after) {
            return;
        } else if (failures_ > 0) {
            end(last_failure_);
        } else if (phase_ == phase::polling) {
            begin_closing(now);  // what is there is taken before the end
        } else {
            end(errc::run_stalled);
        }
    }

    /// Fetching what was found may have taken so long that rows have come meanwhile.
    bool looks_once_more(moment now)
    {
        if (schedule_.has_plan()) return true;
        const bool fresh = now.local - listed_at_ < options_.flush_period;
        if (fresh || schedule_.is_last_look_done() || looked_once_more_) return false;
        looked_once_more_ = true;
        schedule_.plan(now.local, errand::closing);
        return true;
    }

    void begin_closing(moment now)
    {
        phase_ = phase::closing;
        closing_.begin(now.local);
        last_move_ = now.local;
        schedule_.plan(now.local, errand::flow);
    }

    /// Results that were given up for now get one more try when nothing else is to be done.
    bool try_left_again()
    {
        if (std::exchange(tried_left_again_, true)) return false;
        book_.take_up();
        for (auto& one : std::exchange(set_aside_, {}))
            fetcher_.want(std::move(one));
        return !fetcher_.empty();
    }

    void end(error_code ec)
    {
        for (const auto& wanted : fetcher_.clear())
            book_.give_up(shortfall_of(wanted, shortfall_cause::pending), cursor_.mark());
        for (const auto& item : desk_.clear())
            book_.give_up(
                shortfall_of({.row = item.job}, shortfall_cause::pending), cursor_.mark()
            );
        const auto known = book_.seen() + unheard_.size();
        const auto total = watch_.total().value_or(0);
        unnamed_ = total > known ? total - known : 0;
        reading_.reset();
        ec_ = ec;
        phase_ = phase::over;
    }

    action wait(moment now) const
    {
        std::optional<instant> until = schedule_.deadline();
        const auto or_at = [&](instant when) {
            if (!until || when < *until) until = when;
        };
        if (const auto read = schedule_.due(); read && may_read()) or_at(*read);
        if (const auto result = fetcher_.next_due(); result && may_fetch()) or_at(*result);
        if (!reading_ && fetcher_.empty() && desk_.held() == 0)
            or_at(last_move_ + options_.stall_after);
        if (!until) return wait_for_event{};
        return wait_until{(std::max)(*until, now.local)};
    }

    // --- outcomes

    action hand_out()
    {
        consumer_was_busy_ = true;
        return deliver{desk_.hand_out(book_)};
    }

    void offer(job_outcome item) { desk_.offer(std::move(item), book_, cursor_.mark()); }

    // --- single results

    void want(job row)
    {
        fetcher_.want({.row = std::move(row), .allowed = options_.result_attempts});
    }

    bool may_fetch() const
    {
        const auto held = fetcher_.under_way() + desk_.held();
        if (held >= options_.parallel_results) return false;
        return held == 0 || desk_.bytes_with(fetcher_.under_way() + 1) <= options_.max_held_bytes;
    }

    std::optional<action> next_result(moment now)
    {
        if (!may_fetch() || fetcher_.waiting() == 0) return {};
        const auto id = new_ticket();
        const auto* wanted = fetcher_.begin(now.local, id);
        if (!wanted) return {};
        ++stats_.result_reads;
        return exchange{id, get_result{target_, wanted->row.id}};
    }

    // --- status and pages

    bool ends_read(ticket id)
    {
        if (reading_ != id) return false;
        reading_.reset();
        return true;
    }

    static errand errand_of(read_kind what)
    {
        const bool page = what == read_kind::inline_page || what == read_kind::metadata_page;
        return page ? errand::flow : errand::status;
    }

    /// Pages are read with or without results, as the strategy wanted the last one.
    void note_wish(read_kind what)
    {
        if (what == read_kind::metadata_page) new_rows_by_ = drain_pass::metadata;
        if (what == read_kind::inline_page) new_rows_by_ = drain_pass::flow;
    }

    /// Results that wait hold back the pages that would bring more of them; but not soon, since under
    /// a small budget a page is worth a hundred of them.
    bool may_read() const
    {
        constexpr std::size_t longest_queue = 4000;
        return !reading_ && fetcher_.waiting() < longest_queue &&
               (desk_.room() > 0 || desk_.held() == 0);
    }

    std::optional<action> next_read(moment now)
    {
        if (!may_read()) return {};
        const auto what = schedule_.take(now.local);
        if (!what) return {};
        return read(now, *what);
    }

    action read(moment now, errand what)
    {
        errand_ = what;
        asked_at_ = now.local;
        reading_ = new_ticket();
        // A hint went before the look behind the mark: that comes another time.
        if (after_audit_ && (what == errand::flow || what == errand::status)) {
            after_audit_.reset();
            audit_is_due_ = true;
        }
        if (what == errand::status || what == errand::ids) {
            ++stats_.status_reads;
            if (what == errand::status && use_run_list_)
                return exchange{*reading_, list_runs{target_.collection, std::nullopt}};
            return exchange{*reading_, get_run{target_}};
        }
        if (!cursor_.under_way() || pass_for_ != what) begin_pass(what);
        page_.begin(now.local, what);
        auto page = cursor_.request();
        ++(page.results == inline_results::include ? stats_.inline_pages : stats_.metadata_pages);
        return exchange{*reading_, std::move(page)};
    }

    void begin_pass(errand what)
    {
        pass_for_ = what;
        rows_of_pass_ = 0;
        empty_pages_ = 0;
        audit_has_passed_mark_ = false;
        missed_.clear();
        if (what == errand::closing) return cursor_.begin(drain_pass::closing, {});
        const bool deep = what == errand::audit || std::exchange(resumed_, false);
        auto overlap = deep ? options_.audit_overlap : overlap_.value_or(options_.overlap);
        if (what == errand::audit && after_audit_) overlap = audit_depth_;
        cursor_.begin(what == errand::audit ? drain_pass::audit : new_rows_by_, overlap);
    }

    /// Cursors may lead back under ever new names; a listing shows each job once, though.
    bool goes_in_circles()
    {
        if (empty_pages_ > most_empty_pages_) {
            // A listing that did it once is not followed that far again.
            most_empty_pages_ = (std::max)(most_empty_pages_ / 2, 3u);
            return true;
        }
        const auto known = book_.seen() + missed_.size();
        return rows_of_pass_ > 2 * (std::max)(watch_.total().value_or(0), known) + 2000;
    }

    /// Until a page has told how long one takes, a status is the best that is known.
    void on_small_round_trip(moment now)
    {
        if (!last_page_) schedule_.on_round_trip(now.local - asked_at_);
    }

    void on_status(moment now, const run& seen)
    {
        last_read_ = read_kind::status;
        if (watch_.on_run(now.local, seen)) last_move_ = now.local;
        if (schedule_.ends_last_look()) return;
        if (phase_ == phase::closing) return schedule_.plan(now.local, errand::closing);
        if (watch_.is_over()) return;  // `next` begins the closing
        if (audits_.is_due(now.local, listed_until_, watch_, book_.seen()))
            return schedule_.plan(now.local, audits_.next(now.local));
        ask_strategy(now);
    }

    void tell_needs(const poll_decision& decided)
    {
        if (lane_) lane_->tell({fetcher_.waiting(), decided.pages_ahead});
    }

    void ask_strategy(moment now)
    {
        const auto decided = strategy_.after_tick(view(now));
        tell_needs(decided);
        const auto what = errand_of(decided.what);
        const bool follows_status = last_read_ == read_kind::status && what == errand::flow;
        const bool shows_news = last_read_ != read_kind::status && page_.unseen() > 0;
        const bool at_once = follows_status || shows_news;
        const auto pause = at_once ? milliseconds(0) : options_.shortest_pause;
        // A strategy that never wants to look must not keep the stall rule waiting either.
        const auto when = std::clamp(decided.when, now.local + pause, now.local + longest_pause);
        const bool asks_status = decided.what == read_kind::nothing || knows_too_little(now);
        schedule_.plan(when, asks_status ? errand::status : what);
        note_wish(decided.what);
        overlap_ = decided.overlap;
        // A hint that came while something was read is about what that may not have shown.
        if (std::exchange(hinted_, false))
            return schedule_.plan(now.local + options_.shortest_pause, errand::flow);
        if (audit_is_due_ && has_reads_to_spare(now)) {
            audit_is_due_ = false;
            audit_first(now, when, asks_status);
        }
    }

    /// Where each read is a page that brings results, a look behind the mark waits for better times.
    bool has_reads_to_spare(moment now) const
    {
        if (!lane_) return true;
        const auto budget = lane_->look(now.local);
        const auto wanted = static_cast<double>(budget.results_waiting + 2 * budget.runs);
        return !budget.per_minute || budget.usable >= wanted;
    }

    /// What the strategy has decided comes after a look at rows behind the mark.
    void audit_first(moment now, instant when, bool asks_status)
    {
        const auto fresh = page_.fresh();
        if (fresh.empty() || !cursor_.mark()) return;  // rows without a stamp have no mark
        const auto span = std::chrono::ceil<milliseconds>(fresh.back() - fresh.front());
        audit_mark_ = *cursor_.mark();
        const auto look = audits_.behind(audit_mark_, (std::max)(span, milliseconds(1)));
        after_audit_ = planned_look{when, asks_status ? errand::status : errand::flow};
        audit_depth_ = look.depth;
        schedule_.plan(now.local, look.what);
    }

    /// Pages alone do not say that a run is over, and a strategy may want nothing else.
    bool knows_too_little(moment now) const
    {
        if (last_read_ == read_kind::status || page_.unseen() > 0) return false;
        const auto& known = watch_.status_at();
        return !known || now.local - *known >= std::chrono::minutes(2);
    }

    void on_pass_end(moment now)
    {
        if (errand_ == errand::closing) listed_at_ = now.local;
        if (errand_ == errand::flow) listed_until_ = last_page_->asked_at;
        if (schedule_.ends_last_look()) return;
        const auto next = std::exchange(after_audit_, {});
        if (next) audits_.on_looked(audit_mark_);
        if (errand_ != errand::flow && missed_.size() > 0) {
            audits_.on_found();
            if (takes_missed(now)) return;
        }
        const bool found = last_page_->unseen_in_overlap > 0;
        if (next && !found && phase_ == phase::polling) {
            if (std::exchange(hinted_, false))
                return schedule_.plan(now.local + options_.shortest_pause, errand::flow);
            return schedule_.plan((std::max)(next->when, now.local), next->what);
        }
        if (phase_ == phase::polling) return ask_strategy(now);
        if (const auto step = closing_.after(errand_, now.local, watch_, book_.seen()))
            schedule_.plan(step->when, step->what);
    }

    /// True if pages are read for them first.
    bool takes_missed(moment now)
    {
        if (cursor_.has_inline_results()) {
            if (const auto from = missed_.worth_pages_from()) {
                cursor_.rewind(*from);
                schedule_.plan(now.local, errand::flow);
                return true;
            }
        }
        for (auto& row : missed_.take()) {
            if (!book_.note(row.id, row.completed_at)) continue;
            want(std::move(row));
        }
        return false;
    }

    void on_failed_read(moment now, const exchange_failure& failure)
    {
        const auto ec = failure.ec;
        last_failure_ = ec;
        ++failures_;
        const bool bad_call = ec == errc::bad_request || ec == errc::rejected;
        if (ends_reading(ec) || (bad_call && !reads_pages(errand_))) return end(ec);
        if (schedule_.ends_last_look()) return;
        if (after_audit_ && errand_ != errand::flow) return leave_audit(now, failure);
        if (reads_pages(errand_) && !cursor_.on_failure(ec)) return end(ec);
        // No run list before 2026-04-30; and one that stays unreadable is as good as none.
        const bool no_list =
            ec == errc::not_found || (ec == errc::malformed_response && failures_ >= 3);
        if (no_list && errand_ == errand::status && std::exchange(use_run_list_, false))
            return schedule_.plan(now.local, errand::status);
        if (ec == errc::not_found) {
            // A run may take a moment to be found.
            if (now.local - *begun_at_ >= std::chrono::seconds(30)) return end(ec);
        }
        if (errand_ == errand::ids && failures_ >= options_.result_attempts) {
            ids_read_ = true;
            return;
        }
        const auto pause = (std::max)(pause_after(failures_, failure), options_.shortest_pause);
        schedule_.plan(now.local + (std::min)(pause, longest_pause), errand_);
    }

    /// Nobody has asked for this look: what the strategy wants must not wait for it to succeed.
    void leave_audit(moment now, const exchange_failure& failure)
    {
        cursor_.cut_short_here();
        const auto pause = (std::max)(pause_after(failures_, failure), options_.shortest_pause);
        const auto next = *std::exchange(after_audit_, {});
        const auto soonest = now.local + (std::min)(pause, longest_pause);
        const bool at_once = std::exchange(hinted_, false);
        schedule_.plan(
            at_once ? soonest : (std::max)(next.when, soonest), at_once ? errand::flow : next.what
        );
    }

    // --- closing

    /// The run's own list of jobs has the last word on what is missing.
    void on_ids(moment now, const run& seen)
    {
        watch_.on_run(now.local, seen);
        ids_read_ = true;
        unheard_.clear();
        for (const auto& failed : seen.failed_jobs)
            take_failed(failed);
        std::vector<job_id> unknown;
        for (const auto& id : seen.job_ids)
            if (!id.value.empty() && book_.is_new(id)) unknown.push_back(id);
        // A run that was broken off has jobs without a result; few of them are worth a question each.
        const auto counted = watch_.finished().value_or(0);
        const auto unseen = counted > book_.seen() ? counted - book_.seen() : 0;
        const bool worth_asking =
            watch_.status() == run_status::completed || unknown.size() <= 4 * unseen;
        for (auto& id : unknown) {
            if (!worth_asking) {
                unheard_.push_back({std::move(id), shortfall_cause::unfinished, {}, {}, {}, {}});
            } else if (book_.note(id, {})) {
                fetcher_.want({.row = bare_row(id), .unlisted = true});
            }
        }
    }

    void take_failed(const failed_job& failed)
    {
        const auto status = job_status_from(failed.status_text);
        const bool known = status == job_status::failed || status == job_status::timeout;
        if (!known || failed.id.value.empty() || !book_.note(failed.id, {})) return;
        auto row = bare_row(failed.id);
        row.status = status;
        row.status_text = failed.status_text;
        if (!failed.url.empty()) row.url = failed.url;
        row.message = failed.error;
        offer({std::move(row), {}, {}});
    }

    poll_view view(moment now) const
    {
        poll_view v;
        v.now = now.local;
        v.server_now = now.server;
        v.total = watch_.total();
        v.seen = book_.seen();
        v.delivered = book_.seen() - fetcher_.waiting() - fetcher_.under_way() - desk_.held();
        v.missing_bodies = fetcher_.waiting();
        v.results_in_flight = static_cast<std::uint32_t>(fetcher_.under_way());
        v.status = watch_.status();
        v.status_at = watch_.status_at();
        v.finished = watch_.finished();
        v.counters_ahead = v.finished && *v.finished > v.seen ? *v.finished - v.seen : 0;
        v.last_read = last_read_;
        v.last_page = last_page_;
        v.fresh = page_.fresh();
        v.quiet_looks = watch_.quiet_looks();
        v.deadline = options_.deadline;
        if (const auto first = fetcher_.earliest())
            v.earliest_expiry = *first + options_.content_life;
        v.consumer_room = desk_.room();
        v.hinted = hinted_;
        if (lane_) v.budget = lane_->look(now.local);
        return v;
    }

    run_ref target_;
    poll_options options_;
    Strategy strategy_;
    std::shared_ptr<rate_lane> lane_{};

    job_book book_;
    outcome_desk<Classifier> desk_;
    Cursor cursor_;
    missed_rows missed_{};
    result_fetcher fetcher_{};
    run_watch watch_;
    read_schedule schedule_;
    audit_rule audits_;
    closing_rule closing_;

    phase phase_ = phase::polling;
    error_code ec_{};
    std::optional<ticket> reading_{};
    errand errand_ = errand::status;
    instant asked_at_{};
    errand pass_for_ = errand::status;
    drain_pass new_rows_by_ = drain_pass::flow;
    std::uint64_t rows_of_pass_ = 0;
    unsigned empty_pages_ = 0;
    unsigned most_empty_pages_ = 100;
    std::uint64_t last_ticket_ = 0;
    bool use_run_list_ = true;
    bool resumed_;
    bool hinted_ = false;

    read_kind last_read_ = read_kind::nothing;
    page_tally page_{};
    std::optional<page_snapshot> last_page_{};
    /// When the last page of new rows was asked for.
    std::optional<instant> listed_until_{};
    std::optional<milliseconds> overlap_{};
    /// Dense pages are to be followed by a look behind the mark; what comes after that.
    bool audit_is_due_ = false;
    struct planned_look {
        instant when{};
        errand what = errand::status;
    };
    std::optional<planned_look> after_audit_{};
    bool audit_has_passed_mark_ = false;
    milliseconds audit_depth_{0};
    timestamp audit_mark_{};

    std::optional<instant> begun_at_{};
    instant last_move_{};
    bool consumer_was_busy_ = false;
    bool saving_failed_ = false;
    unsigned failures_ = 0;
    error_code last_failure_{};
    bool ids_read_ = false;
    /// When all rows were listed last.
    instant listed_at_{};
    bool looked_once_more_ = false;
    bool tried_left_again_ = false;
    /// Given up for now, with their rows.
    std::vector<wanted_result> set_aside_{};
    std::vector<shortfall> unheard_{};
    std::uint64_t unnamed_ = 0;
    poll_stats stats_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
