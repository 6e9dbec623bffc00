#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_MOCK_CLOCK_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_MOCK_CLOCK_HPP

#include <scrapingpros/time.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <boost/url.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "waits.hpp"

namespace conformance {

namespace json = boost::json;

/// The control route of the mock's clock, asked one question at a time.
class clock_line {
public:
    /// @param url `http://127.0.0.1:PORT/…/clock`
    explicit clock_line(std::string_view url) : socket_(context_)
    {
        const auto parts = boost::urls::parse_uri(url).value();
        host_ = parts.host();
        path_ = std::string(parts.encoded_path());
        asio::ip::tcp::resolver names(context_);
        asio::connect(socket_, names.resolve(host_, std::string(parts.port())));
        socket_.set_option(asio::ip::tcp::no_delay(true));
    }

    json::value ask(boost::beast::http::verb method, std::string_view path, std::string body = {})
    {
        namespace http = boost::beast::http;
        http::request<http::string_body> request(method, path_ + std::string(path), 11);
        request.set(http::field::host, host_);
        request.set(http::field::content_type, "application/json");
        request.body() = std::move(body);
        request.prepare_payload();
        http::write(socket_, request);
        http::response<http::string_body> reply;
        http::read(socket_, buffer_, reply);
        auto answer = json::parse(reply.body());
        if (reply.result_int() >= 400)
            throw clock_ended(std::string(answer.at("code").as_string()));
        return answer;
    }

private:
    asio::io_context context_{1};
    asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_{};
    std::string host_{};
    std::string path_{};
};

/** The clock of a subject that waits in the mock's virtual time, as `ADAPTERS.md` has it.

    The subject is one thread. While it works it holds the clock. When it has nothing to do it
    sleeps until its own next wait, or until that of the server which owes it an answer.
    Copies share the time.
*/
class mock_clock {
public:
    explicit mock_clock(std::string_view url) : state_(std::make_shared<state>(url))
    {
        using boost::beast::http::verb;
        state_->base = read_time(state_->line.ask(verb::get, ""), "now");
        state_->line.ask(verb::post, "/join", R"({"name":"subject"})");
    }

    sp::instant now() const { return state_->now; }
    sp::timestamp server_now() const
    {
        return state_->base + std::chrono::floor<std::chrono::microseconds>(state_->now - epoch) +
               state_->wall_ahead;
    }
    /// Somebody sets the wall clock.
    void step_wall(std::chrono::microseconds by) const { state_->wall_ahead += by; }

    using ticket = waits::ticket;
    /// Calls `then` at that time, from within `step`.
    ticket at(sp::instant when, std::function<void()> then) const
    {
        return state_->own.at(when, std::move(then));
    }
    bool drop(const ticket& which) const { return state_->own.drop(which); }

    /// Exchanges that wait for the server.
    std::size_t& outstanding() const { return state_->outstanding; }

    /// For when nothing is ready on `context`: waits for bytes, or lets the time go on.
    void step(asio::io_context& context) const
    {
        auto due = state_->own.next();
        if (state_->outstanding > 0) {
            // Bytes on the loopback come sooner, as a rule. After the longer time nobody is going to
            // send any, not even on a machine where many others compute. Where the server knows of
            // fewer requests than were sent, some bytes are under way.
            if (context.run_one_for(std::chrono::milliseconds(4)) > 0) return;
            auto seen = look();
            if (!seen.at_work && (!seen.due || seen.count < state_->outstanding)) {
                if (context.run_one_for(std::chrono::seconds(2)) > 0) return;
                seen = look();
            }
            if (seen.at_work) return;
            if (seen.due) due = due ? (std::min)(*due, *seen.due) : *seen.due;
        }
        if (!due) throw clock_ended("it waits for something that will never happen");
        sleep_until(*due);
        state_->own.wake(state_->now);
    }

    void forget() const { state_->own.forget(); }

    std::unique_ptr<sp::detail::wait_timer> new_timer(const asio::any_io_executor& executor) const
    {
        return state_->own.new_timer(executor);
    }

private:
    static constexpr sp::instant epoch = waits::epoch;

    struct state {
        explicit state(std::string_view url) : line(url) {}
        clock_line line;
        sp::instant now = epoch;
        sp::timestamp base{};
        std::chrono::microseconds wall_ahead{};
        waits own{};
        std::size_t outstanding = 0;
    };

    struct seen_requests {
        std::size_t count = 0;
        bool at_work = false;
        std::optional<sp::instant> due{};
    };

    static sp::timestamp read_time(const json::value& from, std::string_view name)
    {
        return sp::parse_timestamp(from.at(name).as_string()).value();
    }
    seen_requests look() const
    {
        seen_requests made;
        const auto answer = state_->line.ask(boost::beast::http::verb::get, "");
        for (const auto& each : answer.at("tickets").as_array()) {
            if (each.at("kind").as_string() != "request") continue;
            ++made.count;
            if (each.at("awake").as_bool()) {
                made.at_work = true;
            } else if (each.at("due").is_string()) {
                const auto due = epoch + (read_time(each, "due") - state_->base);
                made.due = made.due ? (std::min)(*made.due, sp::instant(due)) : sp::instant(due);
            }
        }
        return made;
    }
    void sleep_until(sp::instant when) const
    {
        if (when <= state_->now) return;
        const auto rest = std::chrono::ceil<std::chrono::microseconds>(when - state_->now);
        const auto answer = state_->line.ask(
            boost::beast::http::verb::post,
            "/sleep",
            R"({"name":"subject","for":")" + std::to_string(rest.count()) + R"(us"})"
        );
        state_->now = epoch + (read_time(answer, "now") - state_->base);
    }

    std::shared_ptr<state> state_;
};

static_assert(sp::engine_clock<mock_clock>);

}  // namespace conformance

#endif
