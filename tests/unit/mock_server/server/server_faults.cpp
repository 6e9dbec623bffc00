#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "faults/faults.hpp"
#include "mock.hpp"
#include "raw_client.hpp"
#include "server/plan_writer.hpp"
#include "server/server.hpp"
#include "tls_client.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

int repeats(int usual)
{
    const char* wish = std::getenv("MOCK_REPEATS");
    return wish != nullptr ? std::max(1, std::atoi(wish)) : usual;
}

/// Waits for what another thread is about to bring about; a test that waits for what never comes
/// fails behind it.
template <class Condition>
void until(Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
}

const std::string pass = "/pass";

/// Answers with that plan, but plainly on the path that `let_it_go_on` asks for.
server::handler answering(response_plan plan)
{
    return [plan](const request& what) { return what.target == pass ? response_plan{} : plan; };
}

/// Returns when the server has done all that it had begun: it has one thread.
void let_it_go_on(const server& subject)
{
    raw_client{subject.port()}.exchange(get(pass));
}

response_plan of_size(std::size_t bytes)
{
    response_plan plan;
    plan.body.resize(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        plan.body[i] = static_cast<char>('a' + i % 26);
    return plan;
}

/// What a server told of its exchanges.
class listener_of_ends {
public:
    void operator()(std::uint64_t ordinal, const exchange_end& end)
    {
        const std::lock_guard lock{mutex_};
        ends_.emplace_back(ordinal, end);
    }
    std::size_t count() const
    {
        const std::lock_guard lock{mutex_};
        return ends_.size();
    }
    std::pair<std::uint64_t, exchange_end> at(std::size_t i) const
    {
        const std::lock_guard lock{mutex_};
        return ends_.at(i);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::pair<std::uint64_t, exchange_end>> ends_;
};

response_plan damaged(const std::string& body, const std::string& fault)
{
    response_plan plan;
    plan.body = body;
    plan.ordinal = 1;
    CHECK(apply(parse_fault_header(fault), request{}, plan));
    return plan;
}

tls_attempt over_bad_tls(const std::string& code)
{
    mock_options options;
    options.tls = certificate_kind::good;
    options.scenario.faults =
        parse_faults(R"([{"on":"tls","do":")" + code + R"(","must_fire":true}])");
    mock_service mock{std::move(options)};
    const auto ask = [&] {
        return tls_exchange(mock.port(), mock.ca_pem(), get("/v1/health", "Connection: close\r\n"));
    };
    const auto first = ask();
    CHECK(mock.with_world([](world& service) { return service.verify_faults().empty(); }));
    const auto second = ask();
    CHECK(second.handshake);
    CHECK(second.said_goodbye);
    return first;
}

}  // namespace

TEST_SUITE("mock_server.server.faults")
{
    TEST_CASE("SRV-016: a drained reset comes after exactly n bytes, however late they are read")
    {
        for (const std::size_t size : {std::size_t{200'000}, std::size_t{3'000'000}}) {
            auto plan = of_size(size);
            plan.ending = wire_ending::reset;
            plan.cut_from = wire_place::origin::body;
            plan.cut_at = size - 777;
            const std::string expected = write_plan(plan, {}).bytes;
            CHECK_EQ(body_of(expected).size(), size - 777);
            for (int i = repeats(3); i-- > 0;) {
                const server subject{{}, [&](const request&) { return plan; }};
                raw_client client{subject.port()};
                client.send(get("/"));
                // The server has done all that it can without this client.
                if (size < 1'000'000) until([&] { return subject.stats().bytes_sent > 0; });
                std::string all = client.read(1000).bytes;
                for (int turn = 0; turn < 200; ++turn)
                    std::this_thread::yield();
                const auto rest = client.read_to_end();
                all += rest.bytes;
                REQUIRE_EQ(all.size(), expected.size());
                REQUIRE(all == expected);
                REQUIRE(rest.end == read_end::reset);
            }
        }
    }

    TEST_CASE("a drip sends its pieces one by one, on the service's clock")
    {
        const auto clock = service_clock::manual(time_point{});
        const auto plan = damaged("0123456789", "drip:4/1s@response-body:2");
        const server subject{{.clock = clock}, answering(plan)};
        raw_client client{subject.port()};
        client.send(get("/"));
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
        CHECK_EQ(client.read(head.size() + 6).bytes, head + "012345");
        let_it_go_on(subject);
        clock->advance(1s);
        CHECK_EQ(client.read(4).bytes, "6789");
        CHECK_EQ(client.exchange(get(pass)).end, read_end::got_enough);
    }

    TEST_CASE("a pause within a reply lasts as long as it says, and the reply goes on")
    {
        const auto clock = service_clock::manual(time_point{});
        auto plan = damaged("0123456789", "stall:1h@response-body:3");
        plan.damages.push_back(
            {.what = wire_damage::kind::pause, .at = {wire_place::origin::end, 0}, .time = 1h}
        );
        listener_of_ends ends;
        server_options options{.clock = clock};
        options.finished = [&](std::uint64_t ordinal, const exchange_end& end) {
            if (ordinal > 0) ends(ordinal, end);
        };
        const server subject{options, answering(plan)};
        raw_client client{subject.port()};
        client.send(get("/"));
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
        CHECK_EQ(client.read(head.size() + 3).bytes, head + "012");
        let_it_go_on(subject);
        clock->advance(1h);
        CHECK_EQ(client.read(7).bytes, "3456789");
        let_it_go_on(subject);
        CHECK_EQ(ends.count(), 0);
        clock->advance(1h);
        until([&] { return ends.count() == 1; });
        CHECK(ends.at(0).second.how == exchange_end::cause::complete);
        CHECK_EQ(ends.at(0).second.bytes_written, head.size() + 10);
    }

    TEST_CASE("a half-closed connection says no more and still listens")
    {
        const auto plan = damaged("0123456789", "half-close@response-body:3");
        listener_of_ends ends;
        server_options options;
        options.finished = std::ref(ends);
        const server subject{options, [&](const request&) { return plan; }};
        {
            raw_client client{subject.port()};
            client.send(get("/"));
            const auto got = client.read_to_end();
            CHECK(got.end == read_end::closed);
            CHECK_EQ(body_of(got.bytes), "012");
            CHECK(client.send("more"));
            CHECK_EQ(subject.stats().open, 1);
            CHECK_EQ(ends.count(), 0);
        }
        until([&] { return ends.count() == 1; });
        CHECK(ends.at(0).second.how == exchange_end::cause::planned);
    }

    TEST_CASE("the end of each exchange is told once, with its bytes")
    {
        using cause = exchange_end::cause;
        for (const auto& [fault, how] :
             {std::pair{"conn-close", cause::complete},
              std::pair{"cut@response-body:3", cause::planned},
              std::pair{"reset@response-body:3", cause::planned},
              std::pair{"reset-now@response-end", cause::planned},
              std::pair{"stall@response-end", cause::planned}}) {
            CAPTURE(fault);
            const auto plan = damaged("0123456789", fault);
            const std::size_t size = write_plan(plan, {}).bytes.size();
            listener_of_ends ends;
            server_options options;
            options.finished = std::ref(ends);
            const server subject{options, [&](const request&) { return plan; }};
            {
                raw_client client{subject.port()};
                client.send(get("/"));
                client.read(size);
            }
            until([&] { return ends.count() == 1; });
            CHECK_EQ(ends.at(0).first, 1);
            CHECK(ends.at(0).second.how == how);
            CHECK_EQ(ends.at(0).second.bytes_written, size);
        }
    }

    TEST_CASE("SRV-020: a fault whose client has gone before the first byte is spoiled")
    {
        for (const char* code : {"stall:1h", "s:503"}) {
            CAPTURE(code);
            mock_options options;
            options.clock = service_clock::manual(time_point{});
            options.scenario.faults = parse_faults(
                R"([{"id":"F","on":"health","do":")" + std::string(code) +
                R"(","must_fire":true},{"on":"health","do":"stall:1h"}])"
            );
            mock_service mock{std::move(options)};
            const auto verdict = [&] {
                return mock.with_world([](world& service) { return service.verify_faults(); });
            };
            CHECK_EQ(verdict().size(), 1);
            {
                raw_client client{mock.port()};
                client.send(get("/v1/health"));
                until([&] { return mock.fault_hits(0) == 1; });
            }
            CHECK(verdict().empty());
            mock.clock().advance(2h);
            until([&] { return !verdict().empty(); });
            CHECK_EQ(
                verdict().front(),
                "fault 'F' (" + std::string(code) +
                    " on health) was spoiled: the client of request 1 had gone"
            );
        }
    }

    TEST_CASE("a fault may wait for a connection that is used again")
    {
        mock_options options;
        options.scenario.faults = parse_faults(
            R"([{"when":{"request_on_connection":2},"do":"reset","times":"unlimited"}])"
        );
        mock_service mock{std::move(options)};
        for (int i = 0; i < 3; ++i) {
            raw_client client{mock.port()};
            CHECK_EQ(client.exchange(get("/v1/health")).end, read_end::got_enough);
            CHECK_EQ(client.exchange(get("/v1/health")).end, read_end::reset);
        }
    }

    TEST_CASE("single connections are closed, reset or ignored on arrival")
    {
        mock_options options;
        options.scenario.faults = parse_faults(
            R"([{"on":"connect","when":{"nth":1},"do":"closed"},
                {"on":"connect","when":{"nth":2},"do":"reset"},
                {"on":"connect","when":{"connection":3},"do":"ignored"}])"
        );
        mock_service mock{std::move(options)};
        CHECK(raw_client{mock.port()}.read_to_end().end == read_end::closed);
        CHECK(raw_client{mock.port()}.read_to_end().end == read_end::reset);
        raw_client ignored{mock.port()};
        ignored.send(get("/v1/health"));
        raw_client served{mock.port()};
        CHECK_NE(served.exchange(get("/v1/health")).bytes, "");
        ignored.finish_sending();
        CHECK_EQ(ignored.read_to_end().bytes, "");
        CHECK_EQ(mock.stats().requests, 1);
    }

    TEST_CASE("TLS is spoilt for one connection and good for the next")
    {
        for (const char* code :
             {"tls-expired",
              "tls-wrong-host",
              "tls-unknown-ca",
              "tls-self-signed",
              "tls-plain",
              "tls-cut",
              "tls-old"}) {
            CAPTURE(code);
            const auto got = over_bad_tls(code);
            CHECK_FALSE(got.handshake);
            CHECK_EQ(got.reply, "");
        }
        const auto silent = over_bad_tls("tls-no-notify");
        CHECK(silent.handshake);
        CHECK(silent.reply.starts_with("HTTP/1.1 200"));
        CHECK_FALSE(silent.said_goodbye);
    }
}
