// The harness's own tests: a script that tells it wrong must be found out.
#include "support/call_script.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/failures.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using core::call_effect;
using test::call_script;
using test::call_setup;

namespace {

/// What `problem` says, without the line it starts with.
std::string complaint(const auto& script)
{
    const auto text = script.problem();
    return text.substr(text.find(": ") + 2);
}

/// Breaks the rule of copies: they share their count.
struct shares_its_count {
    std::shared_ptr<int> used = std::make_shared<int>(0);
    std::optional<milliseconds> on_failure(const failed_attempt&) const
    {
        return milliseconds(100 * ++*used);
    }
};

}  // namespace

TEST_SUITE("support.call_script")
{
    TEST_CASE("a history that is told rightly has no problem")
    {
        const auto script = call_script(call_setup<>{})
                                .sends(1)
                                .fails(test::unavailable())
                                .waits(500ms)
                                .sends(2)
                                .succeeds()
                                .finishes({}, call_effect::answered);
        CHECK_EQ(script.problem(), "");
    }

    TEST_CASE("every wrong step is found and named")
    {
        CHECK_EQ(
            complaint(call_script(call_setup<>{}).sends(2)),
            "send attempt 1 instead of send attempt 2"
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{}).waits(1s)),
            "send attempt 1 instead of wait until 1000 ms"
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{}).sends(1).fails(test::unavailable()).waits(499ms)),
            "wait until 500 ms instead of wait until 499 ms"
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{}).sends(1).finishes({}, call_effect::none)),
            "wait for the answer instead of finish: " + error_code().message()
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{}).sends(1).fails(test::silence()).sends(2)),
            "wait until 250 ms instead of send attempt 2"
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{})
                          .sends(1)
                          .fails(test::rejected())
                          .finishes(errc::bad_request, call_effect::none)),
            "finish: the service refused the request instead of "
            "finish: the service refused a parameter of the request"
        );
        CHECK_EQ(
            complaint(call_script(call_setup<>{})
                          .sends(1)
                          .fails(test::rejected())
                          .finishes(errc::rejected, call_effect::unknown)),
            "no effect instead of unknown effect"
        );
    }

    TEST_CASE("a problem names the line of the script")
    {
        const auto line = std::to_string(__LINE__ + 1);
        const auto text = call_script(call_setup<>{}).sends(2).problem();
        CHECK_EQ(text.substr(0, text.find(':')), "line " + line);
    }

    TEST_CASE("a policy whose copies are not independent is found when the engine is copied")
    {
        call_script script(call_setup<shares_its_count>{});
        script.sends(1).fails(test::unavailable()).waits(100ms).sends(2);
        // The second play begins with the count that the first one left.
        CHECK_NE(script.problem(), "");
    }
}
