#ifndef TESTS_UNIT_CLIENT_LEDGER_FOLDER_HPP
#define TESTS_UNIT_CLIENT_LEDGER_FOLDER_HPP

#include <scrapingpros/sqlite_ledger.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/client/checkpoint_folder.hpp"
#include "tests/unit/wire/checkpoint_sample.hpp"

namespace scrapingpros::tests {

inline sqlite_ledger open_ledger(sqlite_ledger_options options)
{
    diagnostics diag;
    auto opened = open_sqlite_ledger(std::move(options), diag);
    REQUIRE_MESSAGE(opened.has_value(), describe(opened.error(), diag));
    return *opened;
}

inline sqlite_ledger read_ledger(const std::string& path)
{
    return open_ledger({.path = path, .access = ledger_access::read});
}

/// What opening says.
struct refusal_to_open {
    error_code ec{};
    diagnostics diag{};
};
inline refusal_to_open try_to_open(sqlite_ledger_options options)
{
    refusal_to_open out;
    auto opened = open_sqlite_ledger(std::move(options), out.diag);
    if (!opened) out.ec = opened.error();
    return out;
}

inline std::vector<ledger_job> jobs_of(const sqlite_ledger& ledger, const std::string& name)
{
    std::vector<ledger_job> out;
    diagnostics diag;
    const auto ec = ledger.for_each_job(
        name,
        [&](const ledger_job& row) {
            out.push_back(row);
            return true;
        },
        diag
    );
    REQUIRE_MESSAGE(!ec, describe(ec, diag));
    return out;
}

inline std::vector<ledger_item> items_of(
    const sqlite_ledger& ledger, const std::string& name, ledger_items which = ledger_items::all
)
{
    std::vector<ledger_item> out;
    diagnostics diag;
    const auto ec = ledger.for_each_item(
        name,
        which,
        [&](const ledger_item& row) {
            out.push_back(row);
            return true;
        },
        diag
    );
    REQUIRE_MESSAGE(!ec, describe(ec, diag));
    return out;
}

/// What another program gets to see: the rows of a statement, columns joined by a bar, null as "-".
inline std::vector<std::string> ask(const std::string& path, const std::string& statement)
{
    sqlite3* database = nullptr;
    REQUIRE_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    std::vector<std::string> rows;
    const auto take = [](void* out, int columns, char** values, char**) {
        std::string row;
        for (int i = 0; i < columns; ++i)
            row += (i == 0 ? "" : "|") + std::string(values[i] ? values[i] : "-");
        static_cast<std::vector<std::string>*>(out)->push_back(row);
        return 0;
    };
    char* said = nullptr;
    sqlite3_exec(database, statement.c_str(), take, &rows, &said);
    const std::string error = said ? said : "";
    sqlite3_free(said);
    sqlite3_close(database);
    REQUIRE_MESSAGE(error.empty(), error);
    return rows;
}

/// An outcome with every member set.
inline ledger_outcome full_outcome(std::string id)
{
    using namespace std::chrono_literals;
    return {
        .id = {std::move(id)},
        .custom_id = "page 1",
        .url = "https://shop.example/1",
        .status = "completed",
        .is_success = false,
        .verdict = judgement::not_usable,
        .verdict_reason = "is_success",
        .status_code = 403,
        .message = "Forbidden",
        .stop_reason = "login",
        .completed_at = timestamp(1'780'272'000s + 5ms),
        .kind = body_kind::markdown,
        .path = "pages/1.md",
        .sha256 = std::string(64, 'a'),
        .bytes = 12};
}

/// A fixed seed, or the one of the environment to repeat a failure with.
inline unsigned first_ledger_seed()
{
    const char* seed = std::getenv("SCRAPINGPROS_FUZZ_SEED");
    return seed ? static_cast<unsigned>(std::strtoul(seed, nullptr, 10)) : 20'261'126u;
}

/// So many, or those of the environment for a long play.
inline unsigned rounds(unsigned usual)
{
    const char* more = std::getenv("SCRAPINGPROS_LEDGER_ROUNDS");
    return more ? static_cast<unsigned>(std::strtoul(more, nullptr, 10)) : usual;
}

}  // namespace scrapingpros::tests

#endif
