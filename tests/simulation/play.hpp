#ifndef SCRAPINGPROS_TESTS_SIMULATION_PLAY_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_PLAY_HPP

#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/policy/classifier.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "mock_server/rows/job_json.hpp"
#include "mock_server/state.hpp"
#include "mock_server/world.hpp"
#include "tests/simulation/report.hpp"
#include "tests/simulation/sim_strategy.hpp"
#include "tests/simulation/sim_user.hpp"
#include "tests/support/virtual_driver.hpp"

namespace simulation {

using stock_engine = sp::core::batch_engine<sim_strategy, sp::server_verdict>;

/// What the user hands over; of `attach` what other people handed over before.
sp::collection_draft draft_of(const sim_case&);
/// Creates the collection and starts the run, as another client did it. Empty if that was refused.
std::optional<sp::run_ref> start_for(const sim_case&, mock::world&, mock::time_point);
/// Whether an outcome is what the mock has of its job.
bool is_true(const sim_case&, const mock::world&, const sp::job_outcome&);

struct played {
    history past{};
    std::vector<sentence> found{};
};

/// Plays a case from its first process to its last, on virtual time.
template <class Engine>
class player {
public:
    /// @param trace takes lines that say what happens; may be empty
    player(const sim_case& c, std::function<void(const std::string&)> trace)
        : case_(c), trace_(std::move(trace)), world_(scenario_of(c)),
          link_(queue_, world_, {.one_way = c.one_way}), store_(c.text_store)
    {
        link_.on_request = [this](const mock::request& asked, const mock::response_plan& plan) {
            if (ended_ && queue_.now() > *ended_ + 2 * case_.one_way) ++past_.requests_after_end;
            if (trace_)
                say(asked.method + " " + asked.target + " -> " + std::to_string(plan.status) +
                    (plan.faulted ? " (fault)" : ""));
        };
    }

    played play()
    {
        if (case_.attach) {
            attached_ = start_for(case_, world_, link_.world_now());
            if (!attached_) return {};
        }
        past_.started_at = link_.world_now();
        constexpr std::size_t most_more = 6;
        const auto planned = case_.processes.size();
        for (std::size_t i = 0; i < planned + most_more; ++i) {
            const bool extra = i >= planned;
            auto plan = extra ? process_plan{} : case_.processes[i];
            if (extra) plan.skew = case_.processes.back().skew;
            if (!extra && i > 0) past_.end.reset();
            const bool over = run_process(i, plan, i + 1 >= planned);
            ++past_.processes;
            if (!past_.endless.empty()) break;
            if (over && !past_.end->failed()) break;
            if (over && past_.end == sp::errc::run_stalled && i + 1 >= planned) break;
            if (!case_.keeps_checkpoint && !case_.attach) break;
            const auto away = extra || i + 1 == planned ? std::chrono::seconds(600) : plan.away;
            queue_.run_until(queue_.now() + away);
        }
        past_.requests = link_.requests;
        past_.creates = world_.seen().summary().collections_created;
        played made;
        made.found = judge(case_, world_, past_);
        made.past = std::move(past_);
        return made;
    }

