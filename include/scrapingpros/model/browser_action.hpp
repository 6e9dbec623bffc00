#ifndef SCRAPINGPROS_MODEL_BROWSER_ACTION_HPP
#define SCRAPINGPROS_MODEL_BROWSER_ACTION_HPP

#include <scrapingpros/time.hpp>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

/// What to take out of a page. With a selector alone it goes out as a string, else as an object.
struct extract_rule {
    /// `css:…` or `xpath:…`.
    std::string selector{};
    /// The attribute to take; empty takes the text.
    std::optional<std::string> attribute{};
    /// All matches as an array instead of the first as a string.
    bool multiple = false;

    friend bool operator==(const extract_rule&, const extract_rule&) = default;
};

/// Name of the answer in `extracted_data` → rule.
using extract_rules = std::map<std::string, extract_rule>;

struct click_action {
    std::string selector{};
    bool wait_for_navigation = false;
    /// Goes on if there is no such element.
    bool optional = false;

    friend bool operator==(const click_action&, const click_action&) = default;
};

struct input_action {
    std::string selector{};
    std::string text{};

    friend bool operator==(const input_action&, const input_action&) = default;
};

struct select_action {
    std::string selector{};
    std::string value{};

    friend bool operator==(const select_action&, const select_action&) = default;
};

struct key_press_action {
    std::string key{};

    friend bool operator==(const key_press_action&, const key_press_action&) = default;
};

enum class element_state { visible, attached, hidden };

struct wait_for_selector_action {
    std::string selector{};
    /// Longest wait, sent in whole milliseconds.
    std::optional<milliseconds> time{};
    /// Empty lets the server pick: `attached` for script, meta, link, style, title and head.
    std::optional<element_state> state{};

    friend bool operator==(const wait_for_selector_action&, const wait_for_selector_action&) =
        default;
};

struct wait_for_timeout_action {
    milliseconds time{0};

    friend bool operator==(const wait_for_timeout_action&, const wait_for_timeout_action&) =
        default;
};

/// Its value becomes the next element of `evaluate_results`.
struct evaluate_action {
    std::string script{};
    /// The server's default is 30 s.
    std::optional<milliseconds> timeout{};

    friend bool operator==(const evaluate_action&, const evaluate_action&) = default;
};

struct collect_action {
    extract_rules extract{};

    friend bool operator==(const collect_action&, const collect_action&) = default;
};

/// A step that may stand inside a loop.
using simple_browser_action = std::variant<
    click_action,
    input_action,
    select_action,
    key_press_action,
    wait_for_selector_action,
    wait_for_timeout_action,
    evaluate_action,
    collect_action>;

enum class loop_condition { selector_visible, selector_invisible };

/// Repeats steps. Loops do not nest (contract 4), hence the steps' type.
struct while_action {
    loop_condition condition = loop_condition::selector_visible;
    std::string selector{};
    std::vector<simple_browser_action> actions{};
    /// The server's default is 20.
    std::optional<unsigned> max_iterations{};

    friend bool operator==(const while_action&, const while_action&) = default;
};

/// One step of a browser job. Source: contract section 4.
using browser_action = std::variant<
    click_action,
    input_action,
    select_action,
    key_press_action,
    wait_for_selector_action,
    wait_for_timeout_action,
    evaluate_action,
    collect_action,
    while_action>;

}  // namespace scrapingpros::inline v0

#endif
