#include <scrapingpros/model/browser_action.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <variant>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("model.browser_action")
{
    TEST_CASE("a loop cannot hold a loop")
    {
        CHECK(std::is_constructible_v<browser_action, while_action>);
        CHECK_FALSE(std::is_constructible_v<simple_browser_action, while_action>);
    }

    TEST_CASE("what is not said is left to the server")
    {
        CHECK_FALSE(evaluate_action{.script = "1"}.timeout.has_value());
        CHECK_FALSE(while_action{}.max_iterations.has_value());
        CHECK_FALSE(wait_for_selector_action{.selector = "a"}.state.has_value());
    }

    TEST_CASE("steps are compared by kind and members")
    {
        const browser_action wait = wait_for_timeout_action{5s};
        CHECK(wait == browser_action(wait_for_timeout_action{5000ms}));
        CHECK(wait != browser_action(wait_for_timeout_action{6s}));
        CHECK(browser_action(select_action{"a", "b"}) != browser_action(input_action{"a", "b"}));
    }
}
