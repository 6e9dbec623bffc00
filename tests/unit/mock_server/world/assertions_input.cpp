#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "books/assertions.hpp"
#include "books/journal_json.hpp"
#include "scenario/json_in.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

/// Path and message of the refusal.
std::string refusal(const std::string& text)
{
    CAPTURE(text);
    try {
        parse_expectations(text);
    } catch (const bad_scenario& bad) {
        return bad.path + " " + bad.message;
    }
    return "none";
}

}  // namespace

TEST_SUITE("mock.assertions.input")
{
    TEST_CASE("a slip in an assertion is an error that names its place")
    {
        const std::pair<const char*, const char*> cases[]{
            {R"([{}])", "$[0] is no assertion"},
            {R"([{"cuont":{}}])", "$[0] is no assertion"},
            {R"([{"count":{},"none":{}}])", "$[0] says two things"},
            {R"([{"count":{}}])", "$[0] says no number"},
            {R"([{"count":{},"eq":1,"ge":1}])", "$[0].eq stands beside a bound"},
            {R"([{"count":{},"ge":3,"le":2}])", "$[0] has bounds that nothing meets"},
            {R"([{"count":{},"eq":-1}])", "$[0].eq is out of range"},
            {R"([{"count":{},"eq":1.5}])", "$[0].eq is no whole number"},
            {R"([{"count":{},"eq":1,"extra":0}])", "$[0].extra is unknown"},
            {R"([{"count":{"op":"run.strat"},"eq":1}])", "$[0].count.op is no operation"},
            {R"([{"count":{"status":"6xx"},"eq":1}])", "$[0].count.status is no status"},
            {R"([{"count":{"status":42},"eq":1}])", "$[0].count.status is out of range"},
            {R"([{"count":{"class":"poll"},"eq":1}])", "$[0].count.class is no class of requests"},
            {R"([{"count":{"urll":""},"eq":1}])", "$[0].count.urll is unknown"},
            {R"([{"count":{"query":{"a":1}},"eq":1}])", "$[0].count.query.a is no string"},
            {R"([{"count":null,"eq":1}])", "$[0].count is no object"},
            {R"([{"sequence":[]}])", "$[0].sequence is empty"},
            {R"([{"sequence":[{"attempt":0}]}])", "$[0].sequence[0].attempt is out of range"},
            {R"([{"min_gap":{}}])", "$[0].ge is missing"},
            {R"([{"min_gap":{},"ge":5}])", "$[0].ge is no duration"},
            {R"([{"cadence":{},"within":"1s"}])", "$[0].every is missing"},
            {R"([{"max_in_flight":{}}])", "$[0].le is missing"},
            {R"([{"header":{},"is":"present"}])", "$[0].name is missing"},
            {R"([{"header":{},"name":"X"}])", "$[0] says not what the header is"},
            {R"([{"no_request_after":"doomsday"}])", "$[0].no_request_after is unknown"},
            {R"([{"faults_consumed":"some"}])", "$[0].faults_consumed is unknown"},
            {R"([{"ledger":{"losst":0}}])", "$[0].ledger.losst is unknown"},
            {R"([{"ledger":{"lost":{}}}])", "$[0].ledger.lost says no number"},
            {R"({"ledger":{"judge":"me"}})", "$.ledger.judge is unknown"},
            {R"({"journal":{}})", "$.journal is no array"},
            {R"({"jornal":[]})", "$.jornal is unknown"},
            {R"({"journal":[{"count":{},"eq":1},{"count":{}}]})", "$.journal[1] says no number"},
            {"7", "$ is no object"},
        };
        for (const auto& [text, expected] : cases) {
            const std::string is = refusal(text);
            CAPTURE(text);
            CHECK(is.starts_with(expected));
            if (!is.starts_with(expected)) MESSAGE(is);
        }
        CHECK(refusal("[{").starts_with("$ is no JSON"));
        CHECK_EQ(refusal("[]"), "none");
        CHECK_EQ(refusal("{}"), "none");
    }

    TEST_CASE("a misspelt kind is told what it might have been")
    {
        try {
            parse_expectations(R"([{"cuont":{},"eq":1}])");
            FAIL("accepted");
        } catch (const bad_scenario& bad) {
            CHECK_EQ(bad.hint, "did you mean 'count'?");
        }
    }

    TEST_CASE("a question to the journal and a judgement are read as strictly")
    {
        const json::value asked = parse(R"({"after":3,"limit":2,"only":{"op":"get_run"}})");
        const journal_request request = read_journal_request(value_in{asked});
        CHECK_EQ(request.after, 3);
        CHECK_EQ(request.limit, 2);
        CHECK_EQ(request.only.op, operation::get_run);
        const json::value wrong = parse(R"({"afterr":3})");
        CHECK_THROWS_AS(read_journal_request(value_in{wrong}), bad_scenario);
        const json::value how = parse(R"({"judge":"client","late_after":"30s"})");
        CHECK_EQ(read_judgement(value_in{how}).by, witness::client);
        CHECK_EQ(read_judgement(value_in{how}).late_after, duration{30s});
        const json::value negative = parse(R"({"late_after":"-1s"})");
        CHECK_THROWS_AS(read_judgement(value_in{negative}), bad_scenario);
    }

    TEST_CASE("every operation has two names, and both are understood")
    {
        for (std::size_t i = 0; i < operation_count; ++i) {
            const auto each = static_cast<operation>(i);
            CHECK_EQ(operation_named(name_of(each)), each);
            CHECK_EQ(operation_named(dotted_name_of(each)), each);
        }
        CHECK_EQ(operation_named("run.start"), operation::start_run);
        CHECK_EQ(operation_named("jobs.list"), operation::list_jobs);
        CHECK_FALSE(operation_named("run.strat"));
        CHECK_FALSE(operation_named(""));
    }
}
