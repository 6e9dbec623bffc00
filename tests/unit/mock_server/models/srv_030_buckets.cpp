#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../world/support.hpp"
#include "bucket_model.hpp"
#include "items/items.hpp"
#include "seed.hpp"

using namespace mock_test;

namespace {

using models::dice;
using models::precedence;
using models::submitted;

struct target {
    const char* url;
    const char* blocked_for;
};

/// An item of which the generator knows what is wrong with it.
submitted random_item(dice& random)
{
    static const target targets[] = {
        {"https://a.example/", ""},
        {"https://a.example/", ""},
        {"https://a.example", ""},
        {"https://b.example/p?q=1", ""},
        {"www.example.com", ""},
        {"http://10.1.1.1/", "private_ip"},
        {"https://[::1]/", "private_ip"},
        {"http://localhost/", "blocked_hostname"},
        {"ftp://a.example/", "invalid_protocol"},
        {"https://a.example:0/", "invalid_port"},
        {"https:///nothing", "malformed_url"},
        {"https://gone.example/", "dns_failed"},
        {"", "malformed_url"},
    };
    static const char* const flaws[] = {
        R"(,"screenshot":true)",
        R"(,"format":"pdf")",
        R"(,"browser":"yes")",
        R"(,"actions":[{"type":"fly"}],"browser":true)",
    };
    submitted made;
    if (random.once_in(12)) {
        static const char* const strange[] = {"7", "null", "\"https://a.example/\"", "[]"};
        return {
            .json = random.one_of(strange),
            .url = {},
            .custom_id = {},
            .invalid = true,
            .blocked_for = {}};
    }
    made.json = "{";
    if (random.once_in(12)) {
        made.json += random.once_in(2) ? R"("url":5)" : R"("link":"https://a.example/")";
        made.invalid = true;
    } else {
        const target& drawn = random.one_of(targets);
        made.url = drawn.url;
        made.blocked_for = drawn.blocked_for;
        made.json += R"("url":")" + *made.url + "\"";
    }
    switch (random.below(6)) {
    case 0: made.json += R"(,"custom_id":null)"; break;
    case 1:
    case 2:
        made.custom_id = random.once_in(2) ? "x" : "";
        made.json += R"(,"custom_id":")" + *made.custom_id + "\"";
        break;
    case 3:
        if (!random.once_in(4)) break;
        made.custom_id = std::string(256, 'c');
        made.json += R"(,"custom_id":")" + *made.custom_id + "\"";
        made.invalid = true;
        break;
    default: break;
    }
    if (random.once_in(5)) {
        made.json += random.one_of(flaws);
        made.invalid = true;
    } else if (random.once_in(4)) {
        made.json += R"(,"format":"markdown","browser":true,"screenshot":true)";
    }
    made.json += "}";
    return made;
}

std::string list_of(const std::vector<submitted>& items)
{
    std::string text = "[";
    for (const submitted& each : items)
        text += (text.size() > 1 ? "," : "") + each.json;
    return text + "]";
}

scenario sorting(precedence order)
{
    static const char* const names[] = {
        "invalid_blocked_duplicate", "blocked_invalid_duplicate", "duplicate_first"};
    scenario from = with({{"A7", names[static_cast<std::size_t>(order)]}});
    from.unresolvable_hosts = {"gone.example"};
    from.enforce_limits = false;
    return from;
}

void check_inside(const std::string& list, const models::sorted& expected, const scenario& from)
{
    const buckets made = sort_into_buckets(boost::json::parse(list).as_array(), from);
    std::vector<std::size_t> invalid;
    for (const invalid_item& each : made.invalid) {
        invalid.push_back(each.index);
        REQUIRE_FALSE(each.errors.empty());
    }
    REQUIRE_EQ(invalid, expected.invalid);
    std::vector<models::sorted::blocked> blocked;
    for (const blocked_url& each : made.blocked)
        blocked.push_back({each.index, each.url, each.reason});
    REQUIRE((blocked == expected.blocked_urls));
    REQUIRE_EQ(made.duplicates, expected.duplicates);
    std::vector<models::sorted::pair> queued;
    for (const item& each : made.queued)
        queued.push_back({each.url, each.custom_id});
    REQUIRE((queued == expected.queued));
}

