#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_SIM_TRANSPORT_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_SIM_TRANSPORT_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/none.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clock.hpp"
#include "line.hpp"

namespace conformance {

/** HTTP/1.1 without a network, to the service of this process: what the library's own transport does
    (`net/beast_transport.hpp`), but for TLS, proxies and compressed bodies, which it does not ask for.

    A copy is a handle. Beast reads the bytes that the service writes.
*/
class sim_transport {
public:
    sim_transport(asio::any_io_executor executor, sim_clock clock)
        : shared_(std::make_shared<shared>(shared{std::move(executor), std::move(clock), {}}))
    {
    }

    class exchange;

    asio::any_io_executor get_executor() const { return shared_->executor; }
    exchange open();

private:
    struct shared {
        asio::any_io_executor executor;
        sim_clock clock;
        std::vector<std::shared_ptr<sim_line>> idle;
    };
    struct one;

    std::shared_ptr<shared> shared_;
};

struct sim_transport::one : std::enable_shared_from_this<sim_transport::one> {
    static constexpr std::chrono::seconds usual_silence{60};
    static constexpr std::size_t most_head = 64 * std::size_t{1024};
    using reader = boost::beast::http::response_parser<boost::beast::http::string_body>;

    explicit one(std::shared_ptr<shared> s) : owner(std::move(s)) {}

    // ---- the caller's operations

    void send(const sp::http_request& request, sp::send_handler handler)
    {
        asked = &request;
        silence = request.silence.value_or(usual_silence);
        on_head.swap(handler);  // assignment by move recurses for ever in Boost 1.81
        listen_for_cancel(on_head);
        begin(!request.repeatable);
    }
    void read(asio::mutable_buffer to, sp::read_handler handler)
    {
        buffer = to;
        on_piece.swap(handler);
        listen_for_cancel(on_piece);
        watch();
        hand_out();
    }
    void abandon()
    {
        fail(asio::error::operation_aborted);
        drop_line();
    }

    // ---- from a line to the end of the body

    void begin(bool fresh)
    {
        line = nullptr;
        while (!fresh && !line && !owner->idle.empty()) {
            line = std::move(owner->idle.back());
            owner->idle.pop_back();
            if (!line->is_fit()) line = nullptr;
        }
        progress.reused_connection = line != nullptr;
        if (!line) line = std::make_shared<sim_line>(owner->clock);
        progress.request_sent = true;
        progress.phase = sp::call_phase::head;
        head_bytes = 0;
        expect_response();
        watch();
        line->ask(request_of(*asked), [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->on_news();
        });
    }
    static mock::request request_of(const sp::http_request& from)
    {
        mock::request made;
        made.method = to_string(from.method);
        made.target = from.target;
        made.body = from.body;
        const auto add = [&](std::string_view name, std::string_view value) {
            made.headers.push_back({std::string(name), std::string(value)});
        };
        add("Host", from.to.host);
        add("User-Agent", "scrapingpros-cpp/sim");
        if (!from.headers.find("Accept")) add("Accept", "*/*");
        for (std::size_t i = 0; i < from.headers.size(); ++i)
            add(from.headers.name(i), from.headers.value(i));
        if (!from.body.empty() || from.method == sp::http_method::post ||
            from.method == sp::http_method::put)
            add("Content-Length", std::to_string(from.body.size()));
        return made;
    }
    void expect_response()
    {
        parser.emplace();
        parser->header_limit(static_cast<std::uint32_t>(most_head));
        parser->body_limit(boost::none);
    }

