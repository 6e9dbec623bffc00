// More than 400 lines: all histories go through one service and one receiver, which stand at the top.

#include "webhooks/webhook_sender.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "raw_client.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"
#include "world.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

/// A web server that keeps what it is sent and answers as it is told: the last answer for ever.
class receiver {
public:
    explicit receiver(std::vector<response_plan> answers, server_options options = {})
        : answers_{answers.begin(), answers.end()},
          server_{std::move(options), [this](const request& what) { return answer(what); }}
    {
    }

    std::string url(const std::string& path = "/hook") const { return server_.base_url() + path; }
    std::vector<request> got() const
    {
        const std::lock_guard lock{mutex_};
        return got_;
    }
    /// Returns when that many requests have come.
    void wait_for(std::size_t requests)
    {
        std::unique_lock lock{mutex_};
        came_.wait(lock, [&] { return got_.size() >= requests; });
    }
    server_stats stats() const { return server_.stats(); }
    void stop() { server_.stop(); }

private:
    response_plan answer(const request& what)
    {
        const std::lock_guard lock{mutex_};
        got_.push_back(what);
        came_.notify_all();
        response_plan plan = answers_.front();
        if (answers_.size() > 1) answers_.pop_front();
        return plan;
    }

    mutable std::mutex mutex_;
    std::condition_variable came_;
    std::deque<response_plan> answers_;
    std::vector<request> got_;
    server server_;
};

response_plan status(unsigned code)
{
    response_plan plan;
    plan.status = code;
    return plan;
}

response_plan ending(wire_ending how, std::size_t after = 0)
{
    response_plan plan;
    plan.ending = how;
    plan.cut_at = after;
    return plan;
}

webhook_attempt attempt_to(std::string url, std::string body = "{}", bool chunked = false)
{
    return {
        .delivery = "run",
        .number = 1,
        .url = std::move(url),
        .headers = {{"Content-Type", "application/json"}, {"X-SP-Signature", "abc"}},
        .body = std::move(body),
        .chunked = chunked};
}

/// Sends the attempts and returns when all of them have come to an end.
std::vector<webhook_outcome> send(
    std::vector<webhook_attempt> attempts, webhook_sender_options options = {}
)
{
    boost::asio::io_context context{1};
    std::vector<webhook_outcome> outcomes;
    webhook_sender sender{
        context,
        std::move(options),
        {[] { return std::nullopt; },
         [&] { return std::exchange(attempts, {}); },
         [&](const webhook_attempt&, const webhook_outcome& how) { outcomes.push_back(how); }}};
    sender.look();
    CHECK_EQ(sender.in_flight(), 1);
    context.run();
    CHECK_EQ(sender.in_flight(), 0);
    return outcomes;
}

webhook_outcome send_one(webhook_attempt attempt, webhook_sender_options options = {})
{
    std::vector<webhook_attempt> one;
    one.push_back(std::move(attempt));
    const auto outcomes = send(std::move(one), std::move(options));
    REQUIRE_EQ(outcomes.size(), 1);
    return outcomes.front();
}

webhook_error error_at(const std::string& url, webhook_sender_options options = {})
{
    const webhook_outcome how = send_one(attempt_to(url), std::move(options));
    CHECK_EQ(how.status, 0);
    return how.error;
}

/// Runs the context until the receiver has got that many requests, and leaves it as it is then.
void run_until(boost::asio::io_context& context, receiver& there, std::size_t requests)
{
    std::thread runner{[&] { context.run(); }};
    there.wait_for(requests);
    context.stop();
    runner.join();
    context.restart();
}

/// A world that sends, its clock and its sender, as a program connects them.
struct service {
    explicit service(webhook_options options = {}, webhook_sender_options sending = {})
        : clock{service_clock::manual(start)}, world{made_from(std::move(options))},
          sender{context, std::move(sending), source()},
          listener{clock->listen([this] { sender.look(); })}
    {
    }
    ~service() { clock->ignore(listener); }

    static scenario made_from(webhook_options options)
    {
        scenario from;
        from.webhooks = std::move(options);
        from.webhooks.delivery = webhook_delivery::send;
        return from;
    }

    webhook_source source()
    {
        return {
            [this]() -> std::optional<std::chrono::nanoseconds> {
                const auto due = world.next_webhook();
                return due ? clock->real_time_until(*due) : std::nullopt;
            },
            [this] { return world.take_due_webhooks(clock->now()); },
            [this](const webhook_attempt& attempt, const webhook_outcome& how) {
                world.webhook_answered(attempt.delivery, attempt.number, how, clock->now());
            }};
    }

