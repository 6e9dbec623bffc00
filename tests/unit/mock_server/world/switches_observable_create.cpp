#include "switches_observable.hpp"

// A1 to A8, A13 to A16, A46, A50 and A65: what becomes of a submission.

using namespace mock_test;

namespace {

const std::string named = R"({"name":"n"})";

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    SWITCH_CASE("idempotency_replay_status")
    {
        peer client{under(contract)};
        return joined({post(client, named, "k"), post(client, named, "k")});
    }

    SWITCH_CASE("idempotency_payload_match")
    {
        peer client{under(contract)};
        post(client, R"({"name":"n","requests":[]})", "k");
        return post(client, R"({ "requests":[], "name":"n"})", "k");
    }

    SWITCH_CASE("idempotency_bad_key")
    {
        peer client{under(contract)};
        return post(client, named, "a:b");
    }

    SWITCH_CASE("idempotency_busy")
    {
        scenario from = under(contract);
        from.create_duration = 1min;
        peer client{from};
        post(client, named, "k");
        return post(client, named, "k");
    }

    SWITCH_CASE("idempotency_stores")
    {
        peer client{under(contract)};
        post(client, "{}", "k");
        return post(client, named, "k");
    }

    SWITCH_CASE("all_items_refused")
    {
        peer client{under(contract)};
        return post(client, with_items("[7]"));
    }

    SWITCH_CASE("bucket_order")
    {
        peer client{under(contract)};
        return post(client, with_items(R"([{"url":"http://10.0.0.1/","screenshot":true},
                                           {"url":"http://10.0.0.1/","screenshot":true}])"));
    }

    SWITCH_CASE("dedup_compare")
    {
        peer client{under(contract)};
        return post(
            client, with_items(R"([{"url":"https://a.example"},{"url":"https://A.example/"}])")
        );
    }

    SWITCH_CASE("item_unknown_member")
    {
        peer client{under(contract)};
        return post(client, with_items(R"([{"url":"https://a.example/","nobody_knows":1}])"));
    }

    SWITCH_CASE("item_url_without_scheme")
    {
        peer client{under(contract)};
        return post(client, with_items(R"([{"url":"www.example.com"}])"));
    }

    SWITCH_CASE("item_use_proxy_default")
    {
        // Only a job that went over a proxy has a time for it.
        peer client{under(contract)};
        const std::string run =
            client.run_of(std::string_view(R"([{"url":"https://a.example/"}])"));
        client.finish(run);
        const std::string job = client.service.find_job(id_in(run), 0)->id;
        return json::serialize(client.read(run + "/jobs/" + job + "/result").at("timings"));
    }

    SWITCH_CASE("item_browser_rules")
    {
        peer client{under(contract)};
        return post(client, with_items(R"([{"url":"https://a.example/","screenshot":true},
                           {"url":"https://b.example/","block_requests":["ads"]}])"));
    }

    SWITCH_CASE("country_not_approved")
    {
        peer client{under(contract)};
        return post(client, with_items(R"([{"url":"https://a.example/","use_proxy":"BR"}])"));
    }

    SWITCH_CASE("max_body_bytes")
    {
        // One byte more than the largest that is taken; it is no JSON and so refused anyway.
        peer client{under(contract)};
        return post(client, std::string((32u << 20) + 1, 'x')).substr(0, 4);
    }

    SWITCH_CASE("oversize_body")
    {
        scenario from = under(contract);
        from.contract.max_body_bytes = 10;
        peer client{from};
        return post(client, named);
    }

    SWITCH_CASE("length_limits")
    {
        peer client{under(contract)};
        return post(client, R"({"name":")" + std::string(256, 'n') + "\"}");
    }

    TEST_CASE("a job over a country without approval fails alone under A46 job_failed")
    {
        peer client{with({{"A46", "job_failed"}})};
        const std::string run = client.run_of(
            R"([{"url":"https://a.example/","use_proxy":"BR"},{"url":"https://b.example/"}])"
        );
        client.finish(run);
        CHECK_EQ(client.read(run).at("failed_requests"), 1);
        CHECK_EQ(client.read(run).at("success_requests"), 1);
    }

    TEST_CASE("an approved country passes")
    {
        scenario from = steady();
        from.approved_countries = {"BR"};
        peer client{from};
        client.run_of(R"([{"url":"https://a.example/","use_proxy":"BR"}])");
    }
}
