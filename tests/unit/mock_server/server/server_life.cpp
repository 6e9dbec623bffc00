#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "faults/faults.hpp"
#include "raw_client.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

response_plan hello(const request&)
{
    response_plan plan;
    plan.body = "hello";
    return plan;
}

response_plan never(const request&)
{
    response_plan plan;
    plan.delay = 1h;
    return plan;
}

response_plan stall(const request&)
{
    response_plan plan;
    plan.ending = wire_ending::stall;
    return plan;
}

response_plan megabytes(const request&)
{
    response_plan plan;
    plan.body.assign(30'000'000, 'x');
    return plan;
}

// Whether each of `count` exchanges succeeded, on connections kept as long as possible.
std::vector<bool> keep_asking(const server& subject, int count)
{
    std::vector<bool> out;
    auto client = std::make_unique<raw_client>(subject.port());
    while (count-- > 0) {
        client->send(get("/"));
        const auto got = client->read_response();
        out.push_back(got.end == read_end::got_enough);
        if (!out.back()) client = std::make_unique<raw_client>(subject.port());
    }
    return out;
}

std::ptrdiff_t open_descriptors()
{
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return std::distance(begin(all), end(all));
}

}  // namespace

TEST_SUITE("mock_server.server.life")
{
    TEST_CASE("a stopped server refuses connections and has none open")
    {
        server subject{{}, hello};
        raw_client client{subject.port()};
        client.exchange(get("/"));
        subject.stop();
        CHECK(is_refused(subject.port()));
        CHECK_EQ(subject.stats().open, 0);
        CHECK_EQ(subject.stats().requests, 1);
        CHECK_NE(client.read_to_end().end, read_end::timed_out);
        subject.stop();
    }

    TEST_CASE("a server stops whatever its clients are in the middle of")
    {
        for (const auto& handle : {hello, never, stall, megabytes}) {
            server subject{{}, handle};
            raw_client silent{subject.port()};
            raw_client asking{subject.port()};
            asking.send(get("/"));
            raw_client half{subject.port()};
            half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
            raw_client refused{subject.port()};
            CHECK_NE(refused.exchange("nonsense\r\n\r\n").bytes, "");
            subject.stop();
            for (auto* client : {&silent, &asking, &half, &refused})
                CHECK_NE(client->read_to_end().end, read_end::timed_out);
        }
    }

    TEST_CASE("SRV-024: a server with 100 open streams stops, and each client is told")
    {
        const auto clock = service_clock::manual(time_point{});
        server subject{{.clock = clock}, [](const request&) {
                           response_plan plan;
                           plan.body.assign(10'000, 'x');
                           plan.damages = {
                               {.what = wire_damage::kind::drip, .number = 100, .time = 1s}};
                           return plan;
                       }};
        std::vector<std::unique_ptr<raw_client>> clients;
        for (int i = 0; i < 100; ++i) {
            clients.push_back(std::make_unique<raw_client>(subject.port()));
            clients.back()->send(get("/"));
            CHECK_EQ(clients.back()->read(100).bytes.size(), 100);
        }
        CHECK_EQ(subject.stats().open, 100);
        subject.stop();
        CHECK_EQ(subject.stats().open, 0);
        for (const auto& each : clients)
            CHECK_NE(each->read_to_end().end, read_end::timed_out);
    }

    TEST_CASE("SRV-024: a server stops in the middle of each fault")
    {
        const auto clock = service_clock::manual(time_point{});
        for (const char* code :
             {"stall",
              "stall:1h",
              "stall@response-body",
              "stall:1h@response-body",
              "half-close",
              "half-close@response-end",
              "drip:1/1h@response-body",
              "reset@response-end"}) {
            CAPTURE(code);
            response_plan plan;
            // More than a client that does not read can be given: a reset waits for it.
            plan.body.assign(30'000'000, 'x');
            CHECK(apply(parse_fault_header(code), request{}, plan));
            bool told = false;
            server_options options{.clock = clock};
            options.finished = [&](std::uint64_t, const exchange_end&) { told = true; };
            std::promise<void> has_come;
            server subject{options, [&](const request&) {
                               has_come.set_value();
                               return plan;
                           }};
            raw_client client{subject.port()};
            client.send(get("/"));
            has_come.get_future().wait();
            subject.stop();
            CHECK_EQ(subject.stats().open, 0);
            CHECK_FALSE(told);
        }
    }

    TEST_CASE("SRV-024: a server starts and stops 1,000 times and leaves no descriptor open")
    {
        server{{}, hello}.stop();
        const auto before = open_descriptors();
        for (int i = 0; i < 1'000; ++i) {
            server subject{{}, hello};
            if (i % 50 != 0) continue;
            raw_client client{subject.port()};
            CHECK_EQ(body_of(client.exchange(get("/")).bytes), "hello");
            subject.stop();
        }
        CHECK_EQ(open_descriptors(), before);
    }

    TEST_CASE("a TLS server stops in the middle of a handshake")
    {
        const test_ca authority;
        server subject{{.tls = authority.issue(certificate_kind::good)}, hello};
        raw_client client{subject.port()};
        client.send("\x16\x03\x01");
        subject.stop();
        CHECK_NE(client.read_to_end().end, read_end::timed_out);
    }

    TEST_CASE("a port that is taken cannot be listened on")
    {
        const server first{{}, hello};
        const auto again = [&] { server{{.port = first.port()}, hello}; };
        CHECK_THROWS_AS(again(), cannot_listen);
        const auto text = "cannot listen on port " + std::to_string(first.port()) +
                          " of 127.0.0.1: Address already in use";
        CHECK_THROWS_WITH(again(), text.c_str());
        const auto nowhere = [] { server{{.address = "localhorst"}, hello}; };
        CHECK_THROWS_AS(nowhere(), cannot_listen);
    }

    TEST_CASE("a port is free again when its server has stopped")
    {
        auto first = std::make_unique<server>(server_options{}, hello);
        const auto port = first->port();
        raw_client client{port};
        client.exchange(get("/"));
        first.reset();
        const server second{{.port = port}, hello};
        CHECK_EQ(body_of(raw_client{port}.exchange(get("/")).bytes), "hello");
    }

    TEST_CASE("a server may live on a context of the caller's")
    {
        boost::asio::io_context context;
        auto subject = std::make_unique<server>(context, server_options{}, hello);
        raw_client client{subject->port()};
        client.send(get("/"));
        while (subject->stats().bytes_sent == 0)
            context.run_one();
        CHECK_EQ(body_of(client.read_response().bytes), "hello");
        subject.reset();
        context.run();  // ends: nothing is left to do
        CHECK(client.read_to_end().end == read_end::closed);
    }

    TEST_CASE("connections can be ended or ignored on arrival")
    {
        const server closing{{.on_arrival = arrival::closed}, hello};
        CHECK(raw_client{closing.port()}.read_to_end().end == read_end::closed);
        const server resetting{{.on_arrival = arrival::reset}, hello};
        CHECK(raw_client{resetting.port()}.read_to_end().end == read_end::reset);
        const server ignoring{{.on_arrival = arrival::ignored}, hello};
        raw_client client{ignoring.port()};
        client.send(get("/"));
        client.finish_sending();
        CHECK_EQ(client.read_to_end().bytes, "");
        CHECK_EQ(ignoring.stats().requests, 0);
    }

    TEST_CASE("idle connections are closed behind the client's back as often as asked")
    {
        const server subject{{.chaos = {.probability = 0.5}}, hello};
        const auto successes = keep_asking(subject, 200);
        const auto closes = subject.stats().idle_closes;
        CHECK_GT(closes, 30);
        CHECK_LT(closes, 120);
        const auto failed =
            static_cast<std::uint64_t>(std::count(successes.begin(), successes.end(), false));
        // The last response may have been followed by a close that no request met.
        CHECK_LE(closes - failed, 1);
        CHECK_EQ(subject.stats().requests, 200 - failed);
    }

    TEST_CASE("the same seed closes the same connections")
    {
        const auto successes_with = [](std::uint64_t seed) {
            const server subject{
                {.chaos = {.probability = 0.3, .manner = idle_close_manner::rst, .seed = seed}},
                hello};
            return keep_asking(subject, 60);
        };
        CHECK(successes_with(7) == successes_with(7));
        CHECK(successes_with(7) != successes_with(8));
    }

    TEST_CASE("an idle connection may be closed after a while as well")
    {
        const server subject{
            {.chaos = {.probability = 1.0, .manner = idle_close_manner::fin, .longest_wait = 20ms}},
            hello};
        raw_client client{subject.port()};
        CHECK_EQ(body_of(client.exchange(get("/")).bytes), "hello");
        CHECK(client.read_to_end().end == read_end::closed);
        CHECK_EQ(subject.stats().idle_closes, 1);
    }

    TEST_CASE("a reset of an idle connection takes no response with it")
    {
        const server subject{
            {.chaos = {.probability = 1.0, .manner = idle_close_manner::rst}}, megabytes};
        raw_client client{subject.port()};
        client.send(get("/"));
        CHECK_EQ(body_of(client.read_to_end().bytes).size(), 30'000'000);
    }
}
