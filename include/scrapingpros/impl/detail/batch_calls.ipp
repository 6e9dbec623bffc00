#ifndef SCRAPINGPROS_IMPL_DETAIL_BATCH_CALLS_IPP
#define SCRAPINGPROS_IMPL_DETAIL_BATCH_CALLS_IPP

#include <scrapingpros/detail/overloaded.hpp>
#include <scrapingpros/detail/replies.hpp>
#include <scrapingpros/detail/start_call.hpp>
#include <scrapingpros/impl/detail/batch_driver.hpp>
#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/routes.hpp>

#include <boost/asio/error.hpp>

#include <string>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0::detail {

/// Notes the exchange; it is sent at once if somebody waits, else when somebody does.
SCRAPINGPROS_DECL void batch_driver::perform(core::exchange what)
{
    const auto id = what.id;
    auto& asked = calls_[id];
    asked.what = std::move(what);
    if (busy() && !cancelled_ && !closed_) launch(asked);
}

SCRAPINGPROS_DECL void batch_driver::launch(asked_call& asked)
{
    using core::moment;
    using core::ticket;
    std::visit(
        overloaded{
            [&](const create_collection&) {
                launch_small<creation>(
                    asked,
                    decode_creation,
                    [](engine& e, moment at, ticket id, creation made) {
                        e.on_created(at, id, std::move(made));
                    }
                );
            },
            [&](const list_collections&) {
                launch_small<collection_list>(
                    asked,
                    decode_collection_list,
                    [](engine& e, moment at, ticket id, const collection_list& list) {
                        e.on_collections(at, id, list);
                    }
                );
            },
            [&](const start_run&) { launch_start(asked); },
            [&](const list_runs&) {
                launch_small<run_list>(
                    asked,
                    decode_run_list,
                    [](engine& e, moment at, ticket id, const run_list& list) {
                        e.on_runs(at, id, list);
                    }
                );
            },
            [&](const get_run&) {
                launch_small<scrapingpros::run>(
                    asked,
                    decode_run,
                    [](engine& e, moment at, ticket id, const scrapingpros::run& seen) {
                        e.on_run(at, id, seen);
                    }
                );
            },
            [&](const list_jobs&) { launch_page(asked); },
            [&](const get_result& what) {
                launch_whole<result_reply>(
                    asked,
                    std::make_unique<result_reply>(*core_, route_name(what), nullptr),
                    [](engine& e, moment at, ticket id, job_result got) {
                        e.on_result(at, id, std::move(got));
                    }
                );
            },
            [](const auto&) {}},  // the engine asks for nothing else
        asked.what.what
    );
}

SCRAPINGPROS_DECL call_operation& batch_driver::make_call(
    asked_call& asked, std::unique_ptr<reply_reader> reader
)
{
    // The user's report is filled when an operation of the batch fails, not for every call.
    const call_options options{setup_.calls.timeout, nullptr};
    if (!lane_) {
        lane_ = core_->policies().open_lane();
        engine_.share_budget(lane_);
    }
    asked.op = std::make_shared<call_operation>(
        core_, asked.what.what, std::move(reader), options, lane_ ? lane_->id() : 0
    );
    return *asked.op;
}

template <class F>
void batch_driver::run(asked_call& asked, F f)
{
    asked.op->run(
        [weak = weak_from_this(), id = asked.what.id, op = asked.op.get(), f](error_code ec) {
            const auto self = weak.lock();
            if (!self) return;
            const auto found = self->calls_.find(id);
            if (found == self->calls_.end() || found->second.op.get() != op) return;
            f(*self, found->second, ec);
            self->go_on();
        }
    );
}

template <class Reader, class Event>
void batch_driver::launch_whole(asked_call& asked, std::unique_ptr<Reader> reader, Event on_answer)
{
    auto* made = reader.get();
    make_call(asked, std::move(reader));
    run(asked, [made, on_answer](batch_driver& self, asked_call& answered, error_code ec) {
        const auto id = answered.what.id;
        if (ec) return self.fail(id, ec);
        auto value = std::move(made->value);
        self.calls_.erase(id);
        on_answer(self.engine_, self.now(), id, std::move(value));
    });
}

template <class T, class Event>
void batch_driver::launch_small(
    asked_call& asked, result<T> (*decode)(std::string_view, diagnostics&), Event on_answer
)
{
    auto reader =
        std::make_unique<small_reply_reader<T>>(*core_, route_name(asked.what.what), decode);
    launch_whole<small_reply_reader<T>>(asked, std::move(reader), on_answer);
}

