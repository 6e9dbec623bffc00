#ifndef SCRAPINGPROS_IMPL_DETAIL_CLIENT_CALLS_IPP
#define SCRAPINGPROS_IMPL_DETAIL_CLIENT_CALLS_IPP

#include <scrapingpros/detail/call_operation.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/completion.hpp>
#include <scrapingpros/detail/page_replies.hpp>
#include <scrapingpros/detail/replies.hpp>
#include <scrapingpros/detail/start_call.hpp>
#include <scrapingpros/wire/decode.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Cancelling the user's operation cancels the call behind it, for as long as there is one.
template <class Completion>
void cancel_with(Completion& done, const std::shared_ptr<call_operation>& op)
{
    done.on_cancel([weak = std::weak_ptr(op)] {
        if (const auto running = weak.lock()) running->cancel();
    });
}

/// Runs one call and hands what its reader made to the user's handler.
template <class T, class Reader>
void launch(
    client_core& core,
    call what,
    std::unique_ptr<Reader> reader,
    const call_options& options,
    on<T> handler
)
{
    // The operation is kept alive by what it waits for; its reader lives as long.
    Reader* made = reader.get();
    auto op = std::make_shared<call_operation>(
        core.shared_from_this(), std::move(what), std::move(reader), options
    );
    completion<error_code, T> done(std::move(handler), core.get_executor());
    cancel_with(done, op);
    op->run([made, done = std::move(done)](error_code ec) mutable {
        done.complete(ec, ec ? T() : std::move(made->value));
    });
}

template <class T>
void launch_small(
    client_core& core,
    call what,
    result<T> (*decode)(std::string_view, diagnostics&),
    const call_options& options,
    on<T> handler
)
{
    auto reader = std::make_unique<small_reply_reader<T>>(core, route_name(what), decode);
    launch<T>(core, std::move(what), std::move(reader), options, std::move(handler));
}

/// Completes a call that is refused before anything is sent.
template <class T>
void refuse_call(
    client_core& core, error_code ec, diagnostics report, const call_options& options, on<T> handler
)
{
    if (options.diag) *options.diag = std::move(report);
    completion<error_code, T> done(std::move(handler), core.get_executor());
    boost::asio::post(core.get_executor(), [ec, done = std::move(done)]() mutable {
        done.complete(ec, T());
    });
}

SCRAPINGPROS_DECL error_code
client_core::check_items(const collection_draft& draft, diagnostics& why) const
{
    for (const auto& problem : validate(draft, options_.item_rules)) {
        if (problem.level != problem_level::error) continue;
        why.place = place_of(problem);
        why.client_text = problem.message;
        return errc::bad_request_item;
    }
    return {};
}

SCRAPINGPROS_DECL void client_core::perform(
    create_collection what, call_options options, on<creation> handler
)
{
    diagnostics report{.route = route_name(what)};
    if (const auto ec = check_items(what.draft, report))
        return refuse_call(*this, ec, std::move(report), options, std::move(handler));
    launch_small<creation>(*this, std::move(what), decode_creation, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    list_collections what, call_options options, on<collection_list> handler
)
{
    launch_small<collection_list>(
        *this, std::move(what), decode_collection_list, options, std::move(handler)
    );
}

SCRAPINGPROS_DECL void client_core::perform(
    get_collection what, call_options options, on<collection> handler
)
{
    launch_small<collection>(
        *this, std::move(what), decode_collection, options, std::move(handler)
    );
}

SCRAPINGPROS_DECL void client_core::perform(
    update_collection what, call_options options, on<creation> handler
)
{
    launch_small<creation>(*this, std::move(what), decode_update, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    delete_collection what,
    call_options options,
    boost::asio::any_completion_handler<void(error_code)> handler
)
{
    auto op = std::make_shared<call_operation>(
        shared_from_this(), std::move(what), std::make_unique<ignored_reply>(), options
    );
    completion<error_code> done(std::move(handler), get_executor());
    cancel_with(done, op);
    op->run([done = std::move(done)](error_code ec) mutable { done.complete(ec); });
}

SCRAPINGPROS_DECL void client_core::perform(
    start_run what, call_options options, on<start_outcome> handler
)
{
    auto reader = std::make_unique<small_reply_reader<run>>(*this, route_name(what), decode_run);
    auto* made = reader.get();
    auto op =
        std::make_shared<call_operation>(shared_from_this(), what, std::move(reader), options);
    completion<error_code, start_outcome> done(std::move(handler), get_executor());
    cancel_with(done, op);
    op->run([made,
             call = op.get(),
             collection = what.collection,
             margin = options_.clock_margin,
             done = std::move(done)](error_code ec) mutable {
        auto outcome =
            conclude_start(*call, std::move(collection), margin, std::move(made->value), ec);
        done.complete(ec, std::move(outcome));
    });
}

SCRAPINGPROS_DECL void client_core::perform(
    list_runs what, call_options options, on<run_list> handler
)
{
    launch_small<run_list>(*this, std::move(what), decode_run_list, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(get_run what, call_options options, on<run> handler)
{
    launch_small<run>(*this, std::move(what), decode_run, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    list_jobs what, call_options options, on<job_page> handler
)
{
    auto reader = std::make_unique<whole_page_reply>(*this, route_name(what));
    launch<job_page>(*this, std::move(what), std::move(reader), options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    get_health what, call_options options, on<health> handler
)
{
    launch_small<health>(*this, std::move(what), decode_health, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    get_plans what, call_options options, on<plan_list> handler
)
{
    launch_small<plan_list>(*this, std::move(what), decode_plans, options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    get_billing what, call_options options, on<raw_document> handler
)
{
    launch_small<raw_document>(
        *this, std::move(what), decode_document, options, std::move(handler)
    );
}

SCRAPINGPROS_DECL void client_core::perform(
    get_metrics what, call_options options, on<raw_document> handler
)
{
    launch_small<raw_document>(
        *this, std::move(what), decode_document, options, std::move(handler)
    );
}

SCRAPINGPROS_DECL void client_core::perform(
    get_client_metrics what, call_options options, on<raw_document> handler
)
{
    launch_small<raw_document>(
        *this, std::move(what), decode_document, options, std::move(handler)
    );
}

SCRAPINGPROS_DECL void client_core::perform(
    get_result what, body_sink* sink, call_options options, on<job_result> handler
)
{
    auto reader = std::make_unique<result_reply>(*this, route_name(what), sink);
    launch<job_result>(*this, std::move(what), std::move(reader), options, std::move(handler));
}

SCRAPINGPROS_DECL void client_core::perform(
    fetch_body what, body_sink* sink, call_options options, on<std::string> handler
)
{
    auto reader = std::make_unique<raw_reply>(options_.limits.result, sink);
    launch<std::string>(*this, std::move(what), std::move(reader), options, std::move(handler));
}

}  // namespace scrapingpros::inline v0::detail

#endif