/// What a client is told, and how many jobs its run has.
void check_wire(const std::string& list, const models::sorted& expected, const scenario& from)
{
    peer client{from};
    const response_plan plan =
        client.send("POST", "/v1/async/collections", R"({"name":"n","requests":)" + list + "}");
    REQUIRE_EQ(plan.status, 201);
    const json::value made = parse(plan.body);
    const json::array& invalid = made.at("invalid_items").as_array();
    REQUIRE_EQ(invalid.size(), expected.invalid.size());
    for (std::size_t i = 0; i < invalid.size(); ++i)
        REQUIRE_EQ(invalid[i].at("index").to_number<std::size_t>(), expected.invalid[i]);
    const json::array& blocked = made.at("blocked_urls").as_array();
    REQUIRE_EQ(blocked.size(), expected.blocked_urls.size());
    for (std::size_t i = 0; i < blocked.size(); ++i) {
        const models::sorted::blocked& wanted = expected.blocked_urls[i];
        REQUIRE_EQ(blocked[i].at("index").to_number<std::size_t>(), wanted.index);
        REQUIRE_EQ(text_of(blocked[i].at("url")), wanted.url);
        REQUIRE_EQ(text_of(blocked[i].at("reason")), wanted.reason);
    }
    const json::array& duplicates = made.at("duplicate_urls").as_array();
    REQUIRE_EQ(duplicates.size(), expected.duplicates.size());
    for (std::size_t i = 0; i < duplicates.size(); ++i)
        REQUIRE_EQ(text_of(duplicates[i]), expected.duplicates[i]);
    REQUIRE_EQ(made.at("duplicates_skipped").to_number<std::size_t>(), duplicates.size());
    if (expected.queued.empty()) return;
    const std::string run = client.start_run(text_of(made.at("id")));
    REQUIRE_EQ(
        client.read(run).at("total_requests").to_number<std::size_t>(), expected.queued.size()
    );
}

}  // namespace

