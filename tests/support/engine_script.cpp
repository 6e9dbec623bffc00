// All that a script does: its steps, its twists and its complaints, which read each other.
#include "engine_script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "builders.hpp"
#include "printing.hpp"

namespace test {

using namespace scrapingpros;
using core::exchange_failure;

namespace {

std::string to_text(const action& a)
{
    std::ostringstream text;
    core::operator<<(text, a);
    if (const auto* w = std::get_if<core::wait_until>(&a)) {
        text.str("");
        text << "wait until "
             << std::chrono::duration<double, std::milli>(w->when - script_start).count() << " ms";
    }
    return text.str();
}

std::string to_text(const call& c)
{
    std::ostringstream text;
    scrapingpros::operator<<(text, c);
    return text.str();
}

std::string to_text(const std::set<std::string>& ids)
{
    std::string text = "{";
    for (const auto& id : ids)
        text += (text.size() > 1 ? " " : "") + id;
    return text + "}";
}

template <class T, class Variant>
bool is(const Variant& v)
{
    return std::holds_alternative<T>(v);
}

bool is_answer_to(const reply& with, const call& asked)
{
    if (is<exchange_failure>(with)) return true;
    if (is<run>(with)) return is<get_run>(asked) || is<list_runs>(asked);
    if (is<run_list>(with)) return is<list_runs>(asked);
    if (is<job_result>(with)) return is<get_result>(asked);
    if (is<creation>(with)) return is<create_collection>(asked);
    if (is<collection_list>(with)) return is<list_collections>(asked);
    if (is<start_outcome>(with)) return is<start_run>(asked);
    return is<list_jobs>(asked);
}

/// Of a page, only its end is the end of the exchange.
bool ends_exchange(const reply& with)
{
    return !std::holds_alternative<listed_job>(with) &&
           !std::holds_alternative<unreadable_row>(with);
}

bool is_write(const call& asked)
{
    return std::holds_alternative<create_collection>(asked) ||
           std::holds_alternative<start_run>(asked);
}

/// A failure as the driver reports it: a start has an outcome even then.
reply failure_of(const call& asked, error_code ec)
{
    if (!std::holds_alternative<start_run>(asked)) return exchange_failure{ec, {}, 0};
    return start_outcome{.certainty = start_certainty::unknown, .cause = ec};
}

}  // namespace

// --- writing

engine_script& engine_script::add(deed what, place at)
{
    steps_.push_back({std::move(what), static_cast<unsigned>(at.line()), now_});
    return *this;
}

engine_script& engine_script::expect(call asked, place at)
{
    return add(do_expect{std::move(asked)}, at);
}
engine_script& engine_script::delivers(std::string id, place at)
{
    return add(do_deliver{std::move(id)}, at);
}
engine_script& engine_script::appends(std::string id, settlement how, place at)
{
    return add(do_append{std::move(id), how}, at);
}
engine_script& engine_script::takes(std::string id, settlement how, place at)
{
    return delivers(id, at).acknowledges(id, at).appends(id, how, at);
}
engine_script& engine_script::saves(batch_stage reached, place at)
{
    return add(do_save{reached, {}}, at);
}
engine_script& engine_script::waits(milliseconds time, place at)
{
    now_ += time;
    return add(do_wait{time}, at);
}
engine_script& engine_script::waits_for_event(place at)
{
    return add(do_wait_for_event{}, at);
}
engine_script& engine_script::finishes(error_code ec, place at)
{
    return add(do_finish{ec}, at);
}
engine_script& engine_script::answer(reply with, place at)
{
    return add(do_answer{{}, std::move(with)}, at);
}
engine_script& engine_script::answer(std::string id, job_result with, place at)
{
    return add(do_answer{std::move(id), std::move(with)}, at);
}
engine_script& engine_script::fails(
    error_code ec, std::optional<milliseconds> retry_after, place at
)
{
    return answer(exchange_failure{ec, retry_after, 0}, at);
}
engine_script& engine_script::fails(std::string id, error_code ec, place at)
{
    return add(do_answer{std::move(id), exchange_failure{ec, {}, 0}}, at);
}
engine_script& engine_script::row(listed_job shown, place at)
{
    return answer(std::move(shown), at);
}
engine_script& engine_script::unreadable_row(std::string id, place at)
{
    scrapingpros::unreadable_row row{.reason = "no object"};
    if (!id.empty()) row.id = job_id{std::move(id)};
    return answer(std::move(row), at);
}
engine_script& engine_script::ends_page(std::optional<std::string> cursor, place at)
{
    const bool more = cursor.has_value();
    return answer(page_end{more, std::move(cursor)}, at);
}
engine_script& engine_script::ends_page_without_cursor(place at)
{
    return answer(page_end{true, {}}, at);
}
engine_script& engine_script::acknowledges(std::string id, place at)
{
    return add(do_acknowledge{std::move(id)}, at);
}
engine_script& engine_script::demands(std::size_t room, place at)
{
    return add(do_demand{room}, at);
}
engine_script& engine_script::saving_fails(error_code ec, place at)
{
    return add(do_save{{}, ec}, at);
}
engine_script& engine_script::stops(error_code why, place at)
{
    return add(do_stop{why}, at);
}
engine_script& engine_script::hints(place at)
{
    return add(do_hint{}, at);
}
engine_script& engine_script::after(milliseconds time)
{
    now_ += time;
    return *this;
}

engine_script& engine_script::takes_rows(bool yes, place at)
{
    const auto look = [yes](const any_engine& e) -> std::string {
        if (e.takes_rows() == yes) return {};
        return yes ? "takes no rows" : "takes rows";
    };
    return sees(look, at);
}

engine_script& engine_script::leaves(
    std::vector<std::pair<std::string, shortfall_cause>> jobs, std::uint64_t unnamed, place at
)
{
    const auto look = [jobs = std::move(jobs), unnamed](const any_engine& e) -> std::string {
        const auto list = [](const auto& all, std::uint64_t more) {
            std::multiset<std::string> lines;
            for (const auto& [id, cause] : all)
                lines.insert(id + ' ' + std::string(to_string(cause)));
            std::string text = std::to_string(more) + " unnamed";
            for (const auto& line : lines)
                text += ", " + line;
            return text;
        };
        std::vector<std::pair<std::string, shortfall_cause>> left;
        const auto remainder = e.left();
        for (const auto& one : remainder.jobs)
            left.emplace_back(one.id.value, one.cause);
        const auto is = list(left, remainder.unnamed);
        const auto should = list(jobs, unnamed);
        return is == should ? "" : "leaves " + is + " instead of " + should;
    };
    return sees(look, at);
}

engine_script& engine_script::sees(std::function<std::string(const any_engine&)> look, place at)
{
    return add(do_look{std::move(look)}, at);
}

// --- playing

void engine_script::check() const
{
    CHECK_EQ(problem(), "");
}

void engine_script::check_as_written() const
{
    CHECK_EQ(problem_as_written(), "");
}

std::string engine_script::problem() const
{
    auto found = play(twist::none, 0);
    for (std::size_t at = 0; at < steps_.size(); ++at)
        for (const auto what :
             {twist::copy, twist::lose, twist::miss, twist::stop, twist::resume, twist::crash})
            if (found.empty()) found = play(what, at);
    return found;
}

/// What the service knows by the end of the script.
run_model engine_script::new_world() const
{
    run_model world;
    world.name = setup_.begin.name;
    world.collection_exists = setup_.begin.stage > batch_stage::creating;
    world.run_exists = setup_.begin.stage >= batch_stage::running;
    world.key = setup_.begin.idempotency_key;
    world.final_run = sp::tests::a_run();
    world.final_run.status = run_status::unknown;
    std::vector<job_id> ids;
    std::vector<failed_job> failed;
    std::vector<std::pair<ticket, call>> asked;
    const auto know = [&](const run& seen) {
        if (!seen.job_ids.empty()) ids = seen.job_ids;
        if (!seen.failed_jobs.empty()) failed = seen.failed_jobs;
        if (is_terminal(seen.status)) world.final_run = seen;
    };
    std::string fetched;
    for (const auto& at : steps_) {
        if (const auto* e = std::get_if<do_expect>(&at.what))
            if (const auto* g = std::get_if<get_result>(&e->asked)) fetched = g->job.value;
        const auto* a = std::get_if<do_answer>(&at.what);
        if (!a) continue;
        if (const auto* r = std::get_if<run>(&a->with)) know(*r);
        if (const auto* r = std::get_if<creation>(&a->with)) world.created = *r;
        if (const auto* r = std::get_if<run_list>(&a->with))
            for (const auto& one : r->items)
                know(one);
        if (const auto* r = std::get_if<start_outcome>(&a->with); r && r->started_run)
            know(*r->started_run);
        if (const auto* r = std::get_if<job_result>(&a->with))
            world.results[a->id.value_or(fetched)] = *r;
        if (const auto* r = std::get_if<exchange_failure>(&a->with); r && a->id)
            world.refusals[*a->id] = r->ec;
        if (const auto* r = std::get_if<listed_job>(&a->with)) {
            if (r->result) world.results[r->job.id.value] = *r->result;
            const auto known = std::ranges::find(world.rows, r->job.id, [](const listed_job& row) {
                return row.job.id;
            });
            if (known == world.rows.end())
                world.rows.push_back(*r);
            else
                *known = *r;
        }
        if (const auto* r = std::get_if<scrapingpros::unreadable_row>(&a->with); r && r->id) {
            const bool known = std::ranges::any_of(world.rows, [&](const listed_job& row) {
                return row.job.id == *r->id;
            });
            if (!known) world.rows.push_back(sp::tests::a_job(r->id->value));
        }
    }
    for (const auto& [id, result] : world.results)
        world.refusals.erase(id);
    auto& last = world.final_run;
    if (ids.empty()) {
        for (const auto& row : world.rows)
            ids.push_back(row.job.id);
        setup_.begin.settled.for_each([&](const job_id& id) {
            if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
        });
    }
    if (last.status == run_status::unknown) last = sp::tests::a_run().completed(ids.size());
    last.job_ids = std::move(ids);
    last.failed_jobs = std::move(failed);
    return world;
}

std::set<std::string> engine_script::all_delivered() const
{
    std::set<std::string> all;
    for (const auto& at : steps_)
        if (const auto* d = std::get_if<do_deliver>(&at.what)) all.insert(d->id);
    return all;
}

std::optional<error_code> engine_script::end() const
{
    for (const auto& at : steps_)
        if (const auto* f = std::get_if<do_finish>(&at.what)) return f->ec;
    return {};
}

std::string engine_script::play(twist what, std::size_t where) const
{
    stage s{setup_.make(setup_.begin), new_world(), setup_.begin};
    s.engine.on_demand(setup_.room);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const step& at = steps_[i];
        const bool twisted = what != twist::none && i == where;
        const auto tell = [&](const std::string& text) {
            static constexpr const char* names[] = {
                "", ", copied", ", lost", ", missed", ", stopped", ", resumed", ", crashed"};
            if (text.empty()) return text;
            return "line " + std::to_string(at.line) +
                   (twisted ? names[static_cast<int>(what)] : "") + ": " + text;
        };
        if (twisted && what == twist::copy) {
            any_engine copy(s.engine);
            // What becomes of the original must not touch the copy.
            auto world = s.world;
            const std::map<ticket, call> open(s.open.begin(), s.open.end());
            drive_to_end(s.engine, world, setup_.clock, s.now, open);
            s.engine = copy;
        }
        if (twisted && what == twist::stop) return tell(stop(s));
        if (twisted && what == twist::resume) return tell(start_again(s, s.engine.snapshot()));
        if (twisted && what == twist::crash) {
            for (const auto& [id, asked] : s.open)
                s.world.take_effect(asked);
            return tell(start_again(s, s.durable));
        }
        if (twisted && (what == twist::lose || what == twist::miss)) {
            const auto* a = std::get_if<do_answer>(&at.what);
            if (!a || std::holds_alternative<exchange_failure>(a->with)) return {};
            const auto to = target(s, *a);
            if (to == s.open.end()) return tell("there is nothing to answer");
            // Of a read, an answer that was lost and one that was never made are the same.
            if (what == twist::miss && !is_write(to->second)) return {};
            const auto [id, asked] = *to;
            s.open.erase(to);
            s.now = script_start + at.now;
            if (what == twist::lose) s.world.take_effect(asked);
            s.engine.on_reply(setup_.clock.at(s.now), id, failure_of(asked, errc::server_error));
            return tell(go_on(s));
        }
        const auto found = perform(s, at);
        if (!found.empty()) return tell(found);
        s.now = script_start + at.now;
    }
    return {};
}

