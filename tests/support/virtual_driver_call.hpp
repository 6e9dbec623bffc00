// One call and all ways in which it can end, read in one piece like the driver that it stands for.
#ifndef SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_CALL_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_CALL_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/policy/governor.hpp>
#include <scrapingpros/secret.hpp>
#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/error_body.hpp>
#include <scrapingpros/wire/limits.hpp>
#include <scrapingpros/wire/page_decoder.hpp>
#include <scrapingpros/wire/result_decoder.hpp>
#include <scrapingpros/wire/retry_after.hpp>
#include <scrapingpros/wire/routes.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/support/virtual_driver_link.hpp"

namespace test {

/// A rate limit, or a governor, or none.
struct virtual_rate {
    std::optional<scrapingpros::token_bucket> limit{};
    std::optional<scrapingpros::governor> governor{};

    scrapingpros::rate_answer admit(
        scrapingpros::instant now, const scrapingpros::rate_request& wanted
    )
    {
        if (governor) return governor->admit(now, wanted);
        return {reserve(now, wanted.bucket)};
    }
    void on_answer(std::optional<scrapingpros::instant> now, scrapingpros::rate_bucket b)
    {
        if (governor) governor->on_answer(now, b);
    }
    void on_quota(scrapingpros::instant now, std::optional<scrapingpros::milliseconds> wait)
    {
        if (governor) governor->on_quota(now, wait);
    }
    bool orders_requests() const { return governor.has_value(); }
    std::shared_ptr<scrapingpros::rate_lane> open_lane()
    {
        return governor ? governor->open_lane() : nullptr;
    }

    scrapingpros::instant reserve(scrapingpros::instant now, scrapingpros::rate_bucket b)
    {
        return limit ? limit->reserve(now, b) : now;
    }
    void on_throttled(
        scrapingpros::instant now,
        scrapingpros::rate_bucket b,
        std::optional<scrapingpros::milliseconds> wait
    )
    {
        if (limit) limit->on_throttled(now, b, wait);
        if (governor) governor->on_throttled(now, b, wait);
    }
    void on_limits(
        scrapingpros::instant now,
        scrapingpros::rate_bucket b,
        const scrapingpros::account_limits& limits
    )
    {
        if (governor) governor->on_limits(now, b, limits);
    }
};

struct virtual_client_options {
    scrapingpros::default_retry retry{};
    virtual_rate rate{};
    int retry_tokens = 500;
    std::optional<scrapingpros::milliseconds> call_timeout{};
    scrapingpros::milliseconds longest_retry_after = std::chrono::minutes(15);
    std::chrono::seconds clock_margin{30};
    /// The wall clock of this machine is so much ahead of the service's.
    std::chrono::microseconds skew{0};
    std::string token = "test_token_a";
    std::uint64_t jitter_seed = 1;
};

/// What a process has of a client: policies, clocks, chance.
class virtual_client {
public:
    virtual_client(virtual_link& link, virtual_client_options options)
        : options_(std::move(options)), link_(&link), quota_(options_.retry_tokens),
          token_(options_.token), jitter_(options_.jitter_seed)
    {
    }

    virtual_link& link() const noexcept { return *link_; }
    virtual_queue& queue() const noexcept { return link_->queue(); }
    const virtual_client_options& options() const noexcept { return options_; }
    std::shared_ptr<scrapingpros::rate_lane> open_lane() { return options_.rate.open_lane(); }
    const scrapingpros::retry_quota& quota() const noexcept { return quota_; }
    const scrapingpros::secret& token() const noexcept { return token_; }

    scrapingpros::timestamp wall() const { return link_->world_now() + options_.skew; }
    /// As `client_core` tells it: by the `Date` of the last reply.
    scrapingpros::timestamp server_now() const { return wall() + ahead_; }
    scrapingpros::core::moment moment() const { return {queue().now(), server_now(), wall()}; }

    void note_date(const scrapingpros::http_fields& fields)
    {
        const auto date = fields.find("Date");
        if (!date) return;
        if (const auto there = scrapingpros::parse_http_date(*date, wall()))
            ahead_ = *there - wall();
    }

    std::uint64_t draw() noexcept
    {
        jitter_ += 0x9e3779b97f4a7c15u;
        std::uint64_t z = jitter_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

private:
    virtual_client_options options_;
    virtual_link* link_;
    scrapingpros::retry_quota quota_;
    scrapingpros::secret token_;
    std::uint64_t jitter_;
    std::chrono::microseconds ahead_{0};
};

using call_answer = std::variant<
    scrapingpros::creation,
    scrapingpros::collection_list,
    scrapingpros::start_outcome,
    scrapingpros::run_list,
    scrapingpros::run,
    scrapingpros::page_end,
    scrapingpros::job_result,
    scrapingpros::core::exchange_failure>;

/// Who asked for a call.
class call_listener {
public:
    virtual bool takes_rows() const = 0;
    virtual void on_row(scrapingpros::core::ticket, scrapingpros::page_row) = 0;
    virtual void on_answer(scrapingpros::core::ticket, call_answer) = 0;

protected:
    ~call_listener() = default;
};

/// One exchange of an engine, as a client performs it: attempts, waits, limits, decoding.
class virtual_call : public std::enable_shared_from_this<virtual_call> {
public:
    using ticket = scrapingpros::core::ticket;

