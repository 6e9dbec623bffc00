#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/call_traits.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/failures.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

/** What becomes of a call whose attempts all fail in one way, with the default policies.

    In each cell: the attempts that are made, and what is known of the effect at the end: `-` for
    certainly none, `?` for unknown. The call always ends with the code of its last failure.
*/
constexpr std::string_view table = R"(
route                      throt serv conn rst-0 rst-n quiet tls prot auth 404+ perm
create_collection_keyed    13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
create_collection          13-   1?   5-   1?    1?    1?    1-  1?   1-   5-   1-
list_collections           13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_collection             13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
update_collection          13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
delete_collection          13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
start_run                  13-   1?   5-   1?    1?    1?    1-  1?   1-   5-   1-
list_runs                  13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_run                    13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
list_jobs                  13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_result                 13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_health                 13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_plans                  13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_billing                13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_metrics                13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
get_client_metrics         13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
fetch_body                 13-   5?   5-   4?    4?    3?    1-  1?   1-   5-   1-
)";

const std::vector<std::pair<std::string_view, failure_class>> columns = {
    {"throt", failure_class::throttled},
    {"serv", failure_class::server},
    {"conn", failure_class::connect},
    {"rst-0", failure_class::reset_before_response},
    {"rst-n", failure_class::reset_mid_body},
    {"quiet", failure_class::client_timeout},
    {"tls", failure_class::tls},
    {"prot", failure_class::protocol},
    {"auth", failure_class::auth},
    {"404+", failure_class::not_found_grace},
    {"perm", failure_class::permanent},
};

const std::vector<std::pair<std::string_view, call>> routes = {
    {"create_collection_keyed", create_collection{{}, make_idempotency_key("k").value()}},
    {"create_collection", create_collection{}},
    {"list_collections", list_collections{}},
    {"get_collection", get_collection{}},
    {"update_collection", update_collection{}},
    {"delete_collection", delete_collection{}},
    {"start_run", start_run{}},
    {"list_runs", list_runs{}},
    {"get_run", get_run{}},
    {"list_jobs", list_jobs{}},
    {"get_result", get_result{}},
    {"get_health", get_health{}},
    {"get_plans", get_plans{}},
    {"get_billing", get_billing{}},
    {"get_metrics", get_metrics{}},
    {"get_client_metrics", get_client_metrics{}},
    {"fetch_body", fetch_body{}},
};

struct outcome {
    unsigned sent = 0;
    core::call_effect effect = core::call_effect::none;
    error_code ec{};
};

/// Makes a call of which every attempt fails in the same way.
outcome fail_for_good(const call& what, const core::attempt_failure& failure)
{
    core::call_engine engine(
        {.bucket = bucket_of(what), .repeat = repeatability_of(what)},
        default_retry{},
        unlimited_rate{},
        retry_quota{}
    );
    outcome out;
    instant now{1h};
    while (out.sent < 100) {
        const auto action = engine.next(now);
        if (const auto* wait = std::get_if<core::wait_until>(&action)) now = wait->when;
        if (const auto* end = std::get_if<core::finish_call>(&action)) {
            out.ec = end->ec;
            break;
        }
        if (!std::holds_alternative<core::send_attempt>(action)) continue;
        ++out.sent;
        engine.on_failure(now, failure);
    }
    out.effect = engine.effect();
    return out;
}

}  // namespace

TEST_SUITE("core.call_engine")
{
    TEST_CASE("every kind of failure on every route ends as the table says")
    {
        std::istringstream lines{std::string(table)};
        std::string word;
        lines >> word;
        for (const auto& [title, kind] : columns) {
            lines >> word;
            REQUIRE_EQ(word, title);
        }
        for (const auto& [name, what] : routes) {
            lines >> word;
            REQUIRE_EQ(word, name);
            for (const auto& [title, kind] : columns) {
                lines >> word;
                const auto failure = test::example_of(kind);
                const auto out = fail_for_good(what, failure);
                CAPTURE(name);
                CAPTURE(title);
                CHECK_EQ(core::classify_failure(failure), kind);
                CHECK_EQ(
                    std::to_string(out.sent) + (out.effect == core::call_effect::none ? "-" : "?"),
                    word
                );
                CHECK_EQ(out.ec, failure.ec);
            }
        }
        CHECK_FALSE(static_cast<bool>(lines >> word));
    }

    TEST_CASE("the table has every route and every class")
    {
        std::vector<bool> seen(std::variant_size_v<call>);
        for (const auto& [name, what] : routes)
            seen[what.index()] = true;
        CHECK_EQ(seen, std::vector<bool>(std::variant_size_v<call>, true));
        REQUIRE_EQ(columns.size(), failure_class_count);
        for (std::size_t i = 0; i < columns.size(); ++i)
            CHECK_EQ(static_cast<std::size_t>(columns[i].second), i);
    }

    TEST_CASE("a start is sent once if its first failure leaves open what it did")
    {
        for (const auto& failure : {
                 test::refusal(500, errc::server_error),
                 test::refusal(502, errc::server_error),
                 test::refusal(503, errc::server_error, 1s),
                 test::refusal(504, errc::server_error),
                 test::refusal(302, errc::unexpected_status),
                 test::reset_before_response(),
                 test::cut_in_body(),
                 test::silence(),
                 test::unreadable_answer(),
                 core::attempt_failure{
                     .ec = make_error_code(boost::system::errc::broken_pipe),
   .phase = call_phase::write,
   .request_sent = true},
             }) {
            CAPTURE(failure.ec.message());
            CAPTURE(failure.http_status);
            const auto out = fail_for_good(start_run{}, failure);
            CHECK_EQ(out.sent, 1);
            CHECK_EQ(out.effect, core::call_effect::unknown);
            CHECK_EQ(out.ec, failure.ec);
        }
    }

    TEST_CASE("a start that was refused or never left has certainly had no effect")
    {
        for (const auto& failure : {
                 test::not_connected(),
                 test::tls_refused(),
                 core::attempt_failure{.ec = errc::pool_timeout},
                 core::attempt_failure{.ec = errc::connect_timeout, .phase = call_phase::connect},
                 core::attempt_failure{
                     .ec = errc::handshake_timeout, .phase = call_phase::handshake},
                 core::attempt_failure{.ec = errc::proxy_refused, .phase = call_phase::connect},
                 core::attempt_failure{.ec = errc::silence_timeout, .phase = call_phase::write},
                 test::refusal(400, errc::bad_request),
                 test::refusal(401, errc::unauthorized),
                 test::refusal(403, errc::forbidden),
                 test::refusal(404, errc::not_found),
                 test::refusal(409, errc::rejected),
                 test::refusal(413, errc::request_too_large),
                 test::refusal(422, errc::rejected),
                 test::refusal(429, errc::quota_exceeded),
                 test::throttled(),
                 test::throttled(7s),
             }) {
            CAPTURE(failure.ec.message());
            CAPTURE(failure.http_status);
            CHECK_EQ(fail_for_good(start_run{}, failure).effect, core::call_effect::none);
        }
    }

    TEST_CASE("an exhausted quota is not waited for")
    {
        const auto out =
            fail_for_good(create_collection{}, test::refusal(429, errc::quota_exceeded));
        CHECK_EQ(out.sent, 1);
        CHECK_EQ(out.ec, errc::quota_exceeded);
    }
}