std::vector<std::pair<ticket, call>>::iterator engine_script::target(stage& s, const do_answer& a)
    const
{
    for (auto at = s.open.end(); at != s.open.begin();) {
        --at;
        if (!is_answer_to(a.with, at->second)) continue;
        const auto* result = std::get_if<get_result>(&at->second);
        if (a.id && (!result || result->job.value != *a.id)) continue;
        return at;
    }
    return s.open.end();
}

std::string engine_script::want(stage& s, instant now, const action& expected) const
{
    const auto is = s.engine.next(setup_.clock.at(now));
    if (is == expected) return {};
    return to_text(is) + " instead of " + to_text(expected);
}

std::string engine_script::perform_answer(stage& s, const do_answer& a, milliseconds now) const
{
    const auto to = target(s, a);
    if (to == s.open.end()) return "there is nothing to answer";
    const auto [id, asked] = *to;
    auto with = a.with;
    if (std::holds_alternative<exchange_failure>(with)) {
        const auto& failure = std::get<exchange_failure>(with);
        if (std::holds_alternative<start_run>(asked)) with = failure_of(asked, failure.ec);
    } else {
        if (std::holds_alternative<run>(with) && std::holds_alternative<list_runs>(asked))
            with = run_list{{std::get<run>(a.with)}, {}, 0};
        const auto* outcome = std::get_if<start_outcome>(&with);
        if (is_write(asked) && (!outcome || outcome->certainty == start_certainty::started))
            s.world.take_effect(asked);
        if (const auto* list = std::get_if<run_list>(&with); list && !list->items.empty())
            s.world.run_exists = true;
        if (const auto* list = std::get_if<collection_list>(&with); list && !list->items.empty())
            s.world.collection_exists = true;
    }
    if (ends_exchange(with)) s.open.erase(to);
    s.engine.on_reply(setup_.clock.at(script_start + now), id, std::move(with));
    return {};
}

