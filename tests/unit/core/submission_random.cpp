// Submits drawn from a seed: answers are lost, processes end, hours pass. There is one collection and
// one run, whatever happens.
#include <scrapingpros/core/submission.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "support/dice.hpp"
#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

class random_submit {
public:
    explicit random_submit(std::uint64_t seed) : random_(seed), durable_(a_new_batch(3))
    {
        if (random_.one_in(2))
            clock_.server_ahead = random_.pick<milliseconds>({2s, 10min, 24h, -2s, -10min, -24h});
        crashes_one_in_ = 4 + random_.below(30);
        lost_one_in_ = 2 + random_.below(10);
    }

    std::string problem()
    {
        start_process();
        for (int steps = 0; steps < 5000; ++steps) {
            if (!problem_.empty()) return problem_;
            if (processes_ < 12 && random_.one_in(crashes_one_in_)) {
                now_ += random_.one_in(3) ? random_.up_to(40h) : random_.up_to(10s);
                start_process();
            }
            const auto what = engine_->next(clock_.at(now_));
            if (std::holds_alternative<core::save>(what)) {
                if (processes_ < 12 && random_.one_in(crashes_one_in_)) {
                    start_process();
                    continue;
                }
                durable_ = engine_->snapshot();
                engine_->on_saved({});
            } else if (const auto* e = std::get_if<core::exchange>(&what)) {
                perform(*e);
            } else if (const auto* w = std::get_if<core::wait_until>(&what)) {
                now_ = std::max(now_, w->when);
            } else if (const auto* f = std::get_if<core::finish>(&what)) {
                return conclude(f->ec);
            } else {
                return "waits for an event that never comes";
            }
        }
        return "goes on for ever";
    }

private:
    void start_process()
    {
        ++processes_;
        engine_.emplace(submits(durable_).make(durable_));
    }

    void perform(const core::exchange& e)
    {
        now_ += random_.one_in(5) ? random_.up_to(4min) : random_.up_to(500ms);
        const bool lost = random_.one_in(lost_one_in_);
        const bool arrives = !lost || random_.one_in(2);
        std::optional<reply> answer;
        if (arrives) answer = take(e.what);
        // A process that ends here knows nothing of what it did.
        if (processes_ < 12 && random_.one_in(crashes_one_in_)) return start_process();
        const auto at = clock_.at(now_);
        const bool starts = std::holds_alternative<start_run>(e.what);
        if (!lost && answer) {
            engine_->on_reply(at, e.id, *answer);
        } else if (!starts) {
            engine_->on_reply(at, e.id, core::exchange_failure{errc::silence_timeout, {}, 7});
        } else if (!arrives && random_.one_in(2)) {
            engine_->on_reply(at, e.id, not_started(errc::connect_timeout));
        } else {
            engine_->on_reply(at, e.id, perhaps_started());
        }
    }

    /// What the service does and answers.
    reply take(const call& asked)
    {
        const auto server = clock_.at(now_).server;
        if (const auto* c = std::get_if<create_collection>(&asked)) {
            if (c->draft != *a_new_batch(3).draft) problem_ = "another body";
            const bool known = made_at_ && c->key->text() == key_ && server - *made_at_ < 24h;
            if (made_at_ && !known) problem_ = "a second collection";
            if (!made_at_) made_at_ = server;
            key_ = c->key->text();
            auto made = a_creation("c1");
            made.replayed = known;
            return made;
        }
        if (std::holds_alternative<list_collections>(asked)) {
            collection_list list;
            if (made_at_)
                list.items.push_back({.id = {"c1"}, .name = "tours", .created_at = made_at_});
            return list;
        }
        if (std::holds_alternative<start_run>(asked)) {
            if (run_from_) problem_ = "a second run";
            // The run may be listed only after a while.
            run_from_ = now_ + (random_.one_in(2) ? 0ms : random_.up_to(55s));
            return started(a_run());
        }
        if (!std::holds_alternative<list_runs>(asked)) problem_ = "asked for what is not needed";
        run_list list;
        if (run_from_ && *run_from_ <= now_) list.items.push_back(a_run());
        return list;
    }

    std::string conclude(error_code ec) const
    {
        if (ec) return "ends with: " + ec.message();
        const auto c = engine_->snapshot();
        if (!run_from_ || c.stage != batch_stage::running) return "no run";
        return c.target == run_ref{{"c1"}, {"r1"}} ? "" : "another run";
    }

    dice random_;
    checkpoint durable_;
    script_clock clock_{};
    std::uint64_t crashes_one_in_ = 1;
    std::uint64_t lost_one_in_ = 1;
    unsigned processes_ = 0;
    std::optional<any_engine> engine_{};
    instant now_ = script_start;
    std::optional<timestamp> made_at_{};
    std::string key_{};
    std::optional<instant> run_from_{};
    std::string problem_{};
};

}  // namespace

TEST_SUITE("core.submission.random")
{
    TEST_CASE("answers are lost, processes end, days pass: one collection, one run")
    {
        for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
            CAPTURE(seed);
            CHECK_EQ(random_submit(seed).problem(), "");
        }
    }
}
