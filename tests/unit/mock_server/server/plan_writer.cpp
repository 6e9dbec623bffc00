#include "server/plan_writer.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

TEST_SUITE("mock_server.plan_writer")
{
    TEST_CASE("a plain plan becomes a head with its length and the body")
    {
        response_plan plan;
        plan.headers = {{"Content-Type", "application/json"}};
        plan.body = "{}";
        const auto out = write_plan(plan, {});
        CHECK_EQ(
            out.bytes,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        );
        CHECK_FALSE(out.close);
    }

    TEST_CASE("an empty body has the length 0 and a 204 has none")
    {
        CHECK_EQ(write_plan({}, {}).bytes, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        response_plan plan;
        plan.status = 204;
        CHECK_EQ(write_plan(plan, {}).bytes, "HTTP/1.1 204 No Content\r\n\r\n");
    }

    TEST_CASE("a declared length stands in the head whatever the body is")
    {
        response_plan plan;
        plan.body = "12345";
        plan.declared_length = 15;
        const auto out = write_plan(plan, {});
        CHECK_EQ(out.bytes, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n12345");
    }

    TEST_CASE("a plan with a transfer coding of its own is not given a length")
    {
        response_plan plan;
        plan.headers = {{"transfer-encoding", "chunked"}};
        plan.body = "5\r\n12345\r\n0\r\n\r\n";
        CHECK_EQ(write_plan(plan, {}).bytes.find("Content-Length"), std::string::npos);
    }

    TEST_CASE("the head says that the connection will be closed once and only if it will be")
    {
        response_plan plan;
        CHECK_EQ(write_plan(plan, {}).bytes.find("close"), std::string::npos);
        CHECK(write_plan(plan, {.keep_alive = false}).close);
        plan.close = true;
        const auto said_by_us = write_plan(plan, {});
        CHECK(said_by_us.close);
        CHECK_NE(said_by_us.bytes.find("Connection: close\r\n"), std::string::npos);
        plan.headers = {{"connection", "Close"}};
        CHECK_EQ(write_plan(plan, {}).bytes.find("Connection: close"), std::string::npos);
    }

    TEST_CASE("a HEAD request gets the length of a body that is not sent")
    {
        response_plan plan;
        plan.body = "12345";
        const auto out = write_plan(plan, {.head_only = true});
        CHECK_EQ(out.bytes, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    }

    TEST_CASE("the cut counts the bytes of the head too and never adds any")
    {
        response_plan plan;
        plan.body = "12345";
        const auto whole = write_plan(plan, {}).bytes;
        plan.ending = wire_ending::reset;
        for (std::size_t at : {std::size_t{0}, std::size_t{9}, whole.size() - 2, whole.size()}) {
            plan.cut_at = at;
            CHECK_EQ(write_plan(plan, {}).bytes, whole.substr(0, at));
        }
        plan.cut_at = whole.size() + 100;
        CHECK_EQ(write_plan(plan, {}).bytes, whole);
    }

    TEST_CASE("a plain response has no steps: one buffer, one write")
    {
        response_plan plan;
        plan.body = "12345";
        CHECK(write_plan(plan, {}).steps.empty());
        plan.close = true;
        CHECK(write_plan(plan, {}).steps.empty());
    }

    TEST_CASE("pauses, drips and an end become steps in the order of their places")
    {
        using kind = wire_step::kind;
        using origin = wire_place::origin;
        response_plan plan;
        plan.body = "0123456789";
        plan.damages = {
            {.what = wire_damage::kind::pause, .at = {origin::fraction, 500'000}, .time = 5s},
            {.what = wire_damage::kind::drip, .at = {origin::body, 2}, .number = 3, .time = 1s},
            {.what = wire_damage::kind::pause, .at = {origin::head, 17}, .time = 7s}};
        plan.ending = wire_ending::half_close;
        plan.cut_from = origin::body;
        plan.cut_at = 8;
        const auto out = write_plan(plan, {});
        const std::size_t head = out.bytes.find("\r\n\r\n") + 4;
        CHECK_EQ(out.bytes.size(), head + 8);
        REQUIRE_EQ(out.steps.size(), 7);
        const auto check = [&](std::size_t i, kind what, std::size_t size, duration time) {
            CAPTURE(i);
            CHECK(out.steps[i].what == what);
            CHECK_EQ(out.steps[i].size, size);
            CHECK_EQ(out.steps[i].time, time);
        };
        check(0, kind::send, 17, 0s);
        check(1, kind::wait, 0, 7s);
        check(2, kind::send, head + 2 - 17, 0s);
        check(3, kind::send, 3, 1s);
        check(4, kind::wait, 0, 5s);
        check(5, kind::send, 3, 1s);
        check(6, kind::half_close, 0, 0s);
        CHECK_EQ(out.steps[3].piece, 3);
        CHECK_FALSE(out.close);
    }

    TEST_CASE("damages change the bytes and nothing else of a response")
    {
        using kind = wire_damage::kind;
        const auto written = [](wire_damage what) {
            response_plan plan;
            plan.body = "12345";
            plan.damages = {std::move(what)};
            return write_plan(plan, {});
        };
        const std::string line = "HTTP/1.1 200 OK\r\n";
        CHECK_EQ(
            written({.what = kind::length_by, .number = 10}).bytes,
            line + "Content-Length: 15\r\n\r\n12345"
        );
        CHECK(written({.what = kind::length_by, .number = 10}).close);
        CHECK_EQ(
            written({.what = kind::length_by, .number = -10}).bytes,
            line + "Content-Length: 0\r\n\r\n12345"
        );
        CHECK_EQ(
            written({.what = kind::length_twice}).bytes,
            line + "Content-Length: 6\r\nContent-Length: 5\r\n\r\n12345"
        );
        CHECK_EQ(
            written({.what = kind::length_negative}).bytes, line + "Content-Length: -1\r\n\r\n12345"
        );
        CHECK_EQ(written({.what = kind::length_none}).bytes, line + "\r\n12345");
        CHECK(written({.what = kind::length_none}).close);
        const std::string chunked = line + "Transfer-Encoding: chunked\r\n";
        CHECK_EQ(written({.what = kind::chunk_unended}).bytes, chunked + "\r\n5\r\n12345\r\n");
        CHECK_EQ(
            written({.what = kind::chunk_bad_size}).bytes, chunked + "\r\nzz\r\n12345\r\n0\r\n\r\n"
        );
        CHECK_EQ(
            written({.what = kind::chunk_and_length}).bytes,
            chunked + "Content-Length: 5\r\n\r\n5\r\n12345\r\n0\r\n\r\n"
        );
        CHECK(written({.what = kind::bad_version}).bytes.starts_with("HTTP/9.9 200 OK\r\n"));
        CHECK_EQ(written({.what = kind::garbage}).bytes.find("HTTP/"), std::string::npos);
        CHECK_NE(
            written({.what = kind::header_nul}).bytes.find(std::string("a\0b\r\n", 5)),
            std::string::npos
        );
        CHECK_GT(written({.what = kind::header_huge, .number = 9'000}).bytes.size(), 9'000);
        CHECK_NE(
            written({.what = kind::header_many, .number = 30}).bytes.find("X-Many-29: 29\r\n\r\n"),
            std::string::npos
        );
        CHECK_EQ(
            written({.what = kind::header_twice, .text = "content-length"}).bytes,
            line + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345"
        );
        CHECK_EQ(
            written({.what = kind::informational, .number = 2, .text = "103"}).bytes,
            "HTTP/1.1 103 Informational\r\n\r\nHTTP/1.1 103 Informational\r\n\r\n" + line +
                "Content-Length: 5\r\n\r\n12345"
        );
        CHECK(written({.what = kind::close_silent}).close);
        CHECK_EQ(written({.what = kind::close_silent}).bytes.find("close"), std::string::npos);
    }

    TEST_CASE("a status without a phrase is written all the same")
    {
        CHECK_EQ(reason_phrase(404), "Not Found");
        CHECK_EQ(reason_phrase(799), "Unknown");
    }

    TEST_CASE("a refusal is JSON whatever its text says")
    {
        const auto plan = refusal(500, "a \"quoted\\ word\"\nand a line");
        CHECK_EQ(plan.body, R"({"detail": "a \"quoted\\ word\" and a line"})");
        CHECK(plan.close);
    }
}
