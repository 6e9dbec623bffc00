#ifndef SCRAPINGPROS_IMPL_DETAIL_CALL_OPERATION_IPP
#define SCRAPINGPROS_IMPL_DETAIL_CALL_OPERATION_IPP

#include <scrapingpros/detail/call_operation.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/overloaded.hpp>
#include <scrapingpros/wire/error_body.hpp>
#include <scrapingpros/wire/limits.hpp>
#include <scrapingpros/wire/retry_after.hpp>
#include <scrapingpros/wire/routes.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#include <variant>

namespace scrapingpros::inline v0::detail {

/// An error body is read to this size; what follows is not needed to tell what it says.
inline constexpr std::size_t max_refusal = std::size_t(64) << 10;

SCRAPINGPROS_DECL call_operation::call_operation(
    std::shared_ptr<client_core> client,
    call what,
    std::unique_ptr<reply_reader> reader,
    const call_options& options,
    std::uint64_t lane
)
    : client_(std::move(client)), live_(live_operations::of(client_->get_executor())),
      what_(std::move(what)), reader_(std::move(reader)), user_report_(options.diag)
{
    live_.add(*this);
    prepare(options, lane);
}

SCRAPINGPROS_DECL call_operation::~call_operation()
{
    live_.remove(*this);
}

SCRAPINGPROS_DECL void call_operation::prepare(const call_options& options, std::uint64_t lane)
{
    report_.route = route_name(what_);
    auto encoded = encode(what_, client_->address(), client_->token(), report_);
    if (encoded)
        request_ = std::move(*encoded);
    else
        unsendable_ = encoded.error();
    const auto timeout = options.timeout ? options.timeout : client_->options().call_timeout;
    core::call_terms terms;
    terms.bucket = bucket_of(what_);
    terms.rank = rank_of(what_);
    terms.lane = lane;
    terms.repeat = repeatability_of(what_);
    terms.longest_retry_after = client_->options().longest_retry_after;
    if (timeout) deadline_ = client_->policies().now() + *timeout;
    terms.deadline = deadline_;
    engine_.emplace(
        terms,
        client_->policies().new_retry(),
        boxed_rate_limit{client_->shared_policies()},
        client_->quota()
    );
}

SCRAPINGPROS_DECL void call_operation::run(handler on_done)
{
    on_done_.swap(on_done);  // assignment by move recurses for ever in Boost 1.81
    boost::asio::post(client_->get_executor(), [self = shared_from_this(), number = ++current_] {
        if (number != self->current_) return;
        if (self->exchange_ && !self->over_) return self->read_more();
        self->step();
    });
}

SCRAPINGPROS_DECL bool call_operation::cancel()
{
    if (!on_done_) return false;
    engine_->stop(
        boost::asio::error::operation_aborted, exchange_ && exchange_->progress().request_sent
    );
    abandon();
    boost::asio::post(client_->get_executor(), [self = shared_from_this(), number = current_] {
        if (number == self->current_) self->step();
    });
    return true;
}

SCRAPINGPROS_DECL void call_operation::discard()
{
    // What is let go of may hold the last references to this.
    const auto self = weak_from_this().lock();
    on_done_ = nullptr;
    engine_->stop(boost::asio::error::operation_aborted, false);
    abandon();
    over_ = true;
    if (deadline_timer_) deadline_timer_->cancel();
}

SCRAPINGPROS_DECL void call_operation::step()
{
    if (unsendable_) engine_->stop(unsendable_, false);
    const auto action = engine_->next(client_->policies().now());
    std::visit(
        overloaded{
            [&](const core::send_attempt& a) { send(a.attempt); },
            [&](const core::wait_until& w) { wait(w.when); },
            [&](const core::wait_for_answer&) { arm_deadline(); },
            [&](const core::finish_call& f) { complete(f.ec); }},
        action
    );
}

SCRAPINGPROS_DECL void call_operation::send(unsigned attempt)
{
    if (attempt == 1) first_sent_at_ = client_->server_now();
    client_->policies().notify(attempt_event{report_.route, attempt});
    exchange_.emplace(client_->transport().open());
    exchange_->async_send(
        request_,
        [self = shared_from_this(), number = ++current_](error_code ec, http_response_head head) {
            if (number == self->current_) self->on_head(ec, std::move(head));
        }
    );
    step();
}

SCRAPINGPROS_DECL void call_operation::wait(instant when)
{
    if (!timer_) timer_ = client_->policies().new_timer(client_->get_executor());
    timer_->async_wait_until(when, [self = shared_from_this(), number = ++current_](error_code) {
        if (number == self->current_) self->step();
    });
}

SCRAPINGPROS_DECL void call_operation::arm_deadline()
{
    if (!deadline_ || deadline_timer_) return;
    deadline_timer_ = client_->policies().new_timer(client_->get_executor());
    deadline_timer_->async_wait_until(*deadline_, [self = shared_from_this()](error_code ec) {
        if (!ec) self->on_deadline();
    });
}

SCRAPINGPROS_DECL void call_operation::on_deadline()
{
    if (over_ || engine_->done()) return;
    engine_->stop(errc::deadline_exceeded, exchange_ && exchange_->progress().request_sent);
    abandon();
    if (on_done_) step();
}

SCRAPINGPROS_DECL void call_operation::on_head(error_code ec, http_response_head head)
{
    if (ec) return fail(ec);
    head_ = std::move(head);
    client_->note_date(head_.fields);
    const auto limits = read_limits(head_.fields);
    if (limits != account_limits{}) {
        client_->note_limits(limits);
        engine_->on_limits(
            client_->policies().now(), with_reset_as_span(limits, client_->server_now())
        );
    }
    refusal_.clear();
    if (succeeded()) reader_->begin(head_);
    read_more();
}

SCRAPINGPROS_DECL void call_operation::read_more()
{
    if (reader_->has_output()) return complete({});
    if (buffer_.empty()) buffer_ = client_->take_buffer();
    exchange_->async_read_some(
        boost::asio::buffer(buffer_),
        [self = shared_from_this(), number = ++current_](error_code ec, std::size_t n) {
            if (number == self->current_) self->on_piece(ec, n);
        }
    );
}

SCRAPINGPROS_DECL void call_operation::on_piece(error_code ec, std::size_t n)
{
    if (ec == boost::asio::error::eof) return on_body_end();
    if (ec) return fail(ec);
    const std::string_view piece(buffer_.data(), n);
    if (!succeeded()) {
        refusal_.append(piece.substr(0, max_refusal - refusal_.size()));
        return refusal_.size() < max_refusal ? read_more() : refuse();
    }
    if (const auto unreadable = reader_->write(piece)) return fail(unreadable);
    read_more();
}

SCRAPINGPROS_DECL void call_operation::on_body_end()
{
    const auto progress = exchange_->progress();
    client_->policies().notify(reply_event{
        report_.route,
        engine_->attempts(),
        head_.status,
        progress.body_bytes,
        progress.reused_connection});
    if (!succeeded()) return refuse();
    if (const auto unreadable = reader_->finish()) return fail(unreadable);
    engine_->on_success(client_->policies().now());
    exchange_.reset();
    step();
}

/// The attempt ended without an answer that can be read.
SCRAPINGPROS_DECL void call_operation::fail(error_code ec)
{
    const auto progress = exchange_->progress();
    report_ = {.route = std::move(report_.route)};
    reader_->explain(report_);
    report_failure(
        {.ec = ec,
         .phase = progress.phase,
         .request_sent = progress.request_sent,
         .http_status = head_.status,
         .random = client_->draw()}
    );
}

/// The attempt was answered with something other than success.
SCRAPINGPROS_DECL void call_operation::refuse()
{
    auto reply = decode_error(head_.status, what_, head_.fields, refusal_);
    report_ = {.route = std::move(report_.route), .place = std::move(reply.place)};
    if (reply.refusal && reply.refusal->age)
        report_.client_text = "completed " + std::to_string(reply.refusal->age->count()) + " s ago";
    report_.set_server_text(reply.server_text);
    report_failure(
        {.ec = reply.code,
         .phase = call_phase::done,
         .request_sent = true,
         .http_status = head_.status,
         .retry_after = parse_retry_after(head_.fields, client_->policies().server_now()),
         .random = client_->draw()}
    );
}

SCRAPINGPROS_DECL void call_operation::report_failure(const core::attempt_failure& failure)
{
    report_.phase = failure.phase;
    report_.http_status = failure.http_status;
    report_.retry_after = failure.retry_after;
    abandon();
    const auto now = client_->policies().now();
    engine_->on_failure(now, failure);
    const auto action = engine_->next(now);
    if (const auto* pause = std::get_if<core::wait_until>(&action)) {
        const auto length = std::chrono::ceil<milliseconds>(pause->when - now);
        client_->policies().notify(retry_event{report_.route, engine_->last_failure(), length});
    }
    step();
}

/// Lets go of connection and timer; what they still complete with is not heard.
SCRAPINGPROS_DECL void call_operation::abandon()
{
    ++current_;
    exchange_.reset();
    head_ = {};
    if (timer_) timer_->cancel();
}

SCRAPINGPROS_DECL void call_operation::complete(error_code ec)
{
    over_ = engine_->done();
    if (over_) {
        if (deadline_timer_) deadline_timer_->cancel();
        if (!buffer_.empty()) client_->give_buffer(std::move(buffer_));
        fill_report(ec);
    }
    if (on_done_) std::exchange(on_done_, nullptr)(ec);
}

SCRAPINGPROS_DECL void call_operation::fill_report(error_code ec)
{
    report_.attempts = engine_->attempts();
    if (engine_->budget_wait()) report_.retry_after = engine_->budget_wait();
    const auto& last = engine_->last_failure();
    if (ec && last.ec && last.ec != ec && report_.client_text.empty())
        report_.client_text = "the last failure was: " + last.ec.message();
    // The service's words come from outside, and may give back what was sent to it.
    redact(report_.server_text, client_->token());
    redact(report_.place, client_->token());
    if (ec && user_report_) *user_report_ = report_;
}

}  // namespace scrapingpros::inline v0::detail

#endif