    virtual_call(
        virtual_client& client,
        call_listener& listener,
        ticket id,
        scrapingpros::call what,
        std::uint64_t lane = 0
    )
        : client_(&client), listener_(&listener), id_(id), what_(std::move(what)), lane_(lane)
    {
    }

    void start()
    {
        static const auto address = *scrapingpros::parse_base_url("http://mock.test");
        scrapingpros::diagnostics diag;
        auto encoded = encode(what_, address, client_->token(), diag);
        scrapingpros::core::call_terms terms;
        terms.bucket = bucket_of(what_);
        terms.rank = rank_of(what_);
        terms.lane = lane_;
        terms.repeat = repeatability_of(what_);
        terms.longest_retry_after = client_->options().longest_retry_after;
        if (const auto limit = client_->options().call_timeout) {
            terms.deadline = now() + *limit;
            at(*terms.deadline, [](virtual_call& self) { self.stop_late(); });
        }
        engine_.emplace(terms, client_->options().retry, client_->options().rate, client_->quota());
        if (encoded)
            request_ = std::move(*encoded);
        else
            engine_->stop(encoded.error(), false);
        step();
    }

    bool waits_for_room() const noexcept { return paused_; }
    /// The listener takes rows again.
    void go_on()
    {
        if (!paused_ || over_) return;
        paused_ = false;
        if (attempt_) attempt_->go_on();
        read();
    }

    void abandon()
    {
        over_ = true;
        if (engine_) engine_->stop(boost::asio::error::operation_aborted, attempt_ != nullptr);
        let_go();
    }

private:
    using engine = scrapingpros::core::call_engine<scrapingpros::default_retry, virtual_rate>;

    /// An error body is read to this size, as the client does.
    static constexpr std::size_t max_refusal = std::size_t(64) << 10;

    void step()
    {
        namespace core = scrapingpros::core;
        if (over_) return;
        const auto action = engine_->next(now());
        if (std::holds_alternative<core::send_attempt>(action)) return send();
        if (const auto* wait = std::get_if<core::wait_until>(&action))
            return at(wait->when, [](virtual_call& self) { self.step(); });
        if (const auto* done = std::get_if<core::finish_call>(&action)) complete(done->ec);
    }

    void send()
    {
        if (engine_->attempts() == 1) first_sent_ = client_->server_now();
        head_.reset();
        refusal_.clear();
        rows_.clear();
        broken_ = {};
        ended_ = false;
        attempt_ = std::make_shared<virtual_attempt>(client_->link());
        attempt_->send(request_, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->read();
        });
    }

    bool good() const { return head_ && head_->status / 100 == 2; }

    void read()
    {
        if (over_ || !attempt_ || paused_) return;
        const auto attempt = attempt_;
        scrapingpros::error_code ec;
        if (!head_) {
            scrapingpros::http_response_head head;
            if (!attempt->take_head(ec, head)) return;
            if (ec) return fail(ec);
            head_ = std::move(head);
            begin();
        }
        while (!over_ && attempt_ == attempt) {
            if (!hand_rows_on()) return;
            if (over_ || attempt_ != attempt) return;
            if (broken_) return fail(broken_);
            if (ended_) return end_of_body();
            std::string_view piece;
            if (!attempt->take_piece(ec, piece)) return;
            if (ec == boost::asio::error::eof) {
                ended_ = true;
                if (page_ && good()) {
                    broken_ = page_->finish();
                    take_rows();
                }
            } else if (ec) {
                broken_ = ec;
            } else if (!good()) {
                refusal_.append(piece.substr(0, max_refusal - refusal_.size()));
                if (refusal_.size() >= max_refusal) return refuse();
            } else if (page_) {
                broken_ = page_->write(piece);
                take_rows();
            } else if (result_) {
                broken_ = result_->write(piece);
            } else {
                body_.append(piece);
            }
        }
    }

    void begin()
    {
        client_->note_date(head_->fields);
        const auto limits = scrapingpros::read_limits(head_->fields);
        if (limits != scrapingpros::account_limits{})
            engine_->on_limits(now(), with_reset_as_span(limits, client_->server_now()));
        page_.reset();
        result_.reset();
        body_.clear();
        if (!good()) return;
        if (std::holds_alternative<scrapingpros::list_jobs>(what_))
            page_.emplace();
        else if (std::holds_alternative<scrapingpros::get_result>(what_))
            result_.emplace();
    }

    void take_rows()
    {
        while (auto row = page_->next_row())
            rows_.push_back(std::move(*row));
    }

