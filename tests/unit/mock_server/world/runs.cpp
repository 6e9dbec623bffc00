#include <doctest/doctest.h>

#include <set>

#include "support.hpp"

using namespace mock_test;

TEST_SUITE("mock.runs")
{
    TEST_CASE("a second start is a second run")
    {
        peer client{steady()};
        const std::string id = client.create(items(2));
        CHECK_NE(client.start_run(id), client.start_run(id));
        CHECK_EQ(client.read("/v1/async/collections/" + id + "/runs").at("total"), 2);
        CHECK_EQ(client.service.run_ids().size(), 2);
    }

    TEST_CASE("the start's callback overrides the collection's for that run only")
    {
        peer client{steady()};
        const std::string id =
            text_of(parse(client
                              .send(
                                  "POST",
                                  "/v1/async/collections",
                                  R"({"name":"n","callback_url":"https://h.example/a",
                                                         "requests":[{"url":"https://a.example/"}]})"
                              )
                              .body)
                        .at("id"));
        const std::string path = "/v1/async/collections/" + id + "/run";
        const auto callback = [&](const std::string& body) {
            return text_of(parse(client.send("POST", path, body).body).at("callback_url"));
        };
        CHECK_EQ(callback(R"({"callback_url":"https://h.example/b"})"), "https://h.example/b");
        CHECK_EQ(callback(""), "https://h.example/a");
        CHECK_EQ(callback("{}"), "https://h.example/a");
        CHECK_EQ(client.send("POST", path, "{").status, 422);
    }

    TEST_CASE("the id set is whole, without order, at every status")
    {
        peer client{steady()};
        const std::string run = client.run_of(30);
        const auto ids = [&] {
            std::vector<std::string> all;
            const json::value seen = client.read(run);
            for (const json::value& id : seen.at("job_ids").as_array())
                all.push_back(text_of(id));
            return all;
        };
        const auto first = ids();
        CHECK_EQ(std::set<std::string>(first.begin(), first.end()).size(), 30);
        const auto submitted = client.service.find_run(id_in(run), client.now)->job_ids;
        CHECK_NE(first, submitted);
        client.finish(run);
        CHECK_EQ(ids(), first);
    }

    TEST_CASE("the run list filters by status and names a bad one")
    {
        peer client{steady()};
        const std::string id = client.create(items(1));
        const std::string first = client.start_run(id);
        client.finish(first);
        const std::string second = client.start_run(id);
        const std::string list = "/v1/async/collections/" + id + "/runs";
        const json::value all = client.read(list);
        CHECK_EQ(text_of(all.at("items").at(0).at("run_id")), id_in(second));
        CHECK_EQ(client.read(list + "?status_filter=completed").at("total"), 1);
        CHECK_EQ(client.read(list + "?status_filter=in_progress").at("total"), 1);
        CHECK_EQ(client.read(list + "?status_filter=failed").at("total"), 0);
        CHECK_EQ(client.get(list + "?status_filter=done").status, 400);
    }

    TEST_CASE("a run is read through its own collection only, and only by its owner")
    {
        scenario from = steady();
        from.tokens = {{"a", "account_a"}, {"b", "account_b"}};
        peer client{from};
        client.token = "a";
        const std::string other = client.create("[]");
        const std::string run = client.run_of(1);
        CHECK_EQ(client.get("/v1/async/collections/" + other + "/runs/" + id_in(run)).status, 404);
        client.token = "b";
        CHECK_EQ(client.get(run).status, 404);
        CHECK_EQ(client.get(run + "/jobs").status, 404);
    }

    TEST_CASE("two accounts' runs do not change each other's draws")
    {
        scenario from;
        from.tokens = {{"a", "account_a"}, {"b", "account_b"}};
        const auto run_of_a = [&](bool b_first) {
            peer client{from};
            if (b_first) {
                client.token = "b";
                client.run_of(3);
            }
            client.token = "a";
            const std::string run = client.run_of(3);
            return client.service.find_run(id_in(run), client.now)->job_ids;
        };
        CHECK_EQ(run_of_a(false), run_of_a(true));
    }

    TEST_CASE("counters never fall, add up at the end, and lead the rows")
    {
        scenario from = scenario::lifelike();
        from.jobs.outcomes = {50, 50, 100, 100, 50};
        from.jobs.worker_time_limit = 40s;
        peer client{from};
        const std::string run = client.run_of(200);
        const auto count = [&](const json::value& seen, const char* name) {
            return seen.at(name).to_number<std::uint64_t>();
        };
        std::uint64_t last = 0;
        for (;;) {
            const json::value seen = client.read(run);
            const std::uint64_t success = count(seen, "success_requests");
            const std::uint64_t sum =
                success + count(seen, "failed_requests") + count(seen, "timeout_requests");
            CHECK_GE(sum, last);
            CHECK_LE(sum, 200);
            CHECK_LE(client.rows(run, "limit=1000").size(), sum);
            last = sum;
            if (seen.at("status") != "in_progress") {
                CHECK_EQ(sum, 200);
                CHECK_EQ(client.rows(run, "limit=1000").size(), 200);
                std::uint64_t usable = 0;
                for (const json::value& row : client.rows(run, "limit=1000"))
                    usable += row.at("is_success").as_bool() ? 1 : 0;
                CHECK_EQ(usable, success);
                break;
            }
            client.now += 1s;
        }
    }

    TEST_CASE("three jobs answering 200, 500 and 404 count 1 success and 2 failed")
    {
        scenario from = steady();
        from.targets = {
            {.url = "https://shop.example/1", .ends = outcome::server_error},
            {.url = "https://shop.example/2", .ends = outcome::not_found}};
        peer client{from};
        const std::string run = client.run_of(3);
        client.finish(run);
        const json::value seen = client.read(run);
        CHECK_EQ(seen.at("success_requests"), 1);
        CHECK_EQ(seen.at("failed_requests"), 2);
        CHECK_EQ(seen.at("timeout_requests"), 0);
        CHECK(seen.at("failed_jobs").as_array().empty());
    }

    TEST_CASE("the flag of persistence turns true with the status")
    {
        peer client{steady()};
        const std::string run = client.run_of(5);
        const auto view = client.service.find_run(id_in(run), client.now);
        client.now = view->terminal_at - 1us;
        CHECK_EQ(client.read(run).at("all_jobs_persisted"), false);
        client.now = view->terminal_at;
        CHECK_EQ(client.read(run).at("all_jobs_persisted"), true);
    }

    TEST_CASE("a failed run never gives rows to the jobs it left")
    {
        scenario from = steady(2s, 1);
        from.faults = {make_fault(operation::start_run, effect::end_run{run_end::failed, 6s})};
        peer client{from};
        const std::string run = client.run_of(10);
        client.now += 1h;
        const json::value seen = client.read(run);
        CHECK_EQ(seen.at("status"), "failed");
        CHECK_EQ(seen.at("success_requests"), 2);
        CHECK_EQ(client.rows(run, "limit=100").size(), 2);
        CHECK_EQ(seen.at("job_ids").as_array().size(), 10);
    }

    TEST_CASE("a start charges one credit for a plain item and five for a browser")
    {
        scenario from = steady();
        from.plan.credits = 100;
        peer client{from};
        const std::string id = client.create(
            R"([{"url":"https://a.example/"},{"url":"https://b.example/","browser":true}])"
        );
        const response_plan plan = client.send("POST", "/v1/async/collections/" + id + "/run");
        CHECK_EQ(header_of(plan, "X-Credits-Charged"), "6");
        CHECK_EQ(header_of(plan, "X-Quota-Remaining"), "94");
    }
}
