#include "switches_observable.hpp"

// A9 to A12, A22 to A24, A26, A43, A53 to A55 and A67: what is said of a run.

using namespace mock_test;

namespace {

std::string start_of(peer& client, const std::string& collection)
{
    return seen(client.send(
        "POST",
        collections_path + "/" + collection + "/run",
        R"({"callback_url":"https://h.example/b"})",
        {{"Idempotency-Key", "k"}}
    ));
}

std::string one_start(const switches& contract)
{
    peer client{under(contract)};
    return start_of(client, client.create(items(1)));
}

/// A member of the run object, once a second until after its end.
std::string over_time(const switches& contract, const char* member, std::size_t jobs)
{
    scenario from = under(contract);
    from.jobs.slots = 2;
    from.jobs.seeding = 1500ms;
    from.jobs.outcomes = {200, 0, 0, 200, 200};
    from.jobs.worker_time_limit = 2500ms;
    peer client{from};
    const std::string run = client.run_of(jobs);
    std::string told;
    for (std::size_t second = 0; second < 4 * jobs; ++second) {
        const json::value all = client.read(run);
        const json::value* found = all.as_object().if_contains(member);
        told += found == nullptr ? "-" : json::serialize(*found);
        told += " ";
        client.now += 1s;
    }
    return told;
}

std::string cancel(peer& client, const std::string& run)
{
    return joined({seen(client.send("POST", run + "/cancel")), seen(client.send("DELETE", run))});
}

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    SWITCH_CASE("run_start_status")
    {
        return one_start(contract);
    }
    SWITCH_CASE("run_start_body")
    {
        return one_start(contract);
    }

    SWITCH_CASE("run_start_idempotency")
    {
        peer client{under(contract)};
        const std::string id = client.create(items(1));
        start_of(client, id);
        start_of(client, id);
        return std::to_string(client.service.run_ids().size());
    }

    SWITCH_CASE("run_on_empty")
    {
        peer client{under(contract)};
        return start_of(client, client.create("[]"));
    }

    SWITCH_CASE("runs_list_item")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(1);
        return seen(client.get(run.substr(0, run.rfind('/'))));
    }

    SWITCH_CASE("run_nulls")
    {
        return over_time(contract, "success_requests", 4);
    }
    SWITCH_CASE("failed_jobs_content")
    {
        return over_time(contract, "failed_jobs", 20);
    }
    SWITCH_CASE("all_jobs_persisted")
    {
        return over_time(contract, "all_jobs_persisted", 4);
    }
    SWITCH_CASE("job_ids")
    {
        return over_time(contract, "job_ids", 4);
    }

    SWITCH_CASE("counter_steps")
    {
        scenario from = under(contract);
        from.jobs.slots = 1;
        peer client{from};
        const std::string run = client.run_of(20);
        std::int64_t last = 0;
        std::size_t falls = 0;
        for (int second = 0; second < 60; ++second, client.now += 1s) {
            const std::int64_t count = client.read(run).at("success_requests").as_int64();
            if (count < last) ++falls;
            last = count;
        }
        CHECK_LE(falls, 1);
        return std::to_string(falls);
    }

    SWITCH_CASE("after_metadata_ttl")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(3);
        client.now += 91 * 24h;
        return joined({seen(client.get(run)), seen(client.get(run + "/jobs"))});
    }

    SWITCH_CASE("cancel_route")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(3);
        client.now += 1s;
        return cancel(client, run);
    }

    SWITCH_CASE("cancelled_jobs")
    {
        scenario from = under(contract);
        from.contract.cancel_route = choice::cancel_route::post_cancel;
        peer client{from};
        const std::string run = client.run_of(3);
        client.now += 1s;
        cancel(client, run);
        client.now += 1min;
        return seen(client.get(run + "/jobs"));
    }

    TEST_CASE("a server answers a cancelled run as cancelled and keeps what had ended (A53)")
    {
        scenario from = with({{"A53", "post_cancel"}});
        from.jobs.slots = 1;
        peer client{from};
        const std::string run = client.run_of(5);
        client.now += 4s;
        CHECK_EQ(client.send("POST", run + "/cancel").status, 200);
        client.now += 1min;
        CHECK_EQ(client.read(run).at("status"), "cancelled");
        CHECK_EQ(client.read(run).at("success_requests"), 1);
        CHECK_EQ(client.rows(run, "limit=10").size(), 1);
        CHECK_EQ(client.send("POST", run + "/cancel").status, 409);
    }
}
