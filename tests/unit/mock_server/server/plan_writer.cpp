#include "plan_writer.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros_mock;

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