    /// False if the listener wants no more for now.
    bool hand_rows_on()
    {
        while (!rows_.empty() && !over_) {
            if (!listener_->takes_rows()) {
                paused_ = true;
                return false;
            }
            auto row = std::move(rows_.front());
            rows_.pop_front();
            listener_->on_row(id_, std::move(row));
        }
        return true;
    }

    void end_of_body()
    {
        if (!good()) return refuse();
        if (const auto unreadable = decode()) return fail(unreadable);
        engine_->on_success(now());
        let_go();
        step();
    }

    template <class T>
    scrapingpros::error_code keep(scrapingpros::result<T> decoded)
    {
        if (!decoded) return decoded.error();
        answer_ = std::move(*decoded);
        return {};
    }

    scrapingpros::error_code decode()
    {
        namespace sp = scrapingpros;
        sp::diagnostics diag;
        return std::visit(
            [&]<class Call>(const Call&) -> sp::error_code {
                if constexpr (std::is_same_v<Call, sp::create_collection>) {
                    auto made = sp::decode_creation(body_, diag);
                    if (made) made->replayed = sp::read_replayed(head_->fields);
                    return keep(std::move(made));
                } else if constexpr (std::is_same_v<Call, sp::list_collections>) {
                    return keep(sp::decode_collection_list(body_, diag));
                } else if constexpr (std::is_same_v<Call, sp::list_runs>) {
                    return keep(sp::decode_run_list(body_, diag));
                } else if constexpr (std::is_same_v<Call, sp::start_run> || std::is_same_v<Call, sp::get_run>) {
                    return keep(sp::decode_run(body_, diag));
                } else if constexpr (std::is_same_v<Call, sp::list_jobs>) {
                    answer_ = page_->end();
                    return {};
                } else if constexpr (std::is_same_v<Call, sp::get_result>) {
                    return keep(result_->finish());
                } else {
                    return sp::errc::bad_option;
                }
            },
            what_
        );
    }

    void fail(scrapingpros::error_code ec)
    {
        report(
            {.ec = ec,
             .phase = attempt_->phase,
             .request_sent = attempt_->request_sent,
             .http_status = head_ ? head_->status : 0,
             .random = client_->draw()}
        );
    }

    void refuse()
    {
        const auto reply = decode_error(head_->status, what_, head_->fields, refusal_);
        report(
            {.ec = reply.code,
             .phase = scrapingpros::call_phase::done,
             .request_sent = true,
             .http_status = head_->status,
             .retry_after = parse_retry_after(head_->fields, client_->wall()),
             .random = client_->draw()}
        );
    }

    void report(const scrapingpros::core::attempt_failure& failure)
    {
        let_go();
        engine_->on_failure(now(), failure);
        step();
    }

    void stop_late()
    {
        if (engine_->done()) return;
        engine_->stop(scrapingpros::errc::deadline_exceeded, attempt_ && attempt_->request_sent);
        let_go();
        paused_ = false;
        step();
    }

    void complete(scrapingpros::error_code ec)
    {
        namespace sp = scrapingpros;
        over_ = true;
        if (const auto* start = std::get_if<sp::start_run>(&what_)) {
            sp::start_outcome outcome;
            outcome.attempt = {start->collection, first_sent_ - client_->options().clock_margin};
            outcome.cause = ec;
            if (!ec) {
                outcome.certainty = sp::start_certainty::started;
                outcome.started_run = std::get<sp::run>(std::move(answer_));
            } else if (engine_->effect() != sp::core::call_effect::none) {
                outcome.certainty = sp::start_certainty::unknown;
            }
            return listener_->on_answer(id_, std::move(outcome));
        }
        if (ec)
            answer_ = sp::core::exchange_failure{
                ec, engine_->last_failure().retry_after, client_->draw()};
        listener_->on_answer(id_, std::move(answer_));
    }

    void let_go()
    {
        if (attempt_) attempt_->abandon();
        attempt_.reset();
    }

    template <class What>
    void at(scrapingpros::instant when, What what)
    {
        client_->queue().at(when, [weak = weak_from_this(), what] {
            const auto self = weak.lock();
            if (self && !self->over_) what(*self);
        });
    }
    scrapingpros::instant now() const { return client_->queue().now(); }

    virtual_client* client_;
    call_listener* listener_;
    ticket id_;
    scrapingpros::call what_;
    std::uint64_t lane_;
    scrapingpros::http_request request_{};
    std::optional<engine> engine_{};
    scrapingpros::timestamp first_sent_{};
    std::shared_ptr<virtual_attempt> attempt_{};
    std::optional<scrapingpros::http_response_head> head_{};
    std::optional<scrapingpros::page_decoder> page_{};
    std::optional<scrapingpros::result_decoder> result_{};
    std::deque<scrapingpros::page_row> rows_{};
    std::string refusal_{};
    std::string body_{};
    scrapingpros::error_code broken_{};
    bool ended_ = false;
    bool paused_ = false;
    bool over_ = false;
    call_answer answer_{};
};

}  // namespace test

#endif
