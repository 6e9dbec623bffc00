// What a ledger is asked: through the library, and by anybody who has sqlite3.
#include <scrapingpros/sqlite_ledger.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/client/ledger_folder.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

namespace {

/// A batch that was submitted and has its answer: of 8 items, 2 refused, 1 a duplicate.
checkpoint answered()
{
    checkpoint c{.stage = batch_stage::created, .name = "tours", .submitted = 8};
    c.created = creation{
        .id = {"c1"},
        .name = "tours",
        .duplicates_skipped = 1,
        .blocked_urls = {{1, "http://10.0.0.1/", block_reason::private_ip, "private_ip", "no"}},
        .invalid_items =
            {{2,
              "ftp://x",
              {{"url", "bad_scheme", "not http"}, {"custom_id", "string_too_long", ""}}}},
        .duplicate_urls = {"https://a.example/0"}};
    return c;
}

collection_draft eight_items()
{
    collection_draft draft{.name = "tours"};
    const auto add = [&](std::string url, std::optional<std::string> custom_id) {
        draft.requests.push_back(scrape_request{
            .url = std::move(url), .custom_id = std::move(custom_id), .browser = true});
    };
    add("https://a.example/0", "zero");
    add("http://10.0.0.1/", "one");
    add("ftp://x", "two");
    add("https://a.example/3", {});
    add("https://a.example/4", "four");
    add("https://a.example/" + std::string(3'000, '5'), "five");
    draft.requests.push_back(raw_item{R"({"custom_id":"six", "url":"https://a.example/6"})"});
    draft.requests.push_back(raw_item{R"({"url": 7})"});
    return draft;
}

/// Submitted, answered, running: as a batch stores it.
void store_eight(sqlite_checkpoint_store store)
{
    checkpoint c{.stage = batch_stage::creating, .name = "tours", .submitted = 8};
    c.draft = eight_items();
    REQUIRE_FALSE(store.save(c));
    c = answered();
    c.stage = batch_stage::running;
    c.target = run_ref{{"c1"}, {"r1"}};
    c.total = 5;
    REQUIRE_FALSE(store.save(c));
}

void settle(sqlite_checkpoint_store store, ledger_outcome row, settlement how)
{
    const job_id id = row.id;
    store.record(std::move(row));
    REQUIRE_FALSE(store.append({.id = id, .how = how}));
}

std::vector<std::uint64_t> places(const std::vector<ledger_item>& items)
{
    std::vector<std::uint64_t> out;
    for (const auto& item : items)
        out.push_back(item.index);
    return out;
}

std::vector<ledger_rejection> rejections_of(const sqlite_ledger& ledger, const std::string& name)
{
    std::vector<ledger_rejection> out;
    diagnostics diag;
    REQUIRE_FALSE(ledger.for_each_rejection(
        name,
        [&](const ledger_rejection& row) {
            out.push_back(row);
            return true;
        },
        diag
    ));
    return out;
}

}  // namespace

TEST_SUITE("sqlite_ledger_queries")
{
    TEST_CASE("a batch is told as far as it is known")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("nightly");
        diagnostics diag;
        const auto batch = [&] { return ledger.batch("nightly", diag).value().value(); };

        REQUIRE_FALSE(store.save({.name = "tours", .draft = eight_items(), .submitted = 8}));
        auto row = batch();
        CHECK_GT(row.created_at, timestamp(std::chrono::years(50)));
        CHECK(row.updated_at == row.created_at);
        CHECK(
            row ==
            ledger_batch{
                .name = "nightly",
                .collection_name = "tours",
                .submitted = 8,
                .created_at = row.created_at,
                .updated_at = row.created_at}
        );

        REQUIRE_FALSE(store.save(answered()));
        row = batch();
        CHECK(row.stage == batch_stage::created);
        CHECK(row.collection == collection_id{"c1"});
        CHECK_FALSE(row.run.has_value());
        CHECK(row.refusals_known);
        CHECK_EQ(row.queued, 5);
        CHECK_EQ(row.blocked, 1);
        CHECK_EQ(row.invalid, 1);
        CHECK_EQ(row.duplicates, 1);

        store_eight(store);
        settle(store, full_outcome("j1"), settlement::not_usable);
        row = batch();
        CHECK(row.stage == batch_stage::running);
        CHECK(row.run == run_id{"r1"});
        CHECK(row.total == 5u);
        CHECK_EQ(row.counts.not_usable, 1);
        CHECK_GE(row.updated_at, row.created_at);
        CHECK_EQ(ledger.batches(diag).value(), std::vector<ledger_batch>{row});
        CHECK_EQ(diag, diagnostics{});
    }

    TEST_CASE("a batch that attached to a run has a target, and no answer to create")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        REQUIRE_FALSE(ledger.store("n").save(
            {.stage = batch_stage::running, .target = run_ref{{"c9"}, {"r9"}}}
        ));
        diagnostics diag;
        const auto row = ledger.batch("n", diag).value().value();
        CHECK(row.collection == collection_id{"c9"});
        CHECK(row.run == run_id{"r9"});
        CHECK_FALSE(row.refusals_known);
        CHECK(items_of(ledger, "n").empty());
        CHECK(items_of(ledger, "n", ledger_items::remaining).empty());
    }

    TEST_CASE("who was refused, and why")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        store_eight(ledger.store("n"));
        CHECK_EQ(
            rejections_of(ledger, "n"),
            std::vector<ledger_rejection>{
                {rejection::blocked, 1, "http://10.0.0.1/", "one", "", "private_ip", "no"},
                {rejection::invalid, 2, "ftp://x", "two", "url", "bad_scheme", "not http"},
                {rejection::invalid, 2, "ftp://x", "two", "custom_id", "string_too_long", ""},
                {rejection::duplicate, {}, "https://a.example/0", {}, "", "", ""}}
        );
    }

    TEST_CASE("an old server tells less, and what it tells is kept")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        checkpoint c{.stage = batch_stage::created, .submitted = 9};
        c.created = creation{
            .id = {"c1"},
            .duplicates_skipped = 2,
            .blocked_urls = {{{}, "http://x", block_reason::other, "of tomorrow", {}}},
            .invalid_items = {{}}};
        REQUIRE_FALSE(ledger.store("n").save(c));
        CHECK_EQ(
            rejections_of(ledger, "n"),
            std::vector<ledger_rejection>{
                {rejection::blocked, {}, "http://x", {}, "", "of tomorrow", ""},
                {.kind = rejection::invalid},
                {.kind = rejection::duplicate},
                {.kind = rejection::duplicate}}
        );
    }

