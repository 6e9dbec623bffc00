#ifndef TESTS_SUPPORT_ENGINE_SCRIPT_HPP
#define TESTS_SUPPORT_ENGINE_SCRIPT_HPP

#include <scrapingpros/core/action.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "any_engine.hpp"
#include "run_model.hpp"

namespace test {

/// What an engine is made from; made anew for every play of a script.
struct engine_setup {
    sp::checkpoint begin{};
    std::function<any_engine(const sp::checkpoint&)> make{};
    /// What the consumer takes from the beginning.
    std::size_t room = 1000;
    script_clock clock{};
};

/** The history of one engine, written down before it is played.

    `check` plays it as written; then once per step with the engine replaced by its copy there; once
    per answer with a transient failure in its place; once per step with a stop there; and once per
    step with a process that ends there, and a new engine made of `snapshot()`, or of what was durable.
    From the twist on, the engine is driven to its end against a `run_model` made of the script: the
    same jobs must have been delivered, none of them twice, none lost, and no run started twice.
*/
class engine_script {
public:
    using place = std::source_location;

    explicit engine_script(engine_setup setup) : setup_(std::move(setup)) {}

    // --- what the engine does

    engine_script& expect(sp::call asked, place at = place::current());
    engine_script& delivers(std::string id, place at = place::current());
    engine_script& appends(
        std::string id, sp::settlement how = sp::settlement::usable, place at = place::current()
    );
    /// Delivers it, and appends it once it is acknowledged.
    engine_script& takes(
        std::string id, sp::settlement how = sp::settlement::usable, place at = place::current()
    );
    engine_script& saves(sp::batch_stage reached, place at = place::current());
    /// The engine waits for so long; then it is called again.
    engine_script& waits(sp::milliseconds time, place at = place::current());
    engine_script& waits_for_event(place at = place::current());
    engine_script& finishes(sp::error_code ec = {}, place at = place::current());

    // --- what happens to it

    /// The answer to the latest exchange that it can be the answer to; to that of job `id`, if given.
    engine_script& answer(reply with, place at = place::current());
    engine_script& answer(std::string id, sp::job_result with, place at = place::current());
    engine_script& fails(
        sp::error_code ec,
        std::optional<sp::milliseconds> retry_after = {},
        place at = place::current()
    );
    /// The result of job `id` cannot be had.
    engine_script& fails(std::string id, sp::error_code ec, place at = place::current());
    engine_script& row(sp::listed_job shown, place at = place::current());
    engine_script& unreadable_row(std::string id, place at = place::current());
    engine_script& ends_page(std::optional<std::string> cursor = {}, place at = place::current());
    /// There are more rows, and no cursor that leads to them.
    engine_script& ends_page_without_cursor(place at = place::current());
    engine_script& acknowledges(std::string id, place at = place::current());
    engine_script& demands(std::size_t room, place at = place::current());
    engine_script& saving_fails(sp::error_code ec, place at = place::current());
    engine_script& stops(sp::error_code why, place at = place::current());
    engine_script& hints(place at = place::current());
    /// Time goes by without a call of the engine.
    engine_script& after(sp::milliseconds time);

    // --- what can be seen of it

    engine_script& takes_rows(bool yes, place at = place::current());
    engine_script& leaves(
        std::vector<std::pair<std::string, sp::shortfall_cause>> jobs,
        std::uint64_t unnamed = 0,
        place at = place::current()
    );
    /// `look` says what is wrong; empty if nothing is.
    engine_script& sees(
        std::function<std::string(const any_engine&)> look, place at = place::current()
    );

    void check() const;
    /// For a script whose end is no matter of jobs (a deadline among answers that never come).
    void check_as_written() const;

    /// The first thing that went otherwise than written; empty if nothing did.
    std::string problem() const;
    std::string problem_as_written() const { return play(twist::none, 0); }

private:
    enum class twist {
        none,
        copy,
        /// The answer is lost; the request took effect.
        lose,
        /// The request did not even arrive.
        miss,
        stop,
        /// A new engine, made of `snapshot()`.
        resume,
        /// A new engine, made of what was saved and appended; a request under way took effect.
        crash,
    };

    struct do_expect {
        sp::call asked;
    };
    struct do_deliver {
        std::string id;
    };
    struct do_append {
        std::string id;
        sp::settlement how;
    };
    struct do_save {
        std::optional<sp::batch_stage> stage;
        sp::error_code ec;
    };
    struct do_wait {
        sp::milliseconds time;
    };
    struct do_wait_for_event {};
    struct do_finish {
        sp::error_code ec;
    };
    struct do_answer {
        std::optional<std::string> id;
        reply with;
    };
    struct do_acknowledge {
        std::string id;
    };
    struct do_demand {
        std::size_t room;
    };
    struct do_stop {
        sp::error_code why;
    };
    struct do_hint {};
    struct do_look {
        std::function<std::string(const any_engine&)> look;
    };
    using deed = std::variant<
        do_expect,
        do_deliver,
        do_append,
        do_save,
        do_wait,
        do_wait_for_event,
        do_finish,
        do_answer,
        do_acknowledge,
        do_demand,
        do_stop,
        do_hint,
        do_look>;

    struct step {
        deed what;
        unsigned line = 0;
        /// Since the beginning.
        sp::milliseconds now{};
    };

    /// One play under way.
    struct stage {
        any_engine engine;
        run_model world;
        sp::checkpoint durable;
        sp::instant now = script_start;
        std::vector<std::pair<ticket, sp::call>> open{};
        std::vector<std::string> delivered{};
        std::set<std::string> acknowledged{};
        std::optional<sp::error_code> finished{};
    };

    engine_script& add(deed what, place at);

    run_model new_world() const;
    std::set<std::string> all_delivered() const;
    std::optional<sp::error_code> end() const;

    std::string play(twist what, std::size_t where) const;
    std::string perform(stage& s, const step& at) const;
    std::string perform_answer(stage& s, const do_answer& a, sp::milliseconds now) const;
    std::string want(stage& s, sp::instant now, const action& expected) const;
    std::string go_on(stage& s) const;
    std::string start_again(stage& s, const sp::checkpoint& from) const;
    std::string stop(stage& s) const;
    std::vector<std::pair<ticket, sp::call>>::iterator target(stage& s, const do_answer& a) const;

    engine_setup setup_;
    sp::milliseconds now_{};
    std::vector<step> steps_{};
};

}  // namespace test

#endif
