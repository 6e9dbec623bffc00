#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

struct one_job : peer {
    explicit one_job(scenario from = steady(), const std::string& list = items(1))
        : peer(std::move(from)), run(run_of(std::string_view(list))),
          job(*service.find_job(id_in(run), 0))
    {
        now = job.body_at;
    }
    response_plan result() { return get(run + "/jobs/" + job.id + "/result"); }
    std::string code() { return text_of(parse(result().body).at("detail").at("error_code")); }
    time_point completed() const { return time_point{*job.completed_at}; }

    std::string run;
    job_view job;
};

}  // namespace

TEST_SUITE("mock.results")
{
    TEST_CASE("SRV-007: a result is pending, then there, then expired, to the microsecond")
    {
        one_job client;
        client.now = client.job.body_at - 1us;
        CHECK_EQ(client.code(), "result_pending");
        client.now = client.job.body_at;
        CHECK_EQ(client.result().status, 200);
        client.now = client.completed() + 48h - 1us;
        CHECK_EQ(client.result().status, 200);
        client.now = client.completed() + 48h;
        CHECK_EQ(client.code(), "result_expired");
    }

    TEST_CASE("a worker's failure and its time-out have results without bodies")
    {
        for (const outcome how : {outcome::worker_failed, outcome::worker_timeout}) {
            scenario from = steady();
            from.targets = {{.url = "https://shop.example/0", .ends = how}};
            one_job client{from};
            const json::value body = parse(client.result().body);
            CHECK(body.at("html").is_null());
            CHECK(body.at("statusCode").is_null());
            CHECK_FALSE(text_of(body.at("message")).empty());
        }
    }

    TEST_CASE("the verdict of a row follows from what the row and the result say")
    {
        scenario from = steady();
        from.jobs.outcomes = {150, 150, 150, 150, 150};
        peer client{from};
        const std::string run = client.run_of(100);
        client.finish(run);
        for (const json::value& row : client.rows(run, "limit=100")) {
            const std::string id = text_of(row.at("job_public_id"));
            const json::value result = client.read(run + "/jobs/" + id + "/result");
            const bool usable =
                row.at("status") == "completed" && row.at("status_code").is_int64() &&
                row.at("status_code").as_int64() >= 200 && row.at("status_code").as_int64() < 300 &&
                result.at("potentiallyBlockedByCaptcha") == false &&
                (row.at("block_reason").is_null() || row.at("block_reason") == "none");
            CHECK_EQ(row.at("is_success").as_bool(), usable);
            CHECK_EQ(result.at("guidance").at("success").as_bool(), usable);
        }
    }

    TEST_CASE("browser work shows in the result: screenshot, evaluations, capture, five credits")
    {
        one_job client{
            steady(),
            R"([{"url":"https://a.example/","browser":true,"screenshot":true,"network_capture":{},
                 "actions":[{"type":"evaluate","script":"1"},{"type":"evaluate","script":"2"}]}])"};
        const json::value body = parse(client.result().body);
        CHECK(body.at("screenshot").is_string());
        CHECK_EQ(body.at("evaluate_results").as_array().size(), 2);
        CHECK_EQ(body.at("network_requests").as_array().size(), 1);
        CHECK_EQ(body.at("guidance").at("credits_charged"), 5);
    }

    TEST_CASE("a result is the same each time it is asked for")
    {
        one_job client;
        const std::string first = client.result().body;
        client.now += 1h;
        CHECK_EQ(client.result().body, first);
    }
}
