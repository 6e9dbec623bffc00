#include <doctest/doctest.h>

#include "books/journal_json.hpp"
#include "support.hpp"

using namespace mock_test;

TEST_SUITE("mock.ledger")
{
    TEST_CASE("the summary counts requests, bodies, runs and collections")
    {
        peer client{steady()};
        const std::string run = client.run_of(3);
        client.finish(run);
        client.read(run);
        client.rows(run, "limit=2");
        client.rows(run, "limit=10&include_results=true");
        client.rows(run, "limit=10&include_results=true");
        const std::string job = client.service.find_job(id_in(run), 0)->id;
        client.read(run + "/jobs/" + job + "/result");
        client.read(run + "/jobs/" + job + "/result");
        client.get(run + "/jobs/nothing/result");
        client.get("/v1/health");
        const json::value sum = client.ledger().at("summary");
        CHECK_EQ(
            sum.at("requests"),
            parse(R"({"create":1,"start_run":1,"list_runs":0,"get_run":1,"list_jobs":4,
                      "get_result":3,"other":1,"total":11})")
        );
        CHECK_EQ(sum.at("bodies"), parse(R"({"inline":3,"fetched":2})"));
        CHECK_EQ(sum.at("runs_started"), 1);
        CHECK_EQ(sum.at("collections_created"), 1);
    }

    TEST_CASE("each job's ledger says how often it was listed, delivered and fetched")
    {
        scenario from = steady();
        from.targets = {{.url = "https://shop.example/1", .inline_miss = true}};
        peer client{from};
        const std::string run = client.run_of(2);
        client.finish(run);
        client.rows(run, "limit=10");
        client.rows(run, "limit=10&include_results=true");
        const std::string missed = client.service.find_job(id_in(run), 1)->id;
        client.read(run + "/jobs/" + missed + "/result");
        const run_ledger* book = client.service.seen().find_run(id_in(run));
        REQUIRE(book);
        CHECK_EQ(book->jobs.at(0).listed, 2);
        CHECK_EQ(book->jobs.at(0).delivered, 1);
        CHECK_EQ(book->jobs.at(0).fetched, 0);
        CHECK_EQ(book->jobs.at(1).delivered, 0);
        CHECK_EQ(book->jobs.at(1).fetched, 1);
    }

    TEST_CASE("a result that a fault has damaged was not delivered")
    {
        scenario from = steady();
        from.faults = {make_fault(operation::list_jobs, effect::malform_inline{})};
        peer client{from};
        const std::string run = client.run_of(2);
        client.finish(run);
        client.rows(run, "include_results=true");
        CHECK_EQ(client.service.seen().summary().inline_bodies, 0);
        client.rows(run, "include_results=true");
        CHECK_EQ(client.service.seen().summary().inline_bodies, 2);
    }

    TEST_CASE("accounts have books of their own, and so have requests without a token")
    {
        scenario from;
        from.tokens = {{"a", "account_a"}, {"b", "account_b"}};
        peer client{from};
        client.token = "a";
        client.create("[]");
        client.token = "none";
        client.get("/v1/async/collections");
        const auto& books = client.service.seen().accounts();
        CHECK_EQ(books.at("account_a").collections_created, 1);
        CHECK_EQ(books.at("account_a").by_status_class.at(2), 1);
        CHECK_EQ(books.at("").by_status_class.at(4), 1);
        CHECK_FALSE(books.contains("account_b"));
    }

    TEST_CASE("the journal tells every request once, in order, with what became of it")
    {
        peer client{steady()};
        client.create("[]");
        client.now += 5s;
        client.get("/v1/async/collections/nothing");
        const journal& book = client.service.requests();
        REQUIRE_EQ(book.total(), 2);
        CHECK_EQ(book.entries().at(0).what, operation::create);
        CHECK_EQ(book.entries().at(0).account, "client_test");
        CHECK(book.entries().at(0).effect);
        CHECK_EQ(book.entries().at(1).at, start + 5s);
        CHECK_EQ(book.entries().at(1).status, 404);
        CHECK_FALSE(book.entries().at(1).effect);

        const json::value told = parse(journal_json(book, {.after = 1}));
        REQUIRE_EQ(told.at("entries").as_array().size(), 1);
        CHECK_EQ(told.at("entries").at(0).at("operation"), "get_collection");
        CHECK_EQ(parse(journal_json(book, {})).at("entries").as_array().size(), 2);
        CHECK(parse(journal_json(book, {.after = 99})).at("entries").as_array().empty());
    }

    TEST_CASE("a reset forgets what happened and arms the scenario's faults anew")
    {
        scenario from = steady();
        from.faults = {make_fault(operation::list_collections, effect::status{500})};
        peer client{from};
        const std::string run = client.run_of(1);
        CHECK_EQ(client.get("/v1/async/collections").status, 500);
        client.service.reset();
        CHECK_EQ(client.get(run).status, 404);
        CHECK_EQ(client.get("/v1/async/collections").status, 500);
        CHECK_EQ(client.get("/v1/async/collections").body, "[]");
        CHECK_EQ(client.service.seen().summary().total, 3);
        CHECK_EQ(client.run_of(1), run);
    }
}