TEST_SUITE("mock.models")
{
    TEST_CASE("SRV-030: 10,000 random item lists are sorted as the naive model does, under each A7")
    {
        const std::uint64_t seed = models::test_seed();
        MESSAGE("SCRAPINGPROS_TEST_SEED=" << seed);
        CAPTURE(seed);
        dice random{seed};
        const scenario worlds[] = {
            sorting(precedence::invalid_blocked_duplicate),
            sorting(precedence::blocked_invalid_duplicate),
            sorting(precedence::duplicate_first)};
        std::size_t refused[3] = {};
        for (int round = 0; round < 10'000; ++round) {
            std::vector<submitted> items(random.below(13));
            for (submitted& each : items)
                each = random_item(random);
            const std::string list = list_of(items);
            CAPTURE(list);
            const std::size_t order = random.below(3);
            const models::sorted expected = models::sort(items, static_cast<precedence>(order));
            REQUIRE_EQ(
                items.size(),
                expected.queued.size() + expected.invalid.size() + expected.blocked_urls.size() +
                    expected.duplicates.size()
            );
            if (random.once_in(20))
                check_wire(list, expected, worlds[order]);
            else
                check_inside(list, expected, worlds[order]);
            refused[0] += expected.invalid.size();
            refused[1] += expected.blocked_urls.size();
            refused[2] += expected.duplicates.size();
        }
        for (const std::size_t each : refused)
            CHECK_GT(each, 1'000);
    }

    TEST_CASE("SRV-003: twenty pairs of items, and which of them are one (A8)")
    {
        struct row {
            const char* first;
            const char* second;
            bool exact;       ///< one job under A8 exact
            bool normalised;  ///< one job under A8 normalised_url
        };
        static const row table[] = {
            {R"("url":"https://a.example/p")", R"("url":"https://a.example/p")", true, true},
            {R"("url":"https://a.example/p")", R"("url":"https://a.example/q")", false, false},
            {R"("url":"https://a.example/p","custom_id":"1")",
             R"("url":"https://a.example/p","custom_id":"1")",
             true,
             true},
            {R"("url":"https://a.example/p","custom_id":"1")",
             R"("url":"https://a.example/p","custom_id":"2")",
             false,
             false},
            {R"("url":"https://a.example/p","custom_id":"1")",
             R"("url":"https://a.example/p")",
             false,
             false},
            {R"("url":"https://a.example/p","custom_id":null)",
             R"("url":"https://a.example/p")",
             true,
             true},
            {R"("url":"https://a.example/p","custom_id":"")",
             R"("url":"https://a.example/p")",
             false,
             false},
            {R"("url":"https://a.example/p","custom_id":"1")",
             R"("url":"https://a.example/q","custom_id":"1")",
             false,
             false},
            {R"("url":"https://a.example/p","custom_id":"A")",
             R"("url":"https://a.example/p","custom_id":"a")",
             false,
             false},
            {R"("url":"https://a.example/p","custom_id":"1")",
             R"("url":"https://a.example/p","custom_id":"1 ")",
             false,
             false},
            // Other options do not make it another job.
            {R"("url":"https://a.example/p")",
             R"("url":"https://a.example/p","format":"markdown")",
             true,
             true},
            {R"("url":"https://a.example/p","browser":true)",
             R"("url":"https://a.example/p","browser":true,"screenshot":true)",
             true,
             true},
            {R"("url":"https://a.example/p","custom_id":"1","headers":{"X":"1"})",
             R"("url":"https://a.example/p","custom_id":"1","headers":{"X":"2"})",
             true,
             true},
            {R"("url":"https://a.example")", R"("url":"https://a.example/")", false, true},
            {R"("url":"https://a.example/p")", R"("url":"https://A.EXAMPLE/p")", false, true},
            {R"("url":"https://a.example/p")", R"("url":"HTTPS://a.example/p")", false, true},
            {R"("url":"https://a.example/p")", R"("url":"https://a.example/P")", false, false},
            {R"("url":"https://a.example/p")", R"("url":"https://a.example/p#top")", false, true},
            {R"("url":"https://a.example/~p")", R"("url":"https://a.example/%7Ep")", false, true},
            {R"("url":"https://a.example/p?a=1")",
             R"("url":"https://a.example/p?a=2")",
             false,
             false},
        };
        static_assert(std::size(table) == 20);
        for (const char* compare : {"exact", "normalised_url"})
            for (const row& each : table) {
                CAPTURE(std::string(compare));
                CAPTURE(std::string(each.first));
                CAPTURE(std::string(each.second));
                peer client{with({{"A8", compare}})};
                const response_plan plan = client.send(
                    "POST",
                    "/v1/async/collections",
                    R"({"name":"n","requests":[{)" + std::string(each.first) + "},{" + each.second +
                        "}]}"
                );
                REQUIRE_EQ(plan.status, 201);
                const json::value made = parse(plan.body);
                const bool one = std::string(compare) == "exact" ? each.exact : each.normalised;
                CHECK_EQ(made.at("duplicates_skipped"), one ? 1 : 0);
                const std::string run = client.start_run(text_of(made.at("id")));
                CHECK_EQ(client.read(run).at("total_requests"), one ? 1 : 2);
                // The first of the two stays, and the dropped one is named as it was sent.
                if (one)
                    CHECK(std::string(each.second)
                              .starts_with(
                                  R"("url":")" + text_of(made.at("duplicate_urls").at(0)) + "\""
                              ));
            }
    }
}
