// The wire between client and world: every ending that a plan can have is played here.
#ifndef SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_LINK_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_LINK_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/impl/net/response_reader.ipp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/server/plan_writer.hpp"
#include "mock_server/world.hpp"
#include "tests/support/virtual_driver_queue.hpp"

namespace test {

struct link_options {
    std::chrono::microseconds one_way = std::chrono::milliseconds(20);
    /// As `transport_options::silence`.
    scrapingpros::milliseconds silence = std::chrono::seconds(60);
    /// What is read at a time, at most.
    std::size_t piece = std::size_t(16) << 10;
    bool accept_gzip = true;
};

/// The way from clients to a mock world in the same process, on virtual time. Outlives them, and what
/// was sent arrives even if its client is gone.
class virtual_link {
public:
    virtual_link(virtual_queue& queue, scrapingpros_mock::world& world, link_options options = {})
        : queue_(&queue), world_(&world), options_(options), start_(world.made_from().start)
    {
    }

    virtual_queue& queue() const noexcept { return *queue_; }
    scrapingpros_mock::world& world() const noexcept { return *world_; }
    const link_options& options() const noexcept { return options_; }

    scrapingpros_mock::time_point world_time(scrapingpros::instant when) const
    {
        return start_ + std::chrono::floor<std::chrono::microseconds>(when - virtual_queue::begin);
    }
    scrapingpros_mock::time_point world_now() const { return world_time(queue_->now()); }

    /// Requests that the service was given.
    std::uint64_t requests = 0;
    /// Called for each of them, with the answer.
    std::function<void(const scrapingpros_mock::request&, const scrapingpros_mock::response_plan&)>
        on_request{};
    /// Changes the service's answers before they are sent, if set: for what no fault makes.
    std::function<void(const scrapingpros_mock::request&, scrapingpros_mock::response_plan&)>
        change{};

private:
    friend class virtual_attempt;

    virtual_queue* queue_;
    scrapingpros_mock::world* world_;
    link_options options_;
    scrapingpros_mock::time_point start_;
    std::uint64_t connections_ = 0;
};

/// Failures of TLS have the category that Asio gives them: the library tells them by its name.
class tls_failure_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "asio.ssl"; }
    std::string message(int) const override { return "certificate verify failed"; }
};

inline scrapingpros::error_code tls_failure()
{
    static const tls_failure_category category;
    return {1, category};
}

/** One request on a connection of its own, and the response as it arrives.

    Pull: `ready` is called when there may be something new; then `take_head`, later `take_piece`,
    say what it is. Both are false while there is nothing.
*/
class virtual_attempt : public std::enable_shared_from_this<virtual_attempt> {
public:
    explicit virtual_attempt(virtual_link& link) : link_(&link) {}

    void send(const scrapingpros::http_request& what, std::function<void()> ready)
    {
        ready_ = std::move(ready);
        silence_ = what.silence.value_or(link_->options_.silence);
        last_sign_ = link_->queue_->now();
        const std::uint64_t number = ++link_->connections_;
        const auto lane = link_->world_->arriving(number, link_->world_now());
        if (set_up(lane)) transmit(what, number, lane.lane);
    }

    bool take_head(scrapingpros::error_code& ec, scrapingpros::http_response_head& head)
    {
        if (failure_) {
            ec = failure_;
            return true;
        }
        if (!arrived_) return false;
        if (direct_) {
            if (now() < first_byte_) return false;
            head.status = plan_.status;
            for (const auto& field : plan_.headers)
                head.fields.add(field.name, field.value);
            phase = scrapingpros::call_phase::body;
            return true;
        }
        while (parse_head(ec))
            if (reader_->status() / 100 != 1 || reader_->status() == 101) {
                if (!reader_->begin_body()) ec = scrapingpros::errc::malformed_response;
                head = {reader_->status(), fields_};
                phase = scrapingpros::call_phase::body;
                return true;
            } else {
                reader_.emplace(max_head, fields_);
            }
        if (!ec && failure_) ec = failure_;
        return static_cast<bool>(ec);
    }

    /// `ec` is `eof` at the regular end.
    bool take_piece(scrapingpros::error_code& ec, std::string_view& piece)
    {
        piece = {};
        if (failure_) {
            ec = failure_;
            return true;
        }
        if (direct_) {
            const auto rest = std::string_view(plan_.body).substr(read_);
            piece = rest.substr(0, link_->options_.piece);
            read_ += piece.size();
            if (piece.empty()) finish(ec);
            return true;
        }
        buffer_.resize(link_->options_.piece);
        for (;;) {
            const auto n = reader_->read_body(window_, buffer_, ec);
            if (ec) return true;
            if (n > 0) {
                piece = {buffer_.data(), n};
                return true;
            }
            if (reader_->is_done()) {
                if (!reader_->is_whole()) return ec = scrapingpros::errc::incomplete_body, true;
                return finish(ec), true;
            }
            if (!receive()) break;
        }
        if (!lost_) return false;
        reader_->put_eof(ec);
        const bool clean = lost_ == boost::asio::error::eof && !ec && reader_->is_whole();
        ec = {};
        if (clean)
            finish(ec);
        else
            ec = scrapingpros::errc::incomplete_body;
        return true;
    }