    const mock::world& world() const noexcept { return world_; }

private:
    /// True if it came to an end of its own.
    bool run_process(std::size_t number, const process_plan& plan, bool is_last)
    {
        ended_.reset();
        test::virtual_client_options options;
        options.retry_tokens = case_.retry_tokens;
        options.call_timeout = case_.call_timeout;
        options.skew = plan.skew;
        options.jitter_seed = case_.seed * 64 + number;
        if (case_.own_rate)
            options.rate.limit.emplace(
                sp::token_bucket::rate{*case_.own_rate, 5}, sp::token_bucket::rate{600, 10}
            );
        test::virtual_client client(link_, std::move(options));

        consumer_plan habits = case_.consumer;
        if (number > 0 || is_last) habits.leaves_after.reset();
        sim_consumer consumer(habits, [this, number](sp::job_outcome item) {
            handed_over one;
            one.process = number;
            one.at = link_.world_now();
            one.status = item.job.status;
            one.has_result = item.result.has_value();
            one.true_content = is_true(case_, world_, item);
            if (trace_) say("    delivered " + item.job.id.value);
            past_.delivered[item.job.id.value].push_back(std::move(one));
        });

        store_.refuse_write(is_last ? 0 : case_.failing_write);
        sp::batch_rules rules;
        rules.poll = case_.poll;
        if (case_.deadline && !is_last) rules.poll.deadline = queue_.now() + *case_.deadline;
        test::driver_options how;
        how.store_takes = case_.store_takes;
        how.killed_at = plan.killed_at;
        sp::any_checkpoint_store store;
        if (case_.keeps_checkpoint) store = store_;
        if (trace_) say("process " + std::to_string(number));
        test::virtual_driver<Engine> driver(
            client,
            Engine(begin(), sim_strategy(case_), sp::server_verdict{}, rules),
            store,
            consumer,
            how
        );
        driver.on_appended = [this, number](const sp::settled_job& step) {
            if (trace_) say("    safe " + step.id.value);
            if (step.how == sp::settlement::filtered) past_.filtered.insert(step.id.value);
            if (case_.keeps_checkpoint) past_.safe.emplace(step.id.value, number);
        };
        const auto alive = std::make_shared<int>();
        for (const auto after : case_.hints)
            queue_.at(queue_.now() + after, [&driver, here = std::weak_ptr(alive)] {
                if (here.lock() && !driver.over()) driver.hint();
            });
        driver.start();
        const auto end = test::run_virtual(driver, link_, bounds());
        past_.steps = driver.steps();
        if (end != test::virtual_end::over) {
            past_.endless = text_of(end);
            keep(driver);
            return false;
        }
        if (driver.killed()) {
            if (trace_) say("killed at step " + std::to_string(driver.steps()));
            past_.end = sp::error_code(sp::errc::deadline_exceeded);
            return false;
        }
        ended_ = queue_.now();
        past_.end = *driver.end();
        past_.ended_at = link_.world_now();
        if (trace_) say("end: " + past_.end->message());
        // Acknowledgements come later, and nothing else may.
        queue_.run_until(queue_.now() + case_.consumer.safe_after + std::chrono::seconds(2));
        past_.requests_after_end += driver.late_exchanges();
        keep(driver);
        return true;
    }

    void keep(const test::virtual_driver<Engine>& driver)
    {
        past_.summary = driver.engine().summary();
        past_.stats = driver.engine().stats();
        if (past_.ended_at == mock::time_point{}) past_.ended_at = link_.world_now();
    }

    sp::checkpoint begin()
    {
        if (case_.keeps_checkpoint)
            if (auto kept = store_.load().value()) return *kept;
        sp::checkpoint fresh;
        if (attached_) {
            fresh.stage = sp::batch_stage::running;
            fresh.target = *attached_;
            return fresh;
        }
        fresh.name = "batch " + std::to_string(case_.seed);
        fresh.idempotency_key = "key-" + std::to_string(case_.seed);
        fresh.draft = draft_of(case_);
        fresh.draft->name = fresh.name;
        fresh.submitted = fresh.draft->requests.size();
        return fresh;
    }

    test::virtual_bounds bounds() const
    {
        test::virtual_bounds made;
        made.time = std::chrono::hours(24 * 20);
        made.requests = 40'000 + 60 * case_.jobs;
        return made;
    }

    static std::string text_of(test::virtual_end end)
    {
        switch (end) {
        case test::virtual_end::nothing_to_come: return "it waits for nothing";
        case test::virtual_end::time: return "more than 20 days";
        case test::virtual_end::requests: return "too many requests";
        case test::virtual_end::spins: return "it goes round without the time moving";
        case test::virtual_end::over: break;
        }
        return "";
    }

    void say(const std::string& what)
    {
        const auto passed =
            std::chrono::duration<double>(queue_.now() - test::virtual_queue::begin);
        trace_(std::to_string(passed.count()) + " " + what);
    }

    const sim_case& case_;
    std::function<void(const std::string&)> trace_;
    test::virtual_queue queue_{};
    mock::world world_;
    test::virtual_link link_;
    sim_store store_;
    std::optional<sp::run_ref> attached_{};
    std::optional<sp::instant> ended_{};
    history past_{};
};

}  // namespace simulation

#endif