    TEST_CASE("items keep url and custom_id, and the request only where that is asked for")
    {
        for (const bool keep : {false, true}) {
            CAPTURE(keep);
            temporary_folder folder;
            const auto ledger = open_ledger({.path = folder / "night.db", .keep_requests = keep});
            auto store = ledger.store("n");
            REQUIRE_FALSE(store.save({.name = "tours", .draft = eight_items(), .submitted = 8}));
            const auto before = items_of(ledger, "n");
            REQUIRE_EQ(before.size(), 8);
            CHECK_EQ(before[0].url, "https://a.example/0");
            CHECK_EQ(before[0].custom_id, "zero");
            CHECK_FALSE(before[3].custom_id.has_value());
            CHECK_EQ(before[6].custom_id, "six");
            CHECK_EQ(before[6].request_json, R"({"custom_id":"six", "url":"https://a.example/6"})");
            CHECK_FALSE(before[7].url.has_value());

            store_eight(store);
            const auto after = items_of(ledger, "n");
            REQUIRE_EQ(after.size(), 8);
            CHECK_EQ(after[0].url, "https://a.example/0");
            for (std::size_t i = 0; i < 8; ++i)
                CHECK(
                    after[i].request_json ==
                    (keep ? before[i].request_json : std::optional<std::string>())
                );
        }
    }

    TEST_CASE("what failed can be submitted again, and what was not settled is told")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        {
            const auto ledger = open_ledger({.path = file, .keep_requests = true});
            auto store = ledger.store("n");
            store_eight(store);
            store_eight(ledger.store("another"));  // must not count
            CHECK_EQ(
                places(items_of(ledger, "n", ledger_items::remaining)),
                std::vector<std::uint64_t>{0, 3, 4, 5, 6, 7}
            );
            CHECK(items_of(ledger, "n", ledger_items::failed).empty());

            settle(
                store,
                {.id = {"j0"}, .custom_id = "zero", .url = "https://a.example/0"},
                settlement::failed
            );
            settle(store, {.id = {"j3"}, .url = "https://a.example/3"}, settlement::usable);
            // Its row lost the URL, and is known by its custom_id alone.
            settle(store, {.id = {"j4"}, .custom_id = "four"}, settlement::not_usable);
            const auto long_url = "https://a.example/" + std::string(3'000, '5');
            settle(
                store,
                {.id = {"j5"}, .custom_id = "five", .url = long_url.substr(0, 2048)},
                settlement::timed_out
            );
            settle(
                store,
                {.id = {"j6"},
                 .custom_id = "six",
                 .url = "https://a.example/6",
                 .stop_reason = "needs a login"},
                settlement::not_usable
            );
        }
        const auto ledger = read_ledger(file);
        const auto failed = items_of(ledger, "n", ledger_items::failed);
        CHECK_EQ(places(failed), std::vector<std::uint64_t>{0, 4, 5});
        CHECK_EQ(
            places(items_of(ledger, "n", ledger_items::remaining)), std::vector<std::uint64_t>{7}
        );
        CHECK_EQ(
            failed[0].request_json,
            R"({"url":"https://a.example/0","custom_id":"zero","browser":true})"
        );

        CHECK_EQ(
            ask(file, "SELECT batch, job_public_id, settlement FROM failed"),
            std::vector<std::string>{
                "n|j0|failed", "n|j4|not_usable", "n|j5|timed_out", "n|j6|not_usable"}
        );
        CHECK_EQ(
            ask(file, "SELECT batch, position, url, custom_id FROM remaining WHERE batch = 'n'"),
            std::vector<std::string>{"n|7|-|-"}
        );
        CHECK_EQ(
            ask(file, "SELECT count(*) FROM remaining WHERE batch = 'another'"),
            std::vector<std::string>{"6"}
        );
    }

    TEST_CASE("a job that cannot be had is a row with its cause")
    {
        using namespace std::chrono_literals;
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("n");
        REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
        const shortfall lost{
            {"j1"}, shortfall_cause::lost, "u", "cid", timestamp(1s), errc::result_lost};
        REQUIRE_FALSE(store.append({{"j1"}, settlement::missing, {}, lost}));
        const auto rows = jobs_of(ledger, "n");
        REQUIRE_EQ(rows.size(), 1);
        CHECK(rows[0].how == settlement::missing);
        CHECK(rows[0].cause == shortfall_cause::lost);
        CHECK(
            rows[0].outcome ==
            ledger_outcome{
                .id = {"j1"}, .custom_id = "cid", .url = "u", .completed_at = timestamp(1s)}
        );
    }

    TEST_CASE("a checkpoint that began elsewhere brings its jobs along")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        REQUIRE_FALSE(ledger.store("n").save(full_checkpoint()));
        const auto rows = jobs_of(ledger, "n");
        REQUIRE_EQ(rows.size(), 3);
        for (const auto& row : rows)
            CHECK_FALSE(row.how.has_value());
    }