    /// Reading goes on after a pause of the reader's own making.
    void go_on() { last_sign_ = (std::max)(last_sign_, now()); }

    /// Nobody waits any more.
    void abandon()
    {
        ready_ = nullptr;
        left_ = true;
        tell_end(scrapingpros_mock::exchange_end::cause::client_left);
    }

    scrapingpros::call_phase phase = scrapingpros::call_phase::queued;
    bool request_sent = false;

private:
    static constexpr std::size_t max_head = std::size_t(64) << 10;

    struct arrival {
        scrapingpros::instant when;
        std::size_t size = 0;
    };

    /// Connection and TLS. False if there is nothing to send on.
    bool set_up(const scrapingpros_mock::arrival_plan& lane)
    {
        using scrapingpros_mock::tls_fault;
        phase = scrapingpros::call_phase::handshake;
        switch (lane.tls) {
        case tls_fault::none:
        case tls_fault::no_notify: return true;
        case tls_fault::stall:
            fail_at(later(std::chrono::seconds(10)), scrapingpros::errc::handshake_timeout);
            return false;
        case tls_fault::cut: fail_at(later(two_ways()), boost::asio::error::eof); return false;
        default: fail_at(later(two_ways()), tls_failure()); return false;
        }
    }

    void transmit(
        const scrapingpros::http_request& what,
        std::uint64_t number,
        scrapingpros_mock::arrival lane
    )
    {
        phase = scrapingpros::call_phase::head;
        request_sent = true;
        using scrapingpros_mock::arrival;
        if (lane == arrival::ignored)
            return fail_at(later(silence_), scrapingpros::errc::silence_timeout);
        if (lane == arrival::closed) return fail_at(later(two_ways()), boost::asio::error::eof);
        if (lane == arrival::reset)
            return fail_at(later(two_ways()), boost::asio::error::connection_reset);
        scrapingpros_mock::request theirs;
        theirs.method = std::string(to_string(what.method));
        theirs.target = what.target;
        theirs.body = what.body;
        theirs.connection = number;
        theirs.on_connection = 1;
        for (std::size_t i = 0; i < what.headers.size(); ++i)
            theirs.headers.push_back(
                {std::string(what.headers.name(i)), std::string(what.headers.value(i))}
            );
        if (link_->options_.accept_gzip) theirs.headers.push_back({"Accept-Encoding", "gzip"});
        link_->queue_->at(
            later(link_->options_.one_way),
            [self = shared_from_this(), theirs = std::move(theirs)] { self->arrive(theirs); }
        );
    }

    void arrive(const scrapingpros_mock::request& theirs)
    {
        plan_ = link_->world_->handle(theirs, link_->world_now());
        ++link_->requests;
        if (link_->change) link_->change(theirs, plan_);
        if (link_->on_request) link_->on_request(theirs, plan_);
        if (left_) return tell_end(scrapingpros_mock::exchange_end::cause::client_left);
        arrived_ = true;
        first_byte_ = later(plan_.delay + link_->options_.one_way);
        direct_ = is_plain();
        if (!direct_) lay_out();
        const auto first = direct_ || arrivals_.empty() ? first_byte_ : arrivals_.front().when;
        if (direct_ && first > last_sign_ + silence_)
            return fail_at(last_sign_ + silence_, scrapingpros::errc::silence_timeout);
        call_at(direct_ ? first : now());
    }

    /// The response goes over the wire as HTTP has it, and all at once.
    bool is_plain() const
    {
        if (plan_.ending != scrapingpros_mock::wire_ending::complete || !plan_.damages.empty() ||
            plan_.declared_length || plan_.status < 200 || plan_.status == 204 ||
            plan_.status == 304)
            return false;
        return std::none_of(plan_.headers.begin(), plan_.headers.end(), [](const auto& field) {
            return field.name == "Content-Encoding" || field.name == "Transfer-Encoding";
        });
    }

