#ifndef SCRAPINGPROS_TESTS_SUPPORT_SCRIPTED_TRANSPORT_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_SCRIPTED_TRANSPORT_HPP

#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros_test {

namespace sp = scrapingpros;

/// What a server is to do with one request. Made by the functions below, changed by `with_…`.
struct scripted_answer {
    /// A failure before the head, and how far the exchange had come by then.
    sp::error_code failure{};
    sp::call_phase failed_at = sp::call_phase::done;
    unsigned status = 200;
    sp::http_fields fields{};
    /// The body as the reads bring it, one piece each if the buffer is large enough.
    std::vector<std::string> pieces{};
    /// What follows the last piece; `eof` is the end of a complete body.
    sp::error_code ending = boost::asio::error::eof;
    /// The operation in which nothing happens until `scripted_transport::release`, or cancellation.
    enum class hold { nothing, head, end } held = hold::nothing;

    scripted_answer&& with_field(std::string_view name, std::string_view value) &&
    {
        fields.add(name, value);
        return std::move(*this);
    }
    /// The body comes in pieces of that size.
    scripted_answer&& in_pieces_of(std::size_t size) &&
    {
        std::string all;
        for (const auto& piece : pieces)
            all += piece;
        pieces.clear();
        for (std::size_t at = 0; at < all.size(); at += size)
            pieces.push_back(all.substr(at, size));
        return std::move(*this);
    }
    /// Nothing comes until `release`; then it goes on as scripted.
    scripted_answer&& held_before_head() &&
    {
        held = hold::head;
        return std::move(*this);
    }
    /// The pieces come, then nothing until `release`.
    scripted_answer&& held_before_end() &&
    {
        held = hold::end;
        return std::move(*this);
    }
    /// After the pieces the connection is lost.
    scripted_answer&& cut(sp::error_code how = sp::errc::incomplete_body) &&
    {
        ending = how;
        return std::move(*this);
    }
};

inline scripted_answer answer(unsigned status, std::string body = {})
{
    scripted_answer made;
    made.status = status;
    if (!body.empty()) made.pieces.push_back(std::move(body));
    return made;
}

/// No head comes: the exchange fails in that phase. From `write` on, the request counts as sent.
inline scripted_answer failure(sp::error_code ec, sp::call_phase at = sp::call_phase::head)
{
    scripted_answer made;
    made.failure = ec;
    made.failed_at = at;
    return made;
}

namespace detail {

/// What the exchanges of one transport share: the script and what has been asked so far.
struct scripted_world {
    explicit scripted_world(boost::asio::any_io_executor ex) : executor(std::move(ex)) {}

    scripted_answer next(const sp::http_request& request)
    {
        seen.push_back(request);
        if (!script.empty()) {
            auto first = std::move(script.front());
            script.pop_front();
            return first;
        }
        if (!otherwise) throw std::logic_error("no answer scripted for " + request.target);
        return otherwise(request);
    }

    boost::asio::any_io_executor executor;
    std::deque<scripted_answer> script{};
    std::function<scripted_answer(const sp::http_request&)> otherwise{};
    std::vector<sp::http_request> seen{};
    /// The operations that wait for `release`, oldest first.
    std::vector<std::function<void()>> held{};
    std::size_t open = 0;
};

/// One operation under way. Completes exactly once, through the executor.
template <class Handler, class Value>
class scripted_operation : public std::enable_shared_from_this<scripted_operation<Handler, Value>> {
public:
    scripted_operation(std::shared_ptr<scripted_world> world, Handler handler)
        : world_(std::move(world)), handler_(std::move(handler))
    {
    }
    void listen()
    {
        slot_ = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot_.is_connected()) return;
        slot_.assign([this](boost::asio::cancellation_type type) {
            using boost::asio::cancellation_type;
            if ((type & cancellation_type::terminal) != cancellation_type::none)
                finish(boost::asio::error::operation_aborted, {});
        });
    }
    void finish(sp::error_code ec, Value value)
    {
        if (std::exchange(finished_, true)) return;
        boost::asio::post(
            world_->executor,
            [self = this->shared_from_this(), ec, value = std::move(value)]() mutable {
                if (self->slot_.is_connected()) self->slot_.clear();
                auto where =
                    boost::asio::get_associated_executor(self->handler_, self->world_->executor);
                where.execute([handler = std::move(self->handler_), ec, v = std::move(value)](
                              ) mutable { std::move(handler)(ec, std::move(v)); });
            }
        );
    }

private:
    std::shared_ptr<scripted_world> world_;
    Handler handler_;
    boost::asio::cancellation_slot slot_{};
    bool finished_ = false;
};

}  // namespace detail