    void on_news()
    {
        watch();
        if (line && progress.phase == sp::call_phase::head) read_head();
        if (line && progress.phase == sp::call_phase::body) read_body();
        hand_out();
    }
    /// Beast counts what is left of a head only, and this all of it, as the library does.
    bool put(sp::error_code& ec)
    {
        const auto n =
            line->received.empty()
                ? std::size_t{0}
                : parser->put(asio::buffer(line->received.data(), line->received.size()), ec);
        line->received.erase(0, n);
        if (ec == boost::beast::http::error::need_more) ec = {};
        return n > 0;
    }
    void read_head()
    {
        sp::error_code ec;
        while (on_head && !line->received.empty()) {
            const auto before = line->received.size();
            const bool any = put(ec);
            head_bytes += before - line->received.size();
            const auto unread = parser->is_header_done() ? 0 : line->received.size();
            if (ec == boost::beast::http::error::header_limit || head_bytes + unread > most_head)
                ec = sp::errc::head_too_large;
            if (ec) return fail(ec), drop_line();
            if (parser->is_header_done()) {
                if (parser->get().result_int() / 100 != 1) return take_head();
                expect_response();  // the answer is to come
                head_bytes = 0;
            } else if (!any) {
                break;
            }
        }
        if (!on_head || line->how_it_is() == sim_line::state::open) return;
        const bool stale = progress.reused_connection && head_bytes == 0 &&
                           line->received.empty() && asked->repeatable;
        const auto lost = loss();
        if (!stale) return fail(lost), drop_line();
        drop_line();
        begin(true);
    }
    void take_head()
    {
        progress.phase = sp::call_phase::body;
        parser->eager(true);
        sp::http_response_head head;
        head.status = parser->get().result_int();
        for (const auto& field : parser->get())
            head.fields.add(
                {field.name_string().data(), field.name_string().size()},
                {field.value().data(), field.value().size()}
            );
        const auto coding = head.fields.find("Content-Encoding").value_or("identity");
        if (coding != "identity" && !parser->is_done())
            return fail(sp::errc::malformed_response), drop_line();
        sp::send_handler handler;
        handler.swap(on_head);
        later(std::move(handler), sp::error_code(), std::move(head));
    }
    void read_body()
    {
        sp::error_code ec;
        while (!parser->is_done() && !line->received.empty() && !ec)
            if (!put(ec)) break;
        if (ec) {
            failure = ec;
            return drop_line();
        }
        const auto state = line->how_it_is();
        if (!parser->is_done() && state == sim_line::state::ended) {
            parser->put_eof(ec);
            if (ec || !parser->is_done()) failure = sp::errc::incomplete_body;
        } else if (!parser->is_done() && state == sim_line::state::reset) {
            failure = sp::errc::incomplete_body;
        }
        if (failure) return drop_line();
        if (!parser->is_done()) return;
        progress.phase = sp::call_phase::done;
        const bool again = parser->keep_alive() && line->is_fit();
        line->rest();
        if (again) owner->idle.push_back(line);
        line = nullptr;
    }
    void hand_out()
    {
        if (!on_piece) return;
        const auto& body = parser->get().body();
        const auto n = (std::min)(buffer.size(), body.size() - given);
        sp::error_code ec;
        if (n == 0) {
            if (failure)
                ec = failure;
            else if (progress.phase == sp::call_phase::done)
                ec = asio::error::eof;
            else
                return;
        }
        std::memcpy(buffer.data(), body.data() + given, n);
        given += n;
        progress.body_bytes += n;
        owner->clock.drop(limit);
        sp::read_handler handler;
        handler.swap(on_piece);
        later(std::move(handler), ec, n);
    }

    // ---- ends

    sp::error_code loss() const
    {
        if (line->how_it_is() == sim_line::state::reset) return asio::error::connection_reset;
        return asio::error::eof;
    }
    void fail(sp::error_code ec)
    {
        owner->clock.drop(limit);
        failure = ec;
        if (on_head) {
            sp::send_handler handler;
            handler.swap(on_head);
            later(std::move(handler), ec, sp::http_response_head());
        }
        if (on_piece) {
            sp::read_handler handler;
            handler.swap(on_piece);
            later(std::move(handler), ec, std::size_t{0});
        }
    }
    void drop_line()
    {
        owner->clock.drop(limit);
        if (const auto gone = std::exchange(line, nullptr)) gone->leave();
    }
    /// Nobody may be silent for longer than that, as long as somebody listens.
    void watch()
    {
        owner->clock.drop(limit);
        if (!on_head && !on_piece) return;
        limit = owner->clock.at(owner->clock.now() + silence, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self || (!self->on_head && !self->on_piece)) return;
            self->fail(sp::errc::silence_timeout);
            self->drop_line();
        });
    }
    template <class Handler>
    void listen_for_cancel(Handler& handler)
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = weak_from_this()](asio::cancellation_type) {
                if (const auto self = weak.lock()) self->abandon();
            });
    }
    template <class Handler, class Value>
    void later(Handler handler, sp::error_code ec, Value value)
    {
        asio::post(
            owner->executor,
            [handler = std::move(handler), ec, value = std::move(value)]() mutable {
                std::move(handler)(ec, std::move(value));
            }
        );
    }

    std::shared_ptr<shared> owner;
    const sp::http_request* asked = nullptr;
    std::chrono::milliseconds silence = usual_silence;
    sp::exchange_progress progress{};
    std::shared_ptr<sim_line> line{};
    waits::ticket limit{};

    std::optional<reader> parser{};
    std::size_t head_bytes = 0;
    std::size_t given = 0;
    sp::error_code failure{};

    sp::send_handler on_head{};
    sp::read_handler on_piece{};
    asio::mutable_buffer buffer{};
};

class sim_transport::exchange {
public:
    explicit exchange(std::shared_ptr<shared> owner)
        : state_(std::make_shared<one>(std::move(owner)))
    {
    }
    exchange(exchange&&) noexcept = default;
    exchange& operator=(exchange&&) noexcept = default;
    ~exchange()
    {
        if (state_) state_->abandon();
    }

    void async_send(const sp::http_request& request, sp::send_handler handler)
    {
        state_->send(request, std::move(handler));
    }
    void async_read_some(asio::mutable_buffer buffer, sp::read_handler handler)
    {
        state_->read(buffer, std::move(handler));
    }
    sp::exchange_progress progress() const { return state_->progress; }

private:
    std::shared_ptr<one> state_;
};

inline sim_transport::exchange sim_transport::open()
{
    return exchange(shared_);
}

static_assert(sp::transport<sim_transport>);

}  // namespace conformance

#endif
