#include "ledger_file.hpp"

#include "exit_code.hpp"

#ifdef SCRAPINGPROS_CLI_HAS_SQLITE

#include <scrapingpros/sqlite_ledger.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <memory>

#include "json_members.hpp"

namespace cli {
namespace {

namespace json = boost::json;
namespace sp = scrapingpros;

sp::sqlite_ledger open(const std::string& path, sp::ledger_access access, sp::durability outlive)
{
    sp::diagnostics why;
    auto made = sp::open_sqlite_ledger({path, access, outlive}, why);
    if (!made) throw bad_input(describe(made.error(), why));
    return *made;
}

sp::sqlite_ledger open_to_read(const std::string& path)
{
    return open(path, sp::ledger_access::read, sp::durability::process);
}

/// As `line_of`, without the body, and with what became of the job.
std::string line_of(const sp::ledger_job& job)
{
    const auto& row = job.outcome;
    json::object line;
    line["job_public_id"] = row.id.value;
    line["custom_id"] = or_null(row.custom_id);
    line["url"] = or_null(row.url);
    line["status"] = row.status;
    line["is_success"] = or_null(row.is_success);
    line["verdict"] = to_string(row.verdict);
    line["path"] = or_null(row.path);
    line["sha256"] = or_null(row.sha256);
    line["bytes"] = or_null(row.bytes);
    line["settlement"] = job.how ? json::value(to_string(*job.how)) : json::value(nullptr);
    if (job.cause) line["cause"] = to_string(*job.cause);
    if (row.message) line["message"] = *row.message;
    if (row.stop_reason) line["stop_reason"] = *row.stop_reason;
    return json::serialize(line);
}

std::string line_of(const sp::ledger_batch& batch)
{
    json::object line;
    line["batch"] = batch.name;
    line["stage"] = to_string(batch.stage);
    line["collection_id"] = batch.collection ? json::value(batch.collection->value) : nullptr;
    line["run_id"] = batch.run ? json::value(batch.run->value) : nullptr;
    line["submitted"] = batch.submitted;
    line["jobs"] = or_null(batch.total);
    add_counts(line, batch.counts);
    line["missing"] = batch.counts.missing;
    return json::serialize(line);
}

std::vector<sp::ledger_batch> batches_of(const std::string& path)
{
    sp::diagnostics why;
    const auto all = open_to_read(path).batches(why);
    if (!all) throw bad_input(describe(all.error(), why));
    return *all;
}

}  // namespace

open_checkpoint open_ledger(
    const std::string& path, const std::string& batch, sp::durability outlive
)
{
    auto store = open(path, sp::ledger_access::write, outlive).store(batch);
    auto loaded = store.load();
    if (!loaded) throw bad_input(describe(loaded.error(), store.details()));
    open_checkpoint out;
    out.store = store;
    out.there = std::move(*loaded);
    out.details = [store] { return store.details(); };
    out.note = [store](const sp::job_outcome& item, const auto& stored) mutable {
        auto row = sp::ledger_outcome_of(item);
        if (stored) {
            row.path = stored->path;
            row.sha256 = stored->sha256;
            row.bytes = stored->bytes;
        }
        store.record(std::move(row));
    };
    return out;
}

std::vector<std::string> lines_of_batches(const std::string& path, const std::string& only)
{
    std::vector<std::string> out;
    for (const auto& batch : batches_of(path))
        if (only.empty() || batch.name == only) out.push_back(line_of(batch));
    if (out.empty()) throw bad_input("there is no such batch in " + path);
    return out;
}

std::vector<std::string> names_of_batches(const std::string& path)
{
    std::vector<std::string> out;
    for (const auto& batch : batches_of(path))
        out.push_back(batch.name);
    if (out.empty()) throw bad_input("there is no batch in " + path);
    return out;
}

void list_jobs(
    const std::string& path,
    const std::string& batch,
    const std::function<bool(const std::string&)>& f
)
{
    sp::diagnostics why;
    const auto ec = open_to_read(path).for_each_job(
        batch, [&](const sp::ledger_job& job) { return f(line_of(job)); }, why
    );
    if (ec) throw bad_input(describe(ec, why));
}

}  // namespace cli

#else

namespace cli {
namespace {

failure no_sqlite()
{
    return bad_input("sqlite: this program was built without SQLite; name a file");
}

}  // namespace

open_checkpoint open_ledger(const std::string&, const std::string&, scrapingpros::durability)
{
    throw no_sqlite();
}

std::vector<std::string> lines_of_batches(const std::string&, const std::string&)
{
    throw no_sqlite();
}

std::vector<std::string> names_of_batches(const std::string&)
{
    throw no_sqlite();
}

void list_jobs(const std::string&, const std::string&, const std::function<bool(const std::string&)>&)
{
    throw no_sqlite();
}

}  // namespace cli

#endif