std::string engine_script::perform(stage& s, const step& at) const
{
    const auto now = script_start + at.now;
    const auto moment_now = setup_.clock.at(now);
    if (const auto* e = std::get_if<do_expect>(&at.what)) {
        const auto is = s.engine.next(moment_now);
        const auto* asked = std::get_if<core::exchange>(&is);
        if (!asked || asked->what != e->asked)
            return to_text(is) + " instead of " + to_text(e->asked);
        for (const auto& [id, other] : s.open)
            if (id == asked->id) return "the ticket of " + to_text(other) + " again";
        s.open.emplace_back(asked->id, asked->what);
    } else if (const auto* d = std::get_if<do_deliver>(&at.what)) {
        const auto is = s.engine.next(moment_now);
        const auto* item = std::get_if<core::deliver>(&is);
        if (!item || item->item.job.id.value != d->id)
            return to_text(is) + " instead of deliver " + d->id;
        s.delivered.push_back(d->id);
    } else if (const auto* p = std::get_if<do_append>(&at.what)) {
        const auto is = s.engine.next(moment_now);
        const auto* made = std::get_if<core::append>(&is);
        if (!made || made->step.id.value != p->id || made->step.how != p->how) {
            std::ostringstream how;
            how << p->how;
            return to_text(is) + " instead of append " + p->id + ' ' + how.str();
        }
        apply(s.durable, made->step);
        s.engine.on_saved({});
    } else if (const auto* v = std::get_if<do_save>(&at.what)) {
        const auto is = s.engine.next(moment_now);
        const bool saves = std::holds_alternative<core::save>(is) ||
                           (v->ec && std::holds_alternative<core::append>(is));
        if (!saves) return to_text(is) + " instead of save";
        if (!v->ec) s.durable = s.engine.snapshot();
        s.engine.on_saved(v->ec);
        if (v->stage && s.durable.stage != *v->stage) {
            std::ostringstream stages;
            stages << "saves stage " << s.durable.stage << " instead of " << *v->stage;
            return stages.str();
        }
    } else if (const auto* w = std::get_if<do_wait>(&at.what)) {
        const action expected = core::wait_until{now};
        auto found = want(s, now - w->time, expected);
        // Asked again before its time, it says the same.
        if (found.empty() && w->time.count() > 0)
            found = want(s, now - std::chrono::nanoseconds(1), expected);
        return found;
    } else if (std::holds_alternative<do_wait_for_event>(at.what)) {
        return want(s, now, core::wait_for_event{});
    } else if (const auto* f = std::get_if<do_finish>(&at.what)) {
        auto found = want(s, now, core::finish{f->ec});
        if (found.empty()) found = want(s, now + std::chrono::hours(1), core::finish{f->ec});
        s.finished = f->ec;
        return found;
    } else if (const auto* a = std::get_if<do_answer>(&at.what)) {
        return perform_answer(s, *a, at.now);
    } else if (const auto* k = std::get_if<do_acknowledge>(&at.what)) {
        s.engine.acknowledge({k->id});
        s.acknowledged.insert(k->id);
    } else if (const auto* m = std::get_if<do_demand>(&at.what)) {
        s.engine.on_demand(m->room);
    } else if (const auto* q = std::get_if<do_stop>(&at.what)) {
        s.engine.stop(q->why);
    } else if (std::holds_alternative<do_hint>(at.what)) {
        s.engine.on_hint(moment_now);
    } else if (const auto* l = std::get_if<do_look>(&at.what)) {
        return l->look(s.engine);
    }
    return {};
}