SCRAPINGPROS_DECL void batch_driver::launch_start(asked_call& asked)
{
    using reader_type = small_reply_reader<scrapingpros::run>;
    auto reader = std::make_unique<reader_type>(*core_, route_name(asked.what.what), decode_run);
    auto* made = reader.get();
    make_call(asked, std::move(reader));
    run(asked, [made](batch_driver& self, asked_call& answered, error_code ec) {
        const bool cancelled = ec == boost::asio::error::operation_aborted;
        const auto collection = std::get<start_run>(answered.what.what).collection;
        const auto margin = self.core_->options().clock_margin;
        auto outcome = conclude_start(*answered.op, collection, margin, std::move(made->value), ec);
        answered.stopping = false;
        // Proven not to have been sent: to be made again, and no news for the engine.
        if (cancelled && outcome.certainty == start_certainty::not_started)
            return answered.op.reset();
        if (ec) self.note_failure(answered, ec);
        const auto id = answered.what.id;
        self.calls_.erase(id);
        self.engine_.on_started(self.now(), id, std::move(outcome));
    });
}

// --- pages

SCRAPINGPROS_DECL void batch_driver::launch_page(asked_call& asked)
{
    // Rows that were taken from it before it was given up are not taken again.
    if (!asked.handed) asked.handed = std::make_shared<page_reply::handed_ids::element_type>();
    auto reader = std::make_unique<page_reply>(*core_, route_name(asked.what.what), asked.handed);
    asked.page = reader.get();
    make_call(asked, std::move(reader));
    run_page(asked);
}

SCRAPINGPROS_DECL void batch_driver::run_page(asked_call& asked)
{
    asked.paused = false;
    run(asked, [](batch_driver& self, asked_call& answered, error_code ec) {
        if (ec) return self.fail(answered.what.id, ec);
        if (answered.op->over()) return self.end_page(answered.what.id);
        answered.paused = true;
    });
}

/// Gives the engine a row of the page under way, or goes on reading it. False if there is nothing
/// more to do before an event.
SCRAPINGPROS_DECL bool batch_driver::feed()
{
    for (auto& [id, asked] : calls_) {
        if (!asked.paused) continue;
        if (!engine_.takes_rows()) return false;
        if (auto row = asked.page->take()) {
            engine_.on_row(now(), id, std::move(*row));
            return true;
        }
        run_page(asked);
    }
    return false;
}

SCRAPINGPROS_DECL void batch_driver::end_page(core::ticket id)
{
    const auto found = calls_.find(id);
    const auto unreadable = std::move(found->second.page->unreadable);
    const auto end = found->second.page->end;
    calls_.erase(found);
    for (const auto& row : unreadable)
        engine_.on_unreadable_row(now(), id, row);
    engine_.on_page_end(now(), id, end);
}

// --- what becomes of calls

SCRAPINGPROS_DECL void batch_driver::fail(core::ticket id, error_code ec)
{
    const auto found = calls_.find(id);
    note_failure(found->second, ec);
    const auto retry_after = found->second.op->report().retry_after;
    calls_.erase(found);
    engine_.on_failure(now(), id, {ec, retry_after, core_->draw()});
}

SCRAPINGPROS_DECL void batch_driver::note_failure(const asked_call& asked, error_code ec)
{
    last_code_ = ec;
    last_failure_ = asked.op->report();
    const auto* refused = std::get_if<create_collection>(&asked.what.what);
    if (!refused || ec != errc::request_too_large) return;
    const auto items = refused->draft.requests.size();
    last_failure_.client_text =
        "sent " + std::to_string(items) + " items in " + std::to_string(asked.op->request_bytes()) +
        " bytes; split into batches of " + std::to_string((items + 1) / 2) + " items or fewer";
}

/// After an answer: for whoever waits, else only as far as the store must know of it.
SCRAPINGPROS_DECL void batch_driver::go_on()
{
    if (busy()) return pump();
    if (!target_) advance();
}

/// Nothing more is sent for the operation that was cancelled.
SCRAPINGPROS_DECL void batch_driver::suspend_calls()
{
    for (auto& [id, asked] : calls_) {
        if (!asked.op || asked.paused) continue;
        if (std::holds_alternative<start_run>(asked.what.what)) {
            if (!std::exchange(asked.stopping, true)) asked.op->cancel();
            continue;
        }
        asked.op->discard();
        asked.op.reset();
        asked.page = nullptr;
    }
}

SCRAPINGPROS_DECL void batch_driver::drop_calls()
{
    const auto dropped = std::exchange(calls_, {});
    for (const auto& [id, asked] : dropped)
        if (asked.op) asked.op->discard();
}

}  // namespace scrapingpros::inline v0::detail

#endif