    /// Handles a POST as the service does.
    std::string post(const std::string& path, const std::string& body)
    {
        const response_plan plan = world.handle(
            {"POST", path, {{"Authorization", "Bearer test_token_a"}}, body, 0}, clock->now()
        );
        CAPTURE(plan.body);
        REQUIRE_EQ(plan.status, 201);
        return plan.body;
    }

    /// Starts a run that tells that URL, and returns the id.
    std::string start_run(const std::string& url)
    {
        const std::string collections = "/v1/async/collections";
        const std::string made =
            post(collections, R"({"name":"n","requests":[{"url":"https://shop.example/1"}]})");
        const std::string id = made.substr(made.find(R"("id":")") + 6, 36);
        post(collections + "/" + id + "/run", R"({"callback_url":")" + url + "\"}");
        return world.run_ids().back();
    }

    /// Moves the clock to the run's end and so far beyond, and lets everything happen that follows.
    void go_to(const std::string& run, duration after_end)
    {
        clock->set(world.find_run(run, clock->now())->terminal_at + after_end);
        settle();
    }
    void settle()
    {
        context.restart();
        context.run();
    }

    static constexpr time_point start{1'780'000'000s};
    boost::asio::io_context context{1};
    std::shared_ptr<service_clock> clock;
    scrapingpros_mock::world world;
    webhook_sender sender;
    std::uint64_t listener;
};

std::vector<unsigned> statuses(const service& of)
{
    std::vector<unsigned> all;
    for (const webhook_record& each : of.world.webhooks().records())
        all.push_back(each.outcome.status);
    return all;
}

}  // namespace

TEST_SUITE("mock_server.webhook_sender")
{
    TEST_CASE("a webhook is a POST with the attempt's headers and bytes, on its own connection")
    {
        receiver there{{status(200)}};
        const webhook_outcome how = send_one(attempt_to(there.url("/a/b?c=d"), R"({"x":"é"})"));
        CHECK_EQ(how.status, 200);
        CHECK_EQ(how.error, webhook_error::none);
        CHECK_EQ(how.connection.value(), 1);
        REQUIRE_EQ(there.got().size(), 1);
        const request got = there.got().front();
        CHECK_EQ(got.method, "POST");
        CHECK_EQ(got.target, "/a/b?c=d");
        CHECK_EQ(got.body, R"({"x":"é"})");
        std::vector<std::string> names;
        for (const header& each : got.headers)
            names.push_back(each.name);
        CHECK(
            names ==
            std::vector<std::string>{
                "Host", "Content-Type", "X-SP-Signature", "Content-Length", "Connection"}
        );
        CHECK_EQ("http://" + std::string(got.find("host").value()) + "/hook", there.url());
        CHECK_EQ(got.find("x-sp-signature"), "abc");
    }

    TEST_CASE("a chunked body arrives as it was, large or empty")
    {
        receiver there{{status(200)}};
        for (const std::size_t size : {0u, 1u, 99u, 100u, 12'345u, 10'000'000u}) {
            CAPTURE(size);
            CHECK_EQ(send_one(attempt_to(there.url(), std::string(size, 'x'), true)).status, 200);
            const request got = there.got().back();
            CHECK_EQ(got.body.size(), size);
            CHECK_EQ(got.find("transfer-encoding"), "chunked");
            CHECK_FALSE(got.find("content-length"));
        }
    }

    TEST_CASE("ten megabytes in one piece arrive")
    {
        receiver there{{status(200)}};
        CHECK_EQ(send_one(attempt_to(there.url(), std::string(10'000'000, 'x'))).status, 200);
        CHECK_EQ(there.got().back().body.size(), 10'000'000);
    }

    TEST_CASE("the answer of a receiver that does not read everything counts")
    {
        receiver there{{status(200)}, {.max_body = 1'000}};
        CHECK_EQ(send_one(attempt_to(there.url(), std::string(100'000, 'x'))).status, 413);
    }

    TEST_CASE("a redirect is an answer and is not followed")
    {
        receiver other{{status(200)}};
        response_plan moved = status(307);
        moved.headers = {{"Location", other.url()}};
        receiver there{{moved}};
        CHECK_EQ(send_one(attempt_to(there.url())).status, 307);
        CHECK(other.got().empty());
        CHECK_EQ(other.stats().connections, 0);
    }

    TEST_CASE("what a receiver does to a connection is told by name")
    {
        receiver resets{{ending(wire_ending::reset)}};
        CHECK_EQ(error_at(resets.url()), webhook_error::reset);
        receiver leaves{{ending(wire_ending::close)}};
        CHECK_EQ(error_at(leaves.url()), webhook_error::closed);
        receiver stops_in_the_head{{ending(wire_ending::close, 10)}};
        CHECK_EQ(error_at(stops_in_the_head.url()), webhook_error::closed);
        receiver silent{{ending(wire_ending::stall)}};
        CHECK_EQ(error_at(silent.url(), {.exchange_limit = 50ms}), webhook_error::timed_out);
        receiver gone{{status(200)}};
        gone.stop();
        CHECK_EQ(error_at(gone.url()), webhook_error::connect_failed);
        receiver ignores{{status(200)}, {.on_arrival = arrival::ignored}};
        CHECK_EQ(error_at(ignores.url(), {.exchange_limit = 50ms}), webhook_error::timed_out);
    }

    TEST_CASE("a status is a status, however its body ends")
    {
        response_plan cut = ending(wire_ending::close, 80);
        cut.body = std::string(1'000, 'x');
        receiver there{{cut}};
        CHECK_EQ(send_one(attempt_to(there.url())).status, 200);
        response_plan huge = status(201);
        huge.body = std::string(3'000'000, 'x');
        receiver talkative{{huge}};
        CHECK_EQ(send_one(attempt_to(talkative.url())).status, 201);
    }

    TEST_CASE("nothing but this machine is resolved or contacted")
    {
        CHECK_EQ(error_at("http://192.0.2.1/"), webhook_error::refused_target);
        CHECK_EQ(error_at("http://hooks.example/"), webhook_error::refused_target);
        CHECK_EQ(error_at("http://127.0.0.1.nip.io/"), webhook_error::bad_url);
        CHECK_EQ(error_at("ftp://127.0.0.1/"), webhook_error::bad_url);
        CHECK_EQ(error_at(""), webhook_error::bad_url);
        receiver there{{status(200)}};
        const std::string port = there.url("").substr(there.url("").rfind(':'));
        CHECK_EQ(send_one(attempt_to("http://localhost" + port)).status, 200);
        CHECK_EQ(
            send_one(attempt_to("http://127.9.9.9" + port)).error, webhook_error::connect_failed
        );
        // Allowed, a name is looked up; this one never exists.
        CHECK_EQ(
            error_at("http://nowhere.invalid/", {.allow_remote_callbacks = true}),
            webhook_error::unresolved
        );
    }

    TEST_CASE("https receivers are checked against the given root")
    {
        const test_ca authority;
        receiver good{{status(200)}, {.tls = authority.issue(certificate_kind::good)}};
        CHECK_EQ(send_one(attempt_to(good.url()), {.ca_pem = authority.ca_pem()}).status, 200);
        CHECK_EQ(error_at(good.url()), webhook_error::tls_failed);
        receiver wrong{{status(200)}, {.tls = authority.issue(certificate_kind::wrong_host)}};
        CHECK_EQ(error_at(wrong.url(), {.ca_pem = authority.ca_pem()}), webhook_error::tls_failed);
        CHECK(wrong.got().empty());
    }

    TEST_CASE("more attempts than connections wait for their turn and all arrive")
    {
        receiver there{{status(200)}};
        std::vector<webhook_attempt> many(25, attempt_to(there.url()));
        const auto outcomes = send(std::move(many), {.most_connections = 2});
        CHECK_EQ(outcomes.size(), 25);
        CHECK_EQ(there.got().size(), 25);
    }

    TEST_CASE("a sender stops with attempts under way, and tells nobody")
    {
        receiver silent{{ending(wire_ending::stall)}};
        boost::asio::io_context context{1};
        int told = 0;
        std::vector<webhook_attempt> attempts(3, attempt_to(silent.url()));
        auto sender = std::make_unique<webhook_sender>(
            context,
            webhook_sender_options{.exchange_limit = 1h, .most_connections = 2},
            webhook_source{
                [] { return std::nullopt; },
                [&] { return std::exchange(attempts, {}); },
                [&](const webhook_attempt&, const webhook_outcome&) { ++told; }}
        );
        sender->look();
        run_until(context, silent, 2);
        CHECK_EQ(sender->in_flight(), 3);
        sender.reset();
        context.run();
        CHECK_EQ(told, 0);
    }

    TEST_CASE("a context may go away with attempts under way")
    {
        receiver silent{{ending(wire_ending::stall)}};
        std::vector<webhook_attempt> attempts(1, attempt_to(silent.url()));
        std::unique_ptr<webhook_sender> sender;
        {
            boost::asio::io_context context{1};
            sender = std::make_unique<webhook_sender>(
                context,
                webhook_sender_options{},
                webhook_source{
                    [] { return std::nullopt; },
                    [&] { return std::exchange(attempts, {}); },
                    [](const webhook_attempt&, const webhook_outcome&) {}}
            );
            sender->look();
            run_until(context, silent, 1);
            sender.reset();
        }
        CHECK_EQ(silent.got().size(), 1);
    }
}

TEST_SUITE("mock_server.webhooks")
{
    TEST_CASE("SRV-011: with a manual clock nothing happens until time is advanced")
    {
        receiver there{{status(200)}};
        service mock;
        const std::string run = mock.start_run(there.url());
        mock.sender.look();
        mock.settle();
        mock.go_to(run, 999'999us);
        CHECK(there.got().empty());
        mock.go_to(run, 1s);
        REQUIRE_EQ(there.got().size(), 1);
        CHECK_NE(there.got().front().body.find(run), std::string::npos);
        CHECK_EQ(statuses(mock), std::vector{200u});
        CHECK_EQ(mock.sender.in_flight(), 0);
        mock.go_to(run, 24h);
        CHECK_EQ(there.got().size(), 1);
    }

    TEST_CASE("SRV-011: a receiver that answers 500 twice and then 200")
    {
        receiver there{{status(500), status(500), status(200)}};
        service mock;
        const std::string run = mock.start_run(there.url());
        mock.go_to(run, 1s);
        mock.go_to(run, 4s);
        CHECK_EQ(statuses(mock), std::vector{500u});
        mock.go_to(run, 5s);
        mock.go_to(run, 25s);
        CHECK_EQ(statuses(mock), std::vector{500u, 500u, 200u});
        mock.go_to(run, 24h);
        CHECK_EQ(there.got().size(), 3);
    }

    TEST_CASE("SRV-011: one jump over the whole schedule makes all attempts, one after the other")
    {
        receiver there{{status(500), status(500), status(200)}};
        service mock;
        const std::string run = mock.start_run(there.url());
        mock.go_to(run, 1h);
        CHECK_EQ(statuses(mock), std::vector{500u, 500u, 200u});
    }

    TEST_CASE("SRV-011: a receiver that resets, one that says nothing and one that is not there")
    {
        receiver resets{{ending(wire_ending::reset)}};
        receiver silent{{ending(wire_ending::stall)}};
        service mock{{.schedule = {1s}}, {.exchange_limit = 50ms}};
        mock.start_run(resets.url());
        mock.start_run(silent.url());
        const std::string run = mock.start_run("http://hooks.example/scrapingpros");
        mock.go_to(run, 1h);
        const std::string told = mock.world.webhooks_json(mock.clock->now());
        for (const char* error : {R"("reset")", R"("timed_out")", R"("refused_target")"}) {
            CAPTURE(std::string(error));
            CHECK_NE(told.find(std::string(R"("error":)") + error), std::string::npos);
        }
        CHECK_EQ(told.find(R"("callback_status":"sent")"), std::string::npos);
    }

    TEST_CASE("SRV-011: 410 is honoured over the wire")
    {
        receiver there{{status(410)}};
        service mock{{.honour_410 = true}};
        mock.go_to(mock.start_run(there.url()), 1h);
        mock.go_to(mock.start_run(there.url()), 1h);
        CHECK_EQ(there.got().size(), 1);
    }

    TEST_CASE("with a real clock a webhook comes by itself")
    {
        receiver there{{status(200)}};
        service mock;
        const auto fast = service_clock::real(1'000'000, mock.clock->now());
        mock.clock->ignore(mock.listener);
        mock.clock = fast;
        mock.start_run(there.url());
        mock.sender.look();
        mock.settle();
        CHECK_EQ(there.got().size(), 1);
    }
}
