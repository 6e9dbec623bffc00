#include "books/journal.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "books/journal_json.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

request asking(std::string target, std::string body = {})
{
    return {"GET", std::move(target), {{"Host", "mock"}}, std::move(body), 7, 3};
}

}  // namespace

TEST_SUITE("mock.journal")
{
    TEST_CASE("an entry names the server that a TLS client asked for, if it named one")
    {
        request in = asking("/a");
        in.server_name = "localhost";
        json_writer named;
        write_entry(named, journal_entry{in, "one", 100}, false);
        CHECK_EQ(parse(named.take()).at("server_name"), "localhost");
        json_writer without;
        write_entry(without, journal_entry{asking("/a"), "one", 100}, false);
        CHECK_FALSE(parse(without.take()).as_object().contains("server_name"));
    }

    TEST_CASE("an entry keeps the request's head, with the account's name for its key")
    {
        peer client{steady()};
        client.send(
            "GET",
            "/v1/async/collections?a=1&b=x%20y&a=2",
            "",
            {{"Cookie", "session=secret"}, {"X-Trace", "t1"}}
        );
        const journal_entry& entry = client.service.requests().entries().at(0);
        CHECK_EQ(
            entry.head(),
            "GET /v1/async/collections?a=1&b=x%20y&a=2 HTTP/1.1\r\nCookie: <client_test>\r\n"
            "X-Trace: t1\r\nauthorization: <client_test>\r\nContent-Type: application/json"
        );
        CHECK_EQ(entry.method(), "GET");
        CHECK_EQ(entry.path(), "/v1/async/collections");
        CHECK_EQ(entry.find("x-trace"), std::string_view("t1"));
        CHECK_FALSE(entry.find("X-Tra"));
        REQUIRE_EQ(entry.query().size(), 3);
        CHECK_EQ(entry.query().at(1).second, "x y");
        client.token = "wrong key";
        client.get("/v1/async/collections");
        const std::string told = journal_json(client.service.requests(), {});
        CHECK_EQ(told.find("wrong key"), told.npos);
        CHECK_EQ(told.find("test_token_a"), told.npos);
        const journal_request all{.with_heads = true};
        const std::string heads = journal_json(client.service.requests(), all);
        CHECK_NE(heads.find("<unknown>"), heads.npos);
        CHECK_EQ(heads.find("wrong key"), heads.npos);
        CHECK_EQ(heads.find("secret"), heads.npos);
    }

    TEST_CASE("a line end in a header adds no header")
    {
        journal_entry entry{{"GET", "/", {{"X-A", "b\r\nX-Evil: 1"}}, "", 0}, "somebody", 100};
        CHECK_FALSE(entry.find("X-Evil"));
        CHECK_EQ(entry.headers().size(), 1);
    }

    TEST_CASE("a body is kept up to a cap, its hash is that of the whole")
    {
        // SHA-256 of "abc" and of a million times "a": FIPS 180-4.
        const journal_entry small{asking("/", "abc"), "", 3};
        CHECK_EQ(small.body(), "abc");
        CHECK_EQ(
            small.body_hash(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        const journal_entry large{asking("/", std::string(1'000'000, 'a')), "", 3};
        CHECK_EQ(large.body(), "aaa");
        CHECK_EQ(large.body_size(), 1'000'000);
        CHECK_EQ(
            large.body_hash(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }

    TEST_CASE("the same path and query from one account are attempts at one request")
    {
        journal book;
        for (const char* target : {"/a", "/b", "/a", "/a?x=1", "/a"})
            book.add(journal_entry{asking(target), "one", 100});
        book.add(journal_entry{asking("/a"), "two", 100});
        std::vector<std::uint64_t> logical, attempts;
        for (const journal_entry& each : book.entries()) {
            logical.push_back(each.logical);
            attempts.push_back(each.attempt);
        }
        CHECK_EQ(logical, std::vector<std::uint64_t>{1, 2, 1, 4, 1, 6});
        CHECK_EQ(attempts, std::vector<std::uint64_t>{1, 1, 2, 1, 3, 1});
    }

    TEST_CASE("the ring is bounded by entries and by bytes, and says what it dropped")
    {
        CHECK_EQ(journal_limits{}.entries, 200'000);
        CHECK_EQ(journal_limits{}.bytes, std::size_t{64} << 20);
        journal few{{.entries = 10}};
        for (int i = 0; i < 15; ++i)
            few.add(journal_entry{asking("/" + std::to_string(i)), "", 100});
        CHECK_EQ(few.entries().size(), 10);
        CHECK_EQ(few.total(), 15);
        CHECK_EQ(few.dropped(), 5);
        CHECK_EQ(few.entries().front().ordinal, 6);
        CHECK_EQ(few.find(5), nullptr);
        CHECK_EQ(few.find(6)->path(), "/5");
        CHECK_EQ(few.find(16), nullptr);

        journal small{{.bytes = 50'000, .body = 10'000}};
        for (int i = 0; i < 100; ++i)
            small.add(journal_entry{asking("/", std::string(9'000, 'x')), "", 10'000});
        CHECK_GT(small.entries().size(), 1);
        CHECK_LE(small.entries().size(), 5);
        // One request that is larger than the whole ring leaves nothing, and no request is refused.
        small.add(journal_entry{asking("/", std::string(60'000, 'x')), "", 100'000});
        CHECK_EQ(small.entries().size(), 0);
        CHECK_EQ(small.add(journal_entry{asking("/"), "", 10}), 102);
        CHECK_EQ(small.entries().size(), 1);

        journal none{{.entries = 0}};
        none.add(journal_entry{asking("/"), "", 10});
        none.finish(1, {}, start);
        CHECK_EQ(none.dropped(), 1);
    }

    TEST_CASE("the end of a reply is noted once it is told")
    {
        journal book;
        book.add(journal_entry{asking("/a"), "", 10});
        book.add(journal_entry{asking("/b"), "", 10});
        CHECK_FALSE(book.find(1)->end);
        book.finish(1, {123, exchange_end::cause::client_left}, start + 3s);
        CHECK_EQ(book.find(1)->end->bytes_written, 123);
        CHECK_EQ(book.find(1)->ended_at, start + 3s);
        CHECK_EQ(book.find(1)->begun_by_end, 2);
        book.finish(0, {}, start);
        book.finish(3, {}, start);
        CHECK_FALSE(book.find(2)->end);
    }

    TEST_CASE("each request is of one class, and a retry is what follows a failure")
    {
        scenario from = steady();
        from.faults = {
            make_fault(operation::get_run, effect::status{503}),
            make_fault(
                operation::get_run, effect::throttle{"30"}, fault_phase::before, occurrence::nth(3)
            ),
            make_fault(operation::list_jobs, effect::cut{20})};
        peer client{from};
        const std::string run = client.run_of(3);
        client.get(run);  // 503
        client.get(run);  // the same again
        client.get(run);  // 429, come back in 30 s
        client.get(run);  // too early
        client.now += 30s;
        client.get(run);  // in time, and again after a failure: 429
        client.get(run);
        client.get(run + "/jobs");  // cut
        client.get(run + "/jobs");
        client.get(run + "/jobs?limit=2");
        const std::string cursor = text_of(client.read(run + "/jobs?limit=2").at("cursor_next"));
        client.get(run + "/jobs?limit=2&cursor=" + cursor.substr(0, cursor.find('=')));
        client.get(run + "/jobs?status_filter=failed");
        client.get(run + "/jobs/nothing/result");
        client.get("/v1/health");
        std::vector<std::string> kinds;
        for (const journal_entry& each : client.service.requests().entries())
            kinds.emplace_back(name_of(each.kind));
        CHECK_EQ(
            kinds,
            std::vector<std::string>{
                "create",
                "start_run",
                "status",
                "retry",
                "refused",
                "early_return",
                "status",
                "status",
                "listing",
                "retry",
                "listing",
                "listing",
                "page",
                "empty_listing",
                "result",
                "other"}
        );
    }

    TEST_CASE("the journal is read behind an ordinal, by a filter, up to a limit")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        for (int i = 0; i < 3; ++i)
            client.get(run);
        const journal& book = client.service.requests();
        journal_request asked{.after = 3, .limit = 1, .only = {.op = operation::get_run}};
        json::value told = parse(journal_json(book, asked));
        CHECK_EQ(told.at("total"), 5);
        REQUIRE_EQ(told.at("entries").as_array().size(), 1);
        CHECK_EQ(told.at("entries").at(0).at("ordinal"), 4);
        CHECK_EQ(told.at("entries").at(0).at("attempt"), 2);
        CHECK_EQ(told.at("entries").at(0).at("logical"), 3);
        asked.only = {.op = operation::start_run};
        asked.after = 0;
        told = parse(journal_json(book, asked));
        CHECK_EQ(text_of(told.at("entries").at(0).at("created")), id_in(run));
    }
}
