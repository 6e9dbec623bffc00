#include <scrapingpros/core/find_started_run.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;
using core::find_started_run;

namespace {

/// When the first attempt was sent, on the server's clock.
constexpr timestamp sent_at{1'777'853'217s};
constexpr auto margin = 30s;
const start_attempt attempt{{"c-1"}, sent_at - margin};

run a_run(std::string id, std::optional<timestamp> created_at)
{
    run r;
    r.id = {std::move(id)};
    r.collection = {"c-1"};
    r.created_at = created_at;
    return r;
}

std::string found(const std::vector<run>& items)
{
    const auto run = find_started_run(items, attempt);
    return run ? run->id.value : "none";
}

}  // namespace

TEST_SUITE("core.find_started_run")
{
    TEST_CASE("a collection that has no run has not been started")
    {
        CHECK_EQ(found({}), "none");
    }

    TEST_CASE("the run made just after the attempt is the one, with all that is known of it")
    {
        auto started = a_run("r-1", sent_at + 200ms);
        started.status = run_status::in_progress;
        started.total_requests = 3;
        CHECK_EQ(find_started_run({started}, attempt), started);
    }

    TEST_CASE("a run from before the attempt is somebody else's")
    {
        CHECK_EQ(found({a_run("old", sent_at - 1h)}), "none");
        CHECK_EQ(found({a_run("ours", sent_at + 1s), a_run("old", sent_at - 1h)}), "ours");
        CHECK_EQ(found({a_run("old", sent_at - 1h), a_run("ours", sent_at + 1s)}), "ours");
    }

    TEST_CASE("the server's clock may be behind by the margin and no more")
    {
        CHECK_EQ(found({a_run("r", sent_at - margin)}), "r");
        CHECK_EQ(found({a_run("r", sent_at - margin - 1us)}), "none");
    }

    TEST_CASE("of several that fit the newest is the one, in whatever order they are listed")
    {
        const auto first = a_run("first", sent_at + 1s);
        const auto second = a_run("second", sent_at + 2s);
        const auto third = a_run("third", sent_at + 3s);
        CHECK_EQ(found({third, second, first}), "third");
        CHECK_EQ(found({first, second, third}), "third");
        CHECK_EQ(found({second, third, first}), "third");
    }

    TEST_CASE("of several made in the same moment the first of the list is the one")
    {
        CHECK_EQ(found({a_run("upper", sent_at), a_run("lower", sent_at)}), "upper");
    }

    TEST_CASE("a run without a stamp is taken if it is all there is")
    {
        CHECK_EQ(found({a_run("unstamped", {})}), "unstamped");
        CHECK_EQ(found({a_run("upper", {}), a_run("lower", {})}), "upper");
    }

    TEST_CASE("a run without a stamp gives way to one that fits")
    {
        CHECK_EQ(found({a_run("unstamped", {}), a_run("stamped", sent_at)}), "stamped");
        CHECK_EQ(found({a_run("stamped", sent_at), a_run("unstamped", {})}), "stamped");
    }

    TEST_CASE("a run without an id cannot be found")
    {
        CHECK_EQ(found({a_run("", sent_at + 5s)}), "none");
        CHECK_EQ(found({a_run("", {})}), "none");
        CHECK_EQ(found({a_run("", sent_at + 5s), a_run("r", sent_at)}), "r");
    }

    TEST_CASE("how the run fares does not matter")
    {
        for (const auto status : {
                 run_status::in_progress,
                 run_status::completed,
                 run_status::failed,
                 run_status::cancelled,
                 run_status::unknown,
             }) {
            auto r = a_run("r", sent_at);
            r.status = status;
            CHECK_EQ(found({r}), "r");
        }
    }
}
