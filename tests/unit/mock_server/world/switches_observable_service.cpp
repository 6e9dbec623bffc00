#include "switches_observable.hpp"

// A17 to A21, A44, A45, A47 to A49, A51, A62 to A64 and A66: collections, errors, limits, and the rest.

using namespace mock_test;

namespace {

const std::string named = R"({"name":"n"})";

/// Twenty creates in fifty seconds, with three allowed in a minute.
std::string throttled(const switches& contract)
{
    scenario from = under(contract);
    from.contract.write_per_minute = 3;
    peer client{from};
    client.now += 57'300ms;
    std::string told;
    for (int i = 0; i < 20; ++i) {
        told += seen(client.send("POST", collections_path, named)).substr(0, 3) + " ";
        client.now += 2'500ms;
    }
    return told;
}

/// The answer to a create over the limit of one.
std::string refusal(const switches& contract)
{
    scenario from = under(contract);
    from.contract.write_per_minute = 1;
    peer client{from};
    client.now += 300ms;
    client.send("POST", collections_path, named);
    return seen(client.send("POST", collections_path, named));
}

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    SWITCH_CASE("update_on_live_run")
    {
        peer client{under(contract)};
        return seen(client.send("PUT", collection_of(client.run_of(1)), R"({"name":"m"})"));
    }

    SWITCH_CASE("update_status")
    {
        peer client{under(contract)};
        return seen(
            client.send("PUT", collections_path + "/" + client.create("[]"), R"({"name":"m"})")
        );
    }

    SWITCH_CASE("delete_reply")
    {
        peer client{under(contract)};
        return seen(client.send("DELETE", collections_path + "/" + client.create("[]")));
    }

    SWITCH_CASE("deleted_collection_runs")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(1);
        client.send("DELETE", collection_of(run));
        return seen(client.get(run));
    }

    SWITCH_CASE("collections_since_compare")
    {
        peer client{under(contract)};
        client.create("[]");
        return seen(client.get(collections_path + "?since=2026-06-01T10:00:00Z"));
    }

    SWITCH_CASE("collections_list_cap")
    {
        peer client{under(contract)};
        for (int i = 0; i < 1001; ++i)
            client.create("[]");
        return std::to_string(client.read(collections_path).as_array().size());
    }

    SWITCH_CASE("auth_missing_status")
    {
        world service{under(contract)};
        return seen(service.handle({"GET", collections_path, {}, "", 0}, start));
    }

    SWITCH_CASE("error_form")
    {
        peer client{under(contract)};
        post(client, named, "k");
        return joined(
            {post(client, R"({"name":"m"})", "k"), seen(client.get(collections_path + "/nothing"))}
        );
    }

    SWITCH_CASE("rate_algorithm")
    {
        return throttled(contract);
    }

    SWITCH_CASE("read_per_minute")
    {
        peer client{under(contract)};
        for (int i = 0; i < 2; ++i)
            client.read(collections_path);
        return std::to_string(client.get(collections_path).status);
    }

    SWITCH_CASE("write_per_minute")
    {
        peer client{under(contract)};
        std::string told;
        for (int i = 0; i < 31; ++i)
            told = seen(client.send("POST", collections_path, named)).substr(0, 3);
        return told;
    }

    SWITCH_CASE("single_bucket")
    {
        scenario from = under(contract);
        from.contract.write_per_minute = 2;
        peer client{from};
        for (int i = 0; i < 2; ++i)
            client.send("POST", collections_path, named);
        return std::to_string(client.get(collections_path).status);
    }

    SWITCH_CASE("retry_after_form")
    {
        return refusal(contract);
    }
    SWITCH_CASE("rate_headers")
    {
        return refusal(contract);
    }

    SWITCH_CASE("quota_blocks")
    {
        scenario from = under(contract);
        from.plan.credits = 0;
        peer client{from};
        return seen(client.get(collections_path));
    }

    SWITCH_CASE("trailing_slash")
    {
        peer client{under(contract)};
        return seen(client.get(collections_path + "/?name=a"));
    }

    SWITCH_CASE("health_body")
    {
        peer client{under(contract)};
        return seen(client.get("/v1/health"));
    }

    SWITCH_CASE("extra_and_missing")
    {
        peer client{under(contract)};
        return seen(client.get(client.run_of(1)));
    }
}
