#include <doctest/doctest.h>

#include <cstddef>
#include <future>
#include <string>

#include "raw_client.hpp"
#include "server/plan_writer.hpp"
#include "server/server.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

response_plan answer_with(std::string body)
{
    response_plan plan;
    plan.body = std::move(body);
    return plan;
}

response_plan cut(std::string body, wire_ending ending, std::size_t at)
{
    auto plan = answer_with(std::move(body));
    plan.ending = ending;
    plan.cut_at = at;
    return plan;
}

server serving(response_plan plan)
{
    return server{{}, [plan](const request&) { return plan; }};
}

std::string whole(const std::string& body)
{
    return write_plan(answer_with(body), {}).bytes;
}

const std::string small_body = R"({"status": "completed"})";

}  // namespace

TEST_SUITE("mock_server.server.endings")
{
    TEST_CASE("a complete response arrives whole and its connection serves the next request")
    {
        const auto subject = serving(answer_with(small_body));
        raw_client client{subject.port()};
        for (int i = 0; i < 3; ++i)
            CHECK_EQ(client.exchange(get("/")).bytes, whole(small_body));
        CHECK_EQ(subject.stats().connections, 1);
        CHECK_EQ(subject.stats().requests, 3);
    }

    TEST_CASE("a close after n bytes is an orderly end after exactly n bytes")
    {
        const auto all = whole(small_body);
        for (std::size_t at = 0; at <= all.size() + 1; ++at) {
            CAPTURE(at);
            const auto subject = serving(cut(small_body, wire_ending::close, at));
            raw_client client{subject.port()};
            client.send(get("/"));
            const auto got = client.read_to_end();
            CHECK_EQ(got.bytes, all.substr(0, at));
            CHECK(got.end == read_end::closed);
        }
    }

    TEST_CASE("a reset after n bytes comes after exactly n bytes")
    {
        const auto all = whole(small_body);
        for (std::size_t at = 0; at <= all.size() + 1; at += 7) {
            CAPTURE(at);
            const auto subject = serving(cut(small_body, wire_ending::reset, at));
            raw_client client{subject.port()};
            client.send(get("/"));
            const auto got = client.read_to_end();
            CHECK_EQ(got.bytes, all.substr(0, at));
            CHECK(got.end == read_end::reset);
        }
    }

    TEST_CASE("a reset does not overtake megabytes that the client is slow to read")
    {
        const std::string body(3'000'000, 'x');
        const auto size = whole(body).size();
        const auto subject = serving(cut(body, wire_ending::reset, size - 1));
        raw_client client{subject.port()};
        client.send(get("/"));
        // What is read first frees less than the sender waits for; the rest follows in pieces.
        auto total = client.read(1000).bytes.size();
        for (;;) {
            const auto got = client.read(100'000);
            total += got.bytes.size();
            if (got.end != read_end::got_enough) {
                CHECK(got.end == read_end::reset);
                break;
            }
        }
        CHECK_EQ(total, size - 1);
    }

    TEST_CASE("a stall after n bytes keeps the connection open until the client leaves")
    {
        const std::size_t at = whole(small_body).size() - 3;
        const auto subject = serving(cut(small_body, wire_ending::stall, at));
        {
            raw_client client{subject.port()};
            client.send(get("/"));
            CHECK_EQ(client.read(at).bytes, whole(small_body).substr(0, at));
            // Whatever the client says now is not answered, and not a reason to close.
            client.send(get("/again"));
            CHECK_EQ(subject.stats().open, 1);
            client.finish_sending();
            const auto rest = client.read_to_end();
            CHECK_EQ(rest.bytes, "");
            CHECK(rest.end == read_end::closed);
        }
        CHECK_EQ(subject.stats().requests, 1);
    }

    TEST_CASE("a declared length that is too long leaves the client waiting on an open connection")
    {
        auto plan = answer_with(small_body);
        plan.declared_length = small_body.size() + 10;
        const auto subject = serving(plan);
        raw_client client{subject.port()};
        client.send(get("/"));
        const auto expected = write_plan(plan, {}).bytes;
        CHECK_EQ(client.read(expected.size()).bytes, expected);
        CHECK_EQ(subject.stats().open, 1);
    }

    TEST_CASE("a declared length that is too short leaves bytes behind the response")
    {
        auto plan = answer_with(small_body);
        plan.declared_length = small_body.size() - 10;
        const auto subject = serving(plan);
        raw_client client{subject.port()};
        const auto response = client.exchange(get("/"));
        CHECK_EQ(body_of(response.bytes), small_body.substr(0, small_body.size() - 10));
        CHECK_EQ(client.read(10).bytes, small_body.substr(small_body.size() - 10));
    }

    TEST_CASE("close ends the connection after a complete response and says so")
    {
        auto plan = answer_with(small_body);
        plan.close = true;
        const auto subject = serving(plan);
        raw_client client{subject.port()};
        client.send(get("/"));
        const auto got = client.read_to_end();
        CHECK(got.end == read_end::closed);
        CHECK_NE(got.bytes.find("Connection: close\r\n"), std::string::npos);
        CHECK_EQ(body_of(got.bytes), small_body);
    }

    TEST_CASE("a delay lasts until the service's clock says so")
    {
        auto plan = answer_with(small_body);
        plan.delay = 1h;
        const auto clock = service_clock::manual(time_point{});
        std::promise<void> slow_has_come;
        const server subject{{.clock = clock}, [&](const request& what) {
                                 if (what.target != "/slow") return answer_with("fast");
                                 slow_has_come.set_value();
                                 return plan;
                             }};
        raw_client slow{subject.port()};
        slow.send(get("/slow"));
        slow_has_come.get_future().wait();
        raw_client fast{subject.port()};
        CHECK_EQ(body_of(fast.exchange(get("/fast")).bytes), "fast");
        clock->advance(59min);
        CHECK_EQ(body_of(fast.exchange(get("/fast")).bytes), "fast");
        clock->advance(1min);
        CHECK_EQ(body_of(slow.read_response().bytes), small_body);
    }

    TEST_CASE("a scaled clock shortens delays")
    {
        auto plan = answer_with(small_body);
        plan.delay = 10h;
        const server subject{
            {.clock = service_clock::real(1e7)}, [&](const request&) { return plan; }};
        raw_client client{subject.port()};
        CHECK_EQ(body_of(client.exchange(get("/")).bytes), small_body);
    }
}
