#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "../world/support.hpp"
#include "listing_model.hpp"
#include "rows/listing.hpp"
#include "seed.hpp"
#include "service.hpp"
#include "state.hpp"

// The mock's listing against the naive model: whatever is asked, in whatever order and at whatever
// time, both give the same rows. One question in twelve goes over the whole way through the service.

using namespace mock_test;

namespace {

using models::answer;
using models::dice;
using models::question;

/// A question with the words it is asked in.
struct asking {
    question what;
    std::vector<std::pair<std::string, std::string>> words;
};

std::string percent_encoded(const std::string& text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.'))
            out += c;
        else
            out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string padded(long long value, std::size_t width)
{
    std::string text = std::to_string(value);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

/// An instant in one of the input forms of 7.1, none of which loses a microsecond.
std::string spelled(models::instant at, dice& random)
{
    using namespace std::chrono;
    const long long offset =
        random.once_in(3) ? 90 - 30 * static_cast<long long>(random.below(7)) : 0;
    const auto shown = at + minutes{offset};
    const auto day = floor<days>(shown);
    const year_month_day date{day};
    const hh_mm_ss time{shown - day};
    std::string text = padded(int{date.year()}, 4) + "-" + padded(unsigned{date.month()}, 2) + "-" +
                       padded(unsigned{date.day()}, 2) + "T" + padded(time.hours().count(), 2) +
                       ":" + padded(time.minutes().count(), 2) + ":" +
                       padded(time.seconds().count(), 2);
    const long long fraction = time.subseconds().count();
    if (fraction % 1000 != 0)
        text += "." + padded(fraction, 6);
    else if (fraction != 0 || random.once_in(2))
        text += "." + padded(fraction / 1000, 3);
    if (offset != 0) {
        const long long size = offset < 0 ? -offset : offset;
        return text + (offset < 0 ? "-" : "+") + padded(size / 60, 2) + ":" + padded(size % 60, 2);
    }
    return text + random.one_of(std::vector<std::string>{"", "Z", "+00:00", "-00:00"});
}

/// A service with some runs, and each run's table as the model wants it.
class history {
public:
    explicit history(dice& random)
        : random_(random), state_(std::make_shared<const scenario>(scenario_of(random))),
          now_(start)
    {
        const std::size_t runs = 1 + random.below(3);
        for (std::size_t i = 0; i < runs; ++i)
            start_run(random.once_in(6) ? random.below(250) : random.below(40));
    }

    void step()
    {
        if (random_.once_in(3)) now_ += duration{static_cast<std::int64_t>(random_.below(300'000))};
        if (random_.once_in(400)) now_ += 30s;
        const std::size_t place = random_.below(tables_.size());
        const asking asked = make_question(place);
        const answer expected = models::list(tables_[place], asked.what, now_);
        CAPTURE(told(place, asked));
        if (random_.once_in(12))
            check_wire(place, asked, expected);
        else
            check_inside(place, asked, expected);
        ++(expected.status == 200 ? answered : refused);
        if (expected.has_more) ++continued;
    }

    inline static std::size_t answered = 0;
    inline static std::size_t refused = 0;
    inline static std::size_t continued = 0;

private:
    static scenario scenario_of(dice& random)
    {
        scenario from;
        from.seed = random.number();
        from.enforce_limits = false;
        from.jobs.slots = 1 + random.below(20);
        from.jobs.execution = quantiles::of(0ms, 1s, 4s, 15s);
        from.jobs.worker_time_limit = 20s;
        from.jobs.body_bytes = quantiles::always(40);
        if (!random.once_in(4)) from.jobs.outcomes = {50, 50, 100, 150, 50};
        if (random.once_in(3)) from.jobs.flush_period = 700ms;
        const auto maybe = [&](const char* name, std::initializer_list<const char*> values) {
            from.contract.set(name, random.one_of(values));
        };
        maybe("A25", {"absent", "present"});
        maybe("A27", {"sync", "late"});
        maybe("A28", {"off", "on"});
        maybe("A29", {"natural", "bursts"});
        maybe("A30", {"off", "volatile_row", "failed_and_timeout"});
        maybe("A54", {"no_row", "processing_row", "failed_row"});
        if (random.once_in(4))
            from.faults = {make_fault(
                operation::start_run,
                effect::end_run{random.once_in(2) ? run_end::failed : run_end::cancelled, 8s},
                fault_phase::before,
                occurrence::every()
            )};
        return from;
    }

    reply ask(std::string method, std::string target, std::string body = {})
    {
        const request in{
            std::move(method),
            std::move(target),
            {{"Authorization", "Bearer test_token_a"}},
            std::move(body),
            0};
        const route where = find_route(in.method, in.target, state_.contract());
        const std::vector<const fault*> met;
        return serve(state_, in, where, met, now_).answer;
    }

    void start_run(std::size_t jobs)
    {
        const reply made = ask(
            "POST", "/v1/async/collections", R"({"name":"n","requests":)" + items(jobs + 1) + "}"
        );
        REQUIRE_EQ(made.status, 201);
        const std::string path =
            "/v1/async/collections/" + text_of(parse(made.body).at("id")) + "/run";
        const reply begun = ask("POST", path);
        REQUIRE_EQ(begun.status, 201);
        const std::string id = text_of(parse(begun.body).at("run_id"));
        paths_.push_back(path + "s/" + id + "/jobs");
        runs_.push_back(&state_.accounts.at("client_test").runs.at(id));
        tables_.push_back(table_of(*runs_.back()));
        now_ += duration{static_cast<std::int64_t>(random_.below(5'000'000))};
    }

    static std::vector<models::row> table_of(const run& of)
    {
        std::vector<models::row> table;
        for (std::size_t i = 0; i < of.future.jobs().size(); ++i) {
            const job_future& job = of.future.jobs()[i];
            if (job.row_from == job_future::never) continue;
            models::row made;
            made.id = view(job.id);
            made.final_status = is_completed(job.ends)                ? "completed"
                                : job.ends == outcome::worker_timeout ? "timeout"
                                                                      : "failed";
            if (job.has_stamp()) made.completed_at = job.stamp;
            made.inserted = job.row_from;
            made.settled = job.visible;
            made.number = of.row_base + of.future.row_of(i) + 1;
            table.push_back(std::move(made));
        }
        return table;
    }

    models::instant some_instant(std::size_t place)
    {
        const auto& table = tables_[place];
        if (!table.empty() && !random_.once_in(4)) {
            const models::row& near = random_.one_of(table);
            if (near.completed_at) {
                static const duration steps[] = {0us, 0us, 0us, -1ms, 1ms, -1us, 1us, -5s};
                return models::instant{*near.completed_at} + random_.one_of(steps);
            }
        }
        return start + duration{static_cast<std::int64_t>(random_.below(60'000'000))};
    }

    asking make_question(std::size_t place)
    {
        asking made;
        const auto say = [&](const char* name, std::string value) {
            made.words.emplace_back(name, std::move(value));
        };
        if (!random_.once_in(6)) {
            static const long long limits[] = {
                1, 1, 2, 3, 5, 7, 10, 20, 50, 100, 101, 1000, 1001, 9999, 0, -1};
            made.what.limit = random_.one_of(limits);
            say("limit", std::to_string(*made.what.limit));
        }
        if (random_.once_in(2)) {
            static const std::string words[] = {"processing", "completed", "failed", "timeout"};
            made.what.statuses.emplace();
            std::string csv;
            for (const std::string& word : words) {
                if (!random_.once_in(2)) continue;
                made.what.statuses->insert(word);
                csv += (csv.empty() ? "" : ",") + word;
            }
            if (csv.empty())
                made.what.statuses.reset();
            else
                say("status_filter", csv);
        }
        if (!random_.once_in(3)) {
            made.what.by_stamp = random_.once_in(2);
            say("order_by", made.what.by_stamp ? "completed_at" : "id");
        }
        if (random_.once_in(2)) {
            made.what.descending = random_.once_in(2);
            say("order_dir", made.what.descending ? "desc" : "asc");
        }
        if (random_.once_in(3)) {
            made.what.since = some_instant(place);
            say("since_completed_at", spelled(*made.what.since, random_));
        }
        if (random_.once_in(4)) {
            made.what.inline_results = random_.once_in(2);
            say("include_results", made.what.inline_results ? "true" : "false");
        }
        if (!cursors_.empty() && random_.once_in(2)) {
            // Mostly a new one; now and then an old one, of another run, order or filter.
            const std::size_t newest = std::min<std::size_t>(cursors_.size(), 3);
            const std::size_t back = random_.below(random_.once_in(4) ? cursors_.size() : newest);
            const auto& [text, at] = cursors_[cursors_.size() - 1 - back];
            made.what.cursor = at;
            say("cursor", text);
            if (at.by_stamp != made.what.by_stamp && !random_.once_in(8)) {
                made.what.by_stamp = at.by_stamp;
                std::erase_if(made.words, [](const auto& w) { return w.first == "order_by"; });
                say("order_by", at.by_stamp ? "completed_at" : "id");
            }
        }
        std::rotate(
            made.words.begin(),
            made.words.begin() + static_cast<std::ptrdiff_t>(random_.below(made.words.size() + 1)),
            made.words.end()
        );
        return made;
    }

    void keep(const std::string& cursor, const answer& expected)
    {
        if (cursors_.size() == 200) cursors_.erase(cursors_.begin());
        cursors_.emplace_back(cursor, expected.end);
    }

    void check_inside(std::size_t place, const asking& asked, const answer& expected)
    {
        const auto read =
            read_listing(query{asked.words, state_.contract().query_lenience}, state_.contract());
        if (const auto* bad = std::get_if<listing_error>(&read)) {
            REQUIRE_EQ(bad->status, expected.status);
            return;
        }
        REQUIRE_EQ(expected.status, 200);
        const run& of = *runs_[place];
        const listing_page page =
            list_page(of.future, std::get<listing_request>(read), of.row_base, now_);
        std::vector<std::string> ids;
        for (const std::uint32_t job : page.jobs)
            ids.emplace_back(view(of.future.jobs()[job].id));
        REQUIRE_EQ(ids, expected.ids);
        REQUIRE_EQ(page.next.has_value(), expected.has_more);
        if (page.next) keep(*page.next, expected);
    }

    /// Members of a page are looked up in its text, since a parser would take most of the time.
    void check_wire(std::size_t place, const asking& asked, const answer& expected)
    {
        std::string target = paths_[place];
        for (const auto& [name, value] : asked.words)
            target +=
                (target.find('?') == target.npos ? "?" : "&") + name + "=" + percent_encoded(value);
        const reply got = ask("GET", target);
        REQUIRE_EQ(got.status, expected.status);
        if (got.status != 200) return;
        static const std::string key = R"("job_public_id":")";
        std::vector<std::string> ids;
        for (std::size_t at = 0; (at = got.body.find(key, at)) != got.body.npos; at += key.size())
            ids.push_back(got.body.substr(at + key.size(), 36));
        REQUIRE_EQ(ids, expected.ids);
        const std::string end = R"(","has_more":true})";
        REQUIRE_EQ(got.body.ends_with(end), expected.has_more);
        if (!expected.has_more) {
            REQUIRE(got.body.ends_with(R"(],"cursor_next":null,"has_more":false})"));
            return;
        }
        const std::size_t until = got.body.size() - end.size();
        const std::size_t from = got.body.rfind('"', until - 1) + 1;
        keep(got.body.substr(from, until - from), expected);
    }

    std::string told(std::size_t place, const asking& asked) const
    {
        std::string text = paths_[place] + " at " +
                           iso_milliseconds(std::chrono::floor<std::chrono::milliseconds>(now_));
        for (const auto& [name, value] : asked.words)
            text += " " + name + "=" + value;
        return text;
    }

    dice& random_;
    world_state state_;
    time_point now_;
    std::vector<const run*> runs_;
    std::vector<std::string> paths_;
    std::vector<std::vector<models::row>> tables_;
    std::vector<std::pair<std::string, models::place>> cursors_;
};

}  // namespace

TEST_SUITE("mock.models")
{
    TEST_CASE(
        "SRV-005: 100,000 random questions to the listing are answered as the naive model does"
    )
    {
        const std::uint64_t seed = models::test_seed();
        MESSAGE("SCRAPINGPROS_TEST_SEED=" << seed);
        CAPTURE(seed);
        dice random{seed};
        for (int i = 0; i < 200; ++i) {
            history told{random};
            for (int step = 0; step < 500; ++step)
                told.step();
        }
        MESSAGE(
            history::answered << " answered, " << history::refused << " refused, "
                              << history::continued << " with more to come"
        );
        CHECK_EQ(history::answered + history::refused, 100'000);
        // The questions reach what they are meant to reach.
        CHECK_GT(history::refused, 3'000);
        CHECK_GT(history::continued, 15'000);
    }
}