/// The same engine, and from now on a service that answers everything.
std::string engine_script::go_on(stage& s) const
{
    s.engine.on_demand(1000);
    for (const auto& id : s.delivered)
        if (!s.acknowledged.count(id)) s.engine.acknowledge({id});
    const std::map<ticket, call> open(s.open.begin(), s.open.end());
    const auto rest = drive_to_end(s.engine, s.world, setup_.clock, s.now, open);
    if (!rest.problem.empty()) return rest.problem;
    auto all = s.delivered;
    all.insert(all.end(), rest.delivered.begin(), rest.delivered.end());
    const std::set<std::string> once(all.begin(), all.end());
    if (once.size() != all.size()) return "something was delivered twice";
    if (end() != error_code()) return {};
    if (rest.ec) return "ends with: " + rest.ec.message();
    auto expected = all_delivered();
    // What the lost answer has cost the last of its tries is named.
    for (const auto& one : s.engine.left().jobs)
        expected.erase(one.id.value);
    if (once != expected) return "delivers " + to_text(once) + " instead of " + to_text(expected);
    return {};
}

std::string engine_script::start_again(stage& s, const checkpoint& from) const
{
    auto engine = setup_.make(from);
    engine.on_demand(1000);
    const auto rest = drive_to_end(engine, s.world, setup_.clock, s.now, {});
    if (!rest.problem.empty()) return rest.problem;
    const std::set<std::string> once(rest.delivered.begin(), rest.delivered.end());
    if (once.size() != rest.delivered.size()) return "something was delivered twice";
    auto expected = all_delivered();
    bool again = false;
    from.settled.for_each([&](const job_id& id) {
        again = again || once.count(id.value) != 0;
        expected.erase(id.value);
    });
    if (again) return "something that was acknowledged was delivered again";
    if (end() != error_code()) return {};
    if (rest.ec) return "ends with: " + rest.ec.message();
    if (once != expected) return "delivers " + to_text(once) + " instead of " + to_text(expected);
    return {};
}

