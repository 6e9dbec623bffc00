#include "runs/polling_workload.hpp"

#include <array>
#include <fstream>
#include <utility>

#include "json_out.hpp"
#include "runs/workload_recipe.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::string_view format_name = "scrapingpros-polling-workload/1";
constexpr std::array<std::string_view, 3> end_words{"completed", "failed", "cancelled"};
constexpr std::array<run_status, 3> end_statuses{
    run_status::completed, run_status::failed, run_status::cancelled};
constexpr std::int64_t largest_body = 1ll << 30;
constexpr std::uintmax_t largest_file = 256u << 20;

/// Reads one job; `which` is its place. Elements are wrapped one by one, and only those that are
/// there: a large file has hundreds of thousands.
polling_job read_job(const json::value& value, std::size_t which)
{
    const auto in = [&](const json::value& part) {
        return value_in{part, "$.jobs[" + std::to_string(which) + "]"};
    };
    if (!value.is_array() || value.get_array().empty())
        in(value).fail("is no job", "[completed_s, kind, body_bytes, delay_s]");
    const json::array& parts = value.get_array();
    polling_job made;
    made.completed = in(parts[0]).decimal_seconds();
    if (parts.size() > 1) made.kind = static_cast<polling_job::kinds>(in(parts[1]).integer(0, 3));
    if (parts.size() > 2)
        made.body_bytes = static_cast<std::uint32_t>(in(parts[2]).integer(0, largest_body));
    if (parts.size() > 3) made.delay = in(parts[3]).decimal_seconds();
    return made;
}

void read_jobs(const value_in& in, polling_workload& into)
{
    if (!in.is_array()) in.fail("is no array");
    const json::array& jobs = in.raw().get_array();
    if (jobs.size() > static_cast<std::size_t>(most_workload_jobs)) in.fail("has too many jobs");
    into.jobs.reserve(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        into.jobs.push_back(read_job(jobs[i], i));
        if (i > 0 && into.jobs[i].completed < into.jobs[i - 1].completed)
            in.element(i).fail("ends before the job before it", "sort the jobs by completed_s");
    }
}

void read_visibility(const value_in& in, polling_workload& into)
{
    static constexpr duration longest = std::chrono::hours{24};
    object_in object{in};
    if (const auto found = object.find("flush_period"))
        into.flush_period = found->decimal_seconds(longest);
    if (const auto found = object.find("flush_phase"))
        into.flush_phase = found->decimal_seconds(longest);
    if (const auto found = object.find("flush_drift"))
        into.flush_drift = found->decimal_seconds(longest);
    object.read("drain_at_end", into.drain_at_end);
}

void read_end(object_in& in, polling_workload& into)
{
    const duration last = into.jobs.empty() ? duration{0} : into.jobs.back().completed;
    const auto end = in.find("end");
    if (!end) {
        into.end_at = std::max(into.end_at, last);
        return;
    }
    object_in object{*end};
    into.ends = end_statuses[object.need("status").word(end_words)];
    if (const auto at = object.find("at")) {
        into.end_at = at->decimal_seconds();
        if (into.end_at < last) at->fail("lies before the last job's completion");
    } else {
        into.end_at = std::max(into.end_at, last);
    }
    if (into.ends == run_status::completed && into.total > into.jobs.size())
        end->fail("cannot be completed: 'total' exceeds the jobs that complete");
}

std::string plain(duration time)
{
    return decimal_seconds(time);
}

}  // namespace

polling_workload read_workload(std::string_view text)
{
    const json::value parsed = parse_json(text);
    object_in in{value_in{parsed}};
    if (in.need("format").text() != format_name)
        in.need("format").fail("is unknown", "\"" + std::string(format_name) + "\"");
    polling_workload made;
    in.read("name", made.name);
    in.read("note", made.note);
    if (const auto seed = in.find("seed")) made.seed = seed->unsigned_number();
    if (const auto found = in.find("visibility")) read_visibility(*found, made);
    const auto jobs = in.find("jobs");
    const auto generate = in.find("generate");
    if (jobs && generate) generate->fail("stands beside 'jobs'", "one of the two");
    if (generate) {
        made.total = static_cast<std::uint64_t>(in.need("total").integer(0, most_workload_jobs));
        generate_jobs(made, read_recipe(*generate));
    } else {
        read_jobs(in.need("jobs"), made);
        made.total = made.jobs.size();
        in.read(
            "total", made.total, static_cast<std::int64_t>(made.jobs.size()), most_workload_jobs
        );
    }
    read_end(in, made);
    return made;
}

polling_workload load_workload(const std::filesystem::path& file)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    const std::string name = file.filename().string();
    if (error) throw bad_scenario{name, "cannot be read"};
    if (size > largest_file) throw bad_scenario{name, "is too large", "at most 256 MiB"};
    std::ifstream in{file, std::ios::binary};
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size)))
        throw bad_scenario{name, "cannot be read"};
    try {
        return read_workload(text);
    } catch (const bad_scenario& bad) {
        throw bad_scenario{name + ": " + bad.path, bad.message, bad.hint};
    }
}

std::string write_workload(const polling_workload& from)
{
    json_writer out;
    out.begin_object().member("format", format_name).member("name", from.name);
    out.member("seed", from.seed);
    if (!from.note.empty()) out.member("note", from.note);
    out.member("total", from.total).key("end").begin_object();
    out.member("status", name_of(from.ends)).raw_member("at", plain(from.end_at)).end_object();
    out.key("visibility").begin_object().raw_member("flush_period", plain(from.flush_period));
    out.raw_member("flush_phase", plain(from.flush_phase));
    out.raw_member("flush_drift", plain(from.flush_drift));
    out.member("drain_at_end", from.drain_at_end).end_object().key("jobs");
    std::string jobs = "[";
    for (const polling_job& each : from.jobs) {
        jobs += jobs.size() == 1 ? "\n[" : ",\n[";
        jobs += plain(each.completed) + "," + std::to_string(static_cast<int>(each.kind));
        if (each.body_bytes > 0 || each.delay > duration{0})
            jobs += "," + std::to_string(each.body_bytes);
        if (each.delay > duration{0}) jobs += "," + plain(each.delay);
        jobs += "]";
    }
    return out.raw(jobs + "]").end_object().take() + "\n";
}

std::string hash_of(const polling_workload& from)
{
    polling_workload bare = from;
    bare.name.clear();
    bare.note.clear();
    bare.seed = 0;
    return hex(sha256(write_workload(bare)));
}

}  // namespace scrapingpros_mock