/// An exchange that follows a `scripted_answer`.
class scripted_exchange {
public:
    explicit scripted_exchange(std::shared_ptr<detail::scripted_world> world)
        : world_(std::move(world))
    {
        ++world_->open;
    }
    scripted_exchange(scripted_exchange&&) noexcept = default;
    scripted_exchange& operator=(scripted_exchange&&) = delete;
    ~scripted_exchange()
    {
        if (!world_) return;
        --world_->open;
        if (abandon_) abandon_();
    }

    void async_send(const sp::http_request& request, sp::send_handler handler)
    {
        auto answer = world_->next(request);
        const auto op = start<sp::http_response_head>(std::move(handler));
        const auto hold = answer.held == scripted_answer::hold::head;
        progress_.phase = hold ? sp::call_phase::head : answer.failed_at;
        if (!answer.failure) progress_.phase = hold ? sp::call_phase::head : sp::call_phase::body;
        progress_.request_sent = progress_.phase >= sp::call_phase::write;
        sp::http_response_head head{answer.status, answer.fields};
        const auto failure = answer.failure;
        answer_ = std::move(answer);
        complete(hold, [op, failure, head = std::move(head)] { op->finish(failure, head); });
    }

    void async_read_some(boost::asio::mutable_buffer buffer, sp::read_handler handler)
    {
        const auto op = start<std::size_t>(std::move(handler));
        if (next_piece_ == answer_.pieces.size()) {
            const auto ending = answer_.ending;
            if (ending == boost::asio::error::eof) progress_.phase = sp::call_phase::done;
            complete(answer_.held == scripted_answer::hold::end, [op, ending] {
                op->finish(ending, 0);
            });
            return;
        }
        auto& piece = answer_.pieces[next_piece_];
        const auto n = std::min(piece.size(), buffer.size());
        std::memcpy(buffer.data(), piece.data(), n);
        piece.erase(0, n);
        if (piece.empty()) ++next_piece_;
        progress_.body_bytes += n;
        op->finish({}, n);
    }

    sp::exchange_progress progress() const { return progress_; }

private:
    template <class Value, class Handler>
    std::shared_ptr<detail::scripted_operation<Handler, Value>> start(Handler handler)
    {
        using operation = detail::scripted_operation<Handler, Value>;
        auto op = std::make_shared<operation>(world_, std::move(handler));
        op->listen();
        abandon_ = [weak = std::weak_ptr(op)] {
            if (const auto live = weak.lock())
                live->finish(boost::asio::error::operation_aborted, {});
        };
        return op;
    }
    void complete(bool hold, std::function<void()> how)
    {
        if (hold)
            world_->held.push_back(std::move(how));
        else
            how();
    }

    std::shared_ptr<detail::scripted_world> world_;
    scripted_answer answer_{};
    std::size_t next_piece_ = 0;
    sp::exchange_progress progress_{};
    std::function<void()> abandon_{};
};

/** A transport without sockets and without time: every operation completes when the context runs
    next, unless the script holds it. A handle; keep a copy to look at what was asked.

        scripted_transport net(context.get_executor());
        net.then(answer(200, R"({"id": "r1"})"));
        net.then(failure(asio::error::connection_reset));
        net.then(answer(200, "[]").held_before_head());
*/
class scripted_transport {
public:
    explicit scripted_transport(boost::asio::any_io_executor executor)
        : world_(std::make_shared<detail::scripted_world>(std::move(executor)))
    {
    }

    /// The next request in line is answered so.
    scripted_transport& then(scripted_answer what)
    {
        world_->script.push_back(std::move(what));
        return *this;
    }
    /// Requests beyond the script are answered so; without this they throw `std::logic_error`.
    void otherwise(std::function<scripted_answer(const sp::http_request&)> what)
    {
        world_->otherwise = std::move(what);
    }
    /// Lets the oldest held operation go on. False if none is held.
    bool release()
    {
        if (world_->held.empty()) return false;
        const auto first = std::move(world_->held.front());
        world_->held.erase(world_->held.begin());
        first();
        return true;
    }

    const std::vector<sp::http_request>& seen() const noexcept { return world_->seen; }
    std::size_t unused_answers() const noexcept { return world_->script.size(); }
    std::size_t held() const noexcept { return world_->held.size(); }
    /// Exchanges that exist at present.
    std::size_t open_exchanges() const noexcept { return world_->open; }

    boost::asio::any_io_executor get_executor() { return world_->executor; }
    scripted_exchange open() { return scripted_exchange(world_); }

private:
    std::shared_ptr<detail::scripted_world> world_;
};

static_assert(sp::exchange<scripted_exchange>);
static_assert(sp::transport<scripted_transport>);

}  // namespace scrapingpros_test

#endif