std::string engine_script::stop(stage& s) const
{
    std::optional<error_code> ec = s.finished;
    s.engine.stop(errc::wait_timed_out);
    const auto ends = [&](bool may_save) -> std::string {
        for (int steps = 0; steps < 1000; ++steps) {
            const auto is = s.engine.next(setup_.clock.at(s.now));
            if (const auto* f = std::get_if<core::finish>(&is)) {
                // It may have come to its own end by what happened last.
                if (!ec && (f->ec == errc::wait_timed_out || f->ec == end())) ec = f->ec;
                if (f->ec == ec) return {};
            }
            const bool saves = std::holds_alternative<core::append>(is) ||
                               (may_save && std::holds_alternative<core::save>(is));
            if (!saves) return to_text(is) + " after the stop";
            s.engine.on_saved({});
        }
        return "appends without an end";
    };
    auto found = ends(s.finished.has_value());
    // Answers that come too late change nothing.
    for (const auto& [id, asked] : s.open)
        for (auto& piece : s.world.replies_to(asked))
            s.engine.on_reply(setup_.clock.at(s.now), id, std::move(piece));
    for (const auto& [id, asked] : s.open)
        s.engine.on_reply(setup_.clock.at(s.now), id, failure_of(asked, errc::server_error));
    s.engine.stop(errc::deadline_exceeded);
    s.engine.on_hint(setup_.clock.at(s.now));
    if (found.empty()) found = ends(false);
    // What the consumer has may still be acknowledged, and then a batch may turn out complete.
    for (const auto& id : s.delivered)
        s.engine.acknowledge({id});
    return found.empty() ? ends(true) : found;
}

}  // namespace test