    void lay_out()
    {
        using kind = scrapingpros_mock::wire_step::kind;
        auto script = write_plan(plan_, {});
        bytes_ = std::move(script.bytes);
        auto when = first_byte_;
        for (const auto& step : script.steps) {
            switch (step.what) {
            case kind::send:
                for (std::size_t at = 0; at < step.size;) {
                    const auto n = (std::min)(step.piece ? step.piece : step.size, step.size - at);
                    if (at > 0) when += step.time;
                    arrivals_.push_back({when, n});
                    at += n;
                }
                break;
            case kind::wait: when += step.time; break;
            case kind::stall: ends_ = boost::asio::error::timed_out; break;
            case kind::half_close:
            case kind::close: ends_ = boost::asio::error::eof; break;
            case kind::reset:
            case kind::reset_now: ends_ = boost::asio::error::connection_reset; break;
            }
        }
        if (script.steps.empty() && !bytes_.empty()) arrivals_.push_back({when, bytes_.size()});
        if (!ends_) ends_ = boost::asio::error::eof;
        // An open connection is silent when all is said; that is found out by waiting.
        if (script.steps.empty() && !script.close) ends_ = boost::asio::error::timed_out;
        end_at_ = when;
        reader_.emplace(max_head, fields_);
        window_.lend(std::make_unique_for_overwrite<char[]>(max_head), max_head);
    }

    bool parse_head(scrapingpros::error_code& ec)
    {
        for (;;) {
            if (reader_->read_head(window_, ec)) return true;
            if (ec || !receive()) break;
        }
        if (!ec && lost_) ec = lost_;
        return false;
    }

    /// Moves what has arrived into the window; else sees to it that `ready` is called. False if
    /// nothing was moved; then `lost_` says whether anything can come.
    bool receive()
    {
        if (next_ < arrivals_.size()) {
            auto& due = arrivals_[next_];
            if (due.when > now()) return wait_for(due.when), false;
            const auto room = window_.room();
            const auto n = (std::min)(room.size(), due.size);
            std::memcpy(room.data(), bytes_.data() + received_, n);
            window_.commit(n);
            received_ += n;
            due.size -= n;
            if (due.size == 0) {
                ++next_;
                last_sign_ = (std::max)(last_sign_, due.when);
            }
            return n > 0;
        }
        if (lost_) return false;
        if (ends_ == boost::asio::error::timed_out) {
            tell_end(scrapingpros_mock::exchange_end::cause::planned);
            return fail_at(
                       (std::max)(last_sign_, now()) + silence_, scrapingpros::errc::silence_timeout
                   ),
                   false;
        }
        if (end_at_ > now()) return wait_for(end_at_), false;
        lost_ = ends_;
        tell_end(scrapingpros_mock::exchange_end::cause::planned);
        return false;
    }

    void wait_for(scrapingpros::instant when)
    {
        const auto due = last_sign_ + silence_;
        if (when > due)
            fail_at(due, scrapingpros::errc::silence_timeout);
        else
            call_at(when);
    }

    void finish(scrapingpros::error_code& ec)
    {
        phase = scrapingpros::call_phase::done;
        tell_end(scrapingpros_mock::exchange_end::cause::complete);
        ec = boost::asio::error::eof;
    }

    void fail_at(scrapingpros::instant when, scrapingpros::error_code ec)
    {
        link_->queue_->at(when, [weak = weak_from_this(), ec] {
            const auto self = weak.lock();
            if (!self || !self->ready_ || self->failure_) return;
            self->failure_ = ec;
            self->ready_();
        });
    }
    void call_at(scrapingpros::instant when)
    {
        link_->queue_->at(when, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self && self->ready_) self->ready_();
        });
    }

    void tell_end(scrapingpros_mock::exchange_end::cause how)
    {
        if (plan_.ordinal == 0 || told_) return;
        told_ = true;
        link_->world_->finished(plan_.ordinal, {received_ + read_, how}, link_->world_now());
    }

    scrapingpros::instant now() const { return link_->queue_->now(); }
    scrapingpros::instant later(std::chrono::nanoseconds by) const { return now() + by; }
    std::chrono::nanoseconds two_ways() const { return 2 * link_->options_.one_way; }

    virtual_link* link_;
    std::function<void()> ready_{};
    scrapingpros::milliseconds silence_{};
    scrapingpros::instant last_sign_{};
    scrapingpros::instant first_byte_{};
    scrapingpros_mock::response_plan plan_{};
    bool arrived_ = false, left_ = false, told_ = false;
    /// The plan is read as it is, not as bytes.
    bool direct_ = false;
    std::size_t read_ = 0;
    std::string bytes_{};
    std::vector<arrival> arrivals_{};
    std::size_t next_ = 0;
    std::size_t received_ = 0;
    scrapingpros::instant end_at_{};
    scrapingpros::error_code ends_{};
    scrapingpros::error_code lost_{};
    scrapingpros::error_code failure_{};
    scrapingpros::http_fields fields_{};
    std::optional<scrapingpros::detail::response_reader> reader_{};
    scrapingpros::detail::byte_window window_{};
    std::vector<char> buffer_{};
};

}  // namespace test

#endif
