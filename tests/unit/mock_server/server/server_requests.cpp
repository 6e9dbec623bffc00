#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "mock.hpp"
#include "raw_client.hpp"
#include "server/plan_writer.hpp"
#include "server/server.hpp"

using namespace scrapingpros_mock;

namespace {

// Answers with what the request was, so that a test sees what the server made of its bytes.
response_plan echo(const request& what)
{
    response_plan plan;
    plan.body = what.method + " " + what.target + "\n";
    for (const auto& field : what.headers)
        plan.body += field.name + "=" + field.value + "\n";
    plan.body += what.body;
    return plan;
}

unsigned status_of(const read_result& response)
{
    return response.bytes.size() < 12
               ? 0
               : static_cast<unsigned>(std::stoul(response.bytes.substr(9, 3)));
}

// The answer to bytes that are no request, up to the end of the connection.
read_result provoke(const server& subject, const std::string& bytes)
{
    raw_client client{subject.port()};
    client.send(bytes);
    client.finish_sending();
    return client.read_to_end();
}

}  // namespace

TEST_SUITE("mock_server.server.requests")
{
    TEST_CASE("method and target and headers and body reach the handler as they were sent")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        const auto response = client.exchange(
            "POST /v1/x?a=1%2C2&b=+ HTTP/1.1\r\nHost: h\r\nX-Twice: 1\r\nx-twice: 2\r\n"
            "Content-Length: 5\r\n\r\nhello"
        );
        CHECK_EQ(
            body_of(response.bytes),
            "POST /v1/x?a=1%2C2&b=+\nHost=h\nX-Twice=1\nx-twice=2\nContent-Length=5\nhello"
        );
    }

    TEST_CASE("nothing of a request is left over in the next one")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        client.exchange("PUT /1 HTTP/1.1\r\nHost: h\r\nA: b\r\nContent-Length: 3\r\n\r\nabc");
        CHECK_EQ(body_of(client.exchange(get("/2")).bytes), "GET /2\nHost=127.0.0.1\n");
    }

    TEST_CASE("a request with a length and no body is not taken for one with a body")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        const auto response =
            client.exchange("POST /run HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                            "Content-Length: 0\r\n\r\n");
        CHECK(body_of(response.bytes).ends_with("Content-Length=0\n"));
    }

    TEST_CASE("a chunked body arrives joined")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        const auto response =
            client.exchange("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "4\r\nfive\r\n6;ext=1\r\n and 6\r\n0\r\n\r\n");
        CHECK(body_of(response.bytes).ends_with("\nfive and 6"));
    }

    TEST_CASE("requests may come byte by byte or several at once")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        for (const char byte : get("/slow"))
            client.send({&byte, 1});
        CHECK(body_of(client.read_response().bytes).starts_with("GET /slow\n"));
        client.send(get("/1") + get("/2") + get("/3"));
        for (const auto* target : {"GET /1\n", "GET /2\n", "GET /3\n"})
            CHECK(body_of(client.read_response().bytes).starts_with(target));
        CHECK_EQ(subject.stats().connections, 1);
    }

    TEST_CASE("SRV-023: eight requests in a row, HEAD among them, are answered in their order")
    {
        const auto answer = [](const request& what) {
            response_plan plan;
            plan.body = "this is " + what.target;
            return plan;
        };
        const server subject{{}, answer};
        raw_client client{subject.port()};
        std::string asked;
        std::string expected;
        for (int i = 0; i < 8; ++i) {
            const bool head = i % 3 == 1;
            request what;
            what.target = "/" + std::to_string(i);
            asked += (head ? "HEAD " : "GET ") + what.target + " HTTP/1.1\r\nHost: h\r\n\r\n";
            expected += write_plan(answer(what), {.head_only = head}).bytes;
        }
        client.send(asked);
        CHECK_EQ(client.read(expected.size()).bytes, expected);
        CHECK_EQ(subject.stats().connections, 1);
        CHECK_EQ(body_of(client.exchange(get("/9")).bytes), "this is /9");
    }

    TEST_CASE("SRV-023: a faulted reply in a row of requests ends the row where it stands")
    {
        const server subject{{}, [](const request& what) {
                                 auto plan = echo(what);
                                 if (what.target == "/2") plan.ending = wire_ending::close;
                                 return plan;
                             }};
        raw_client client{subject.port()};
        client.send(get("/1") + get("/2") + get("/3"));
        const auto got = client.read_to_end();
        CHECK(body_of(got.bytes).starts_with("GET /1\n"));
        CHECK_EQ(got.bytes.find("GET /3"), std::string::npos);
    }

    TEST_CASE("SRV-023: a collection of 50,000 URLs is accepted")
    {
        mock_service mock;
        std::string body = R"({"name":"n","requests":[)";
        for (int i = 0; i < 50'000; ++i)
            body +=
                (i > 0 ? "," : "") + (R"({"url":"https://a.example/)" + std::to_string(i)) + "\"}";
        body += "]}";
        raw_client client{mock.port()};
        client.send(
            "POST /v1/async/collections HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
            mock.token() + "\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n"
        );
        client.send(body);
        CHECK_EQ(status_of(client.read_response()), 201);
    }

    TEST_CASE("SRV-023: a client that wants to go on is told to before it sends the body")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        const auto go_on = client.exchange(
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        );
        CHECK_EQ(go_on.bytes, "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(body_of(client.exchange("body").bytes).ends_with("\nbody"));
    }

    TEST_CASE("SRV-023: a client that asks for a close gets one")
    {
        const server subject{{}, echo};
        for (const auto& bytes :
             {get("/", "Connection: close\r\n"), std::string{"GET / HTTP/1.0\r\n\r\n"}}) {
            raw_client client{subject.port()};
            client.send(bytes);
            const auto got = client.read_to_end();
            CHECK_EQ(status_of(got), 200);
            CHECK(got.end == read_end::closed);
        }
    }

    TEST_CASE("what is no request is answered with 400 and a close")
    {
        const server subject{{}, echo};
        const std::vector<std::string> hostile{
            "garbage\r\n\r\n",
            std::string{"\0\1\2\3\xff\xfe\r\n\r\n", 10},
            "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",  // no Host
            "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n",
            "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
            "GET / HT",
        };
        for (const auto& bytes : hostile) {
            CAPTURE(bytes.substr(0, 60));
            const auto got = provoke(subject, bytes);
            CHECK_EQ(status_of(got), 400);
            CHECK(body_of(got.bytes).starts_with(R"({"detail": ")"));
            CHECK(got.end == read_end::closed);
        }
        CHECK_EQ(subject.stats().refused_requests, hostile.size());
        CHECK_EQ(subject.stats().requests, 0);
        CHECK_EQ(status_of(provoke(subject, get("/"))), 200);
    }

    TEST_CASE("a connection that says nothing is let go without an answer")
    {
        const server subject{{}, echo};
        const auto got = provoke(subject, "");
        CHECK_EQ(got.bytes, "");
        CHECK(got.end == read_end::closed);
        CHECK_EQ(subject.stats().refused_requests, 0);
    }

    TEST_CASE("SRV-023: a body beyond the limit is answered with 413 before or while it comes")
    {
        const server subject{{.max_body = 1000}, echo};
        const std::string long_body(200'000, 'x');
        const auto declared = provoke(
            subject, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + long_body
        );
        const auto chunked = provoke(
            subject,
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + long_body
        );
        for (const auto& got : {declared, chunked}) {
            CHECK_EQ(status_of(got), 413);
            CHECK_EQ(body_of(got.bytes), R"({"detail": "the request body is too large"})");
            CHECK(got.end == read_end::closed);
        }
        const auto at_the_limit = provoke(
            subject,
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x')
        );
        CHECK_EQ(status_of(at_the_limit), 200);
    }

    TEST_CASE("a handler that throws is a 500 with its text")
    {
        const server subject{
            {}, [](const request&) -> response_plan { throw std::runtime_error{"no such luck"}; }};
        const auto got = provoke(subject, get("/"));
        CHECK_EQ(status_of(got), 500);
        CHECK_EQ(body_of(got.bytes), R"({"detail": "no such luck"})");
    }

    TEST_CASE("the statistics count bytes and requests")
    {
        const server subject{{}, echo};
        raw_client client{subject.port()};
        const auto response = client.exchange(get("/"));
        client.exchange(get("/"));
        const auto stats = subject.stats();
        CHECK_EQ(stats.bytes_received, 2 * get("/").size());
        // The second response has arrived, but perhaps not been counted yet.
        CHECK_GE(stats.bytes_sent, response.bytes.size());
        CHECK_EQ(stats.requests, 2);
        CHECK_EQ(stats.connections, 1);
        CHECK_EQ(stats.open, 1);
    }

    TEST_CASE("requests are counted on each connection")
    {
        const server subject{{}, [](const request& what) {
                                 response_plan plan;
                                 plan.body = std::to_string(what.on_connection);
                                 return plan;
                             }};
        for (int connection = 0; connection < 2; ++connection) {
            raw_client client{subject.port()};
            for (const char* nth : {"1", "2", "3"})
                CHECK_EQ(body_of(client.exchange(get("/")).bytes), nth);
        }
    }

    TEST_CASE("requests name the connection that they came over")
    {
        const server subject{{}, [](const request& what) {
                                 response_plan plan;
                                 plan.body = std::to_string(what.connection);
                                 return plan;
                             }};
        raw_client first{subject.port()};
        CHECK_EQ(body_of(first.exchange(get("/")).bytes), "1");
        raw_client second{subject.port()};
        CHECK_EQ(body_of(second.exchange(get("/")).bytes), "2");
        CHECK_EQ(body_of(first.exchange(get("/")).bytes), "1");
    }
}