    TEST_CASE("any bytes go in and come out, and none of them is taken for SQL")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const std::vector<std::string> texts{
            "",
            "'",
            "'); DELETE FROM jobs; --",
            "\"?1\"",
            std::string("a\0b", 3),
            std::string(1, '\0'),
            "\xff\xfe\x80",
            "\xed\xa0\x80 a lone surrogate",
            std::string(1 << 20, '\n'),
            "123",
            "1e999"};
        std::vector<ledger_outcome> expected;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto& text = texts[i];
            auto row = full_outcome(text + std::to_string(i));
            row.custom_id = row.url = row.message = row.stop_reason = row.path = row.sha256 = text;
            row.status = row.verdict_reason = text;
            row.status_code = -1;
            row.bytes = i;
            expected.push_back(row);
        }
        {
            auto store = open_ledger({.path = file}).store("n");
            REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
            for (const auto& row : expected)
                settle(store, row, settlement::usable);
            CHECK_EQ(store.load().value()->settled.size(), texts.size());
        }
        const auto rows = jobs_of(read_ledger(file), "n");
        REQUIRE_EQ(rows.size(), texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i)
            CHECK((rows[i].outcome == expected[i]));
    }

    TEST_CASE("numbers beyond those of SQLite become the largest that it has")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("n");
        checkpoint c{.stage = batch_stage::running, .submitted = ~std::uint64_t(0)};
        c.total = c.submitted;
        REQUIRE_FALSE(store.save(c));
        CHECK(store.load().value() == c);
        diagnostics diag;
        const auto largest = ~std::uint64_t(0) >> 1;
        CHECK_EQ(ledger.batch("n", diag).value()->submitted, largest);
        CHECK(ledger.batch("n", diag).value()->total == largest);
        settle(store, {.id = {"j"}, .bytes = ~std::uint64_t(0)}, settlement::usable);
        CHECK(jobs_of(ledger, "n").at(0).outcome.bytes == largest);
    }

    TEST_CASE("what somebody else wrote into a table is read as far as it goes")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        {
            auto store = open_ledger({.path = file}).store("n");
            REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
            settle(store, full_outcome("j1"), settlement::usable);
        }
        ask(file,
            "UPDATE jobs SET settlement = 'of tomorrow', verdict = 5, http_status = 'x', bytes = "
            "-1, "
            "completed_at = 'yesterday', is_success = 7, path = x'00ff'");
        const auto row = jobs_of(read_ledger(file), "n").at(0);
        CHECK_FALSE(row.how.has_value());
        CHECK(row.outcome.verdict == judgement::unknown);
        CHECK(row.outcome.status_code == 0);
        CHECK(row.outcome.bytes == 0u);
        CHECK(row.outcome.is_success == true);
        CHECK_FALSE(row.outcome.completed_at.has_value());
        CHECK(row.outcome.path == std::string("\0\xff", 2));

        ask(file, "UPDATE batches SET stage = 'dreaming'");
        const auto ledger = read_ledger(file);
        diagnostics diag;
        CHECK(ledger.batches(diag).error() == errc::checkpoint_unreadable);
        CHECK(ledger.batch("n", diag).error() == errc::checkpoint_unreadable);
        CHECK_EQ(diag.place, file);
    }

    TEST_CASE("asking for a batch that is not there is an error that names it")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        diagnostics diag;
        const auto ec = ledger.for_each_job(
            "n", [](const ledger_job&) { return true; }, diag
        );
        CHECK(ec == errc::checkpoint_missing);
        CHECK_EQ(diag.place, folder / "night.db");
        CHECK_EQ(diag.client_text, "there is no batch n");
    }

    TEST_CASE("a reader may stop, throw, ask again and write in the middle of the rows")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("n");
        REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
        for (int i = 0; i < 5; ++i)
            settle(store, full_outcome(std::to_string(i)), settlement::usable);
        diagnostics diag;
        int seen = 0;
        CHECK_FALSE(ledger.for_each_job(
            "n", [&](const ledger_job&) { return ++seen < 2; }, diag
        ));
        CHECK_EQ(seen, 2);
        const auto throws = [](const ledger_job&) -> bool { throw std::runtime_error("enough"); };
        CHECK_THROWS_AS(
            static_cast<void>(ledger.for_each_job("n", throws, diag)), std::runtime_error
        );
        std::size_t inner = 0;
        const auto nested = [&](const ledger_job& row) {
            inner += jobs_of(ledger, "n").size();
            if (row.outcome.id.value == "2") REQUIRE_FALSE(store.append(step_of("of the middle")));
            if (row.outcome.id.value == "3") REQUIRE_FALSE(store.save(*store.load().value()));
            return true;
        };
        CHECK_FALSE(ledger.for_each_job("n", nested, diag));
        CHECK_GE(inner, 25);
        CHECK_EQ(jobs_of(ledger, "n").size(), 6);
    }

    TEST_CASE("the tables are those that the header promises")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        open_ledger({.path = file});
        const auto columns = [&](const std::string& table) {
            return ask(
                file, "SELECT group_concat(name, ' ') FROM pragma_table_info('" + table + "')"
            );
        };
        using texts = std::vector<std::string>;
        CHECK_EQ(
            columns("batches"),
            texts{"id name stage collection_name collection_id run_id submitted queued blocked "
                  "invalid duplicates total usable not_usable undecided failed timed_out filtered "
                  "missing created_at updated_at"}
        );
        CHECK_EQ(columns("items"), texts{"batch position url custom_id request"});
        CHECK_EQ(columns("rejected"), texts{"batch number kind position url field reason message"});
        CHECK_EQ(
            columns("jobs"),
            texts{"number batch job_public_id settlement cause custom_id url status is_success "
                  "verdict verdict_reason http_status message stop_reason completed_at body_kind "
                  "path sha256 bytes acknowledged_at step"}
        );
        CHECK_EQ(columns("checkpoints"), texts{"batch name text"});
        CHECK_EQ(columns("remaining"), texts{"batch position url custom_id"});
        CHECK_EQ(
            columns("failed"),
            texts{"batch number job_public_id custom_id url settlement cause status is_success "
                  "verdict verdict_reason http_status message stop_reason completed_at "
                  "acknowledged_at"}
        );
        CHECK_EQ(ask(file, "PRAGMA user_version"), texts{"1"});
        CHECK_EQ(ask(file, "PRAGMA application_id"), texts{"1397771335"});
        CHECK_EQ(ask(file, "PRAGMA journal_mode"), texts{"wal"});
    }

    TEST_CASE("a row as sqlite3 shows it")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        {
            auto store = open_ledger({.path = file}).store("n");
            REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
            settle(store, full_outcome("j1"), settlement::not_usable);
            REQUIRE_FALSE(store.append(step_of("j2")));
        }
        const std::string columns =
            "SELECT job_public_id, settlement, cause, custom_id, url, status, is_success, verdict, "
            "verdict_reason, http_status, message, stop_reason, completed_at, body_kind, path, "
            "sha256, bytes FROM jobs ORDER BY number";
        CHECK_EQ(
            ask(file, columns),
            std::vector<std::string>{
                "j1|not_usable|-|page 1|https://shop.example/1|completed|0|not_usable|is_success|"
                "403|Forbidden|login|2026-06-01T00:00:00.005Z|markdown|pages/1.md|" +
                    std::string(64, 'a') + "|12",
                "j2|usable|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-"}
        );
        CHECK_EQ(
            ask(file, "SELECT count(*) FROM jobs WHERE datetime(acknowledged_at) IS NULL"),
            std::vector<std::string>{"0"}
        );
        CHECK_EQ(
            ask(file, "SELECT usable, not_usable FROM batches"), std::vector<std::string>{"1|1"}
        );
    }

    TEST_CASE("who deletes a batch by its name has deleted it")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        {
            const auto ledger = open_ledger({.path = file});
            for (const char* name : {"n", "m"}) {
                store_eight(ledger.store(name));
                settle(ledger.store(name), full_outcome("j1"), settlement::usable);
            }
        }
        ask(file, "PRAGMA foreign_keys = ON; DELETE FROM batches WHERE name = 'n'");
        const auto ledger = open_ledger({.path = file});
        CHECK_FALSE(ledger.store("n").load().value().has_value());
        CHECK_EQ(ledger.store("m").load().value()->settled.size(), 1);
        CHECK_EQ(
            ask(file,
                "SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM items), "
                "(SELECT count(*) FROM rejected), (SELECT count(*) FROM checkpoints)"),
            std::vector<std::string>{"1|8|4|1"}
        );
    }
}
