#include "scenario/har_import.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "json_out.hpp"
#include "runs/polling_workload.hpp"
#include "scenario/scenario_json.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::size_t largest_archive = 256u << 20;
constexpr std::size_t most_entries = 100'000;
constexpr std::size_t most_header_names = 100;

/// What may be stored of a reply's head; everything else is dropped.
constexpr std::array<std::string_view, 2> kept_headers{"retry-after", "content-type"};

std::string lower(std::string_view text)
{
    std::string out;
    for (const char c : text.substr(0, 64)) {
        const bool upper = c >= 'A' && c <= 'Z';
        out += c < ' ' || c > '~' ? '?' : static_cast<char>(upper ? c + ('a' - 'A') : c);
    }
    return out;
}

/// An address of the Collections API: its operation and the run that it names.
struct address {
    std::string operation;
    std::string run;
};

std::optional<address> address_of(std::string_view method, std::string_view url)
{
    static constexpr std::string_view root = "/v1/async/collections";
    const std::size_t at = url.find(root);
    if (at == url.npos) return std::nullopt;
    std::string_view path = url.substr(at + root.size());
    path = path.substr(0, path.find_first_of("?#"));
    while (path.ends_with('/'))
        path.remove_suffix(1);
    std::vector<std::string_view> steps;
    if (!path.empty()) steps = split(path.substr(1), '/');
    const bool get = method == "GET";
    const bool post = method == "POST";
    if (steps.empty()) return address{get ? "list_collections" : "create", ""};
    if (steps.size() == 1 && get) return address{"get_collection", ""};
    if (steps.size() == 2 && steps[1] == "run" && post) return address{"start_run", ""};
    if (steps.size() == 2 && steps[1] == "runs" && get) return address{"list_runs", ""};
    if (steps.size() < 3 || steps[1] != "runs" || !get) return std::nullopt;
    const std::string run{steps[2]};
    if (steps.size() == 3) return address{"get_run", run};
    if (steps.size() == 4 && steps[3] == "jobs") return address{"list_jobs", run};
    if (steps.size() == 6 && steps[3] == "jobs" && steps[5] == "result")
        return address{"get_result", run};
    return std::nullopt;
}

const json::value* member(const json::value& of, std::string_view name)
{
    if (!of.is_object()) return nullptr;
    return of.get_object().if_contains(json::string_view(name.data(), name.size()));
}

std::string text_member(const json::value& of, std::string_view name)
{
    const json::value* found = member(of, name);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

/// Unix seconds as a number, or ISO 8601.
std::optional<time_point> instant_member(const json::value& of, std::string_view name)
{
    const json::value* found = member(of, name);
    if (found == nullptr) return std::nullopt;
    if (found->is_string()) return parse_iso(text_member(of, name));
    if (!found->is_number()) return std::nullopt;
    try {
        return time_point{value_in{*found}.decimal_seconds(std::chrono::days{365 * 200})};
    } catch (const bad_scenario&) {
        return std::nullopt;
    }
}

class importer {
public:
    har_import read(std::string_view text)
    {
        if (text.size() > largest_archive) throw bad_scenario{"$", "is too large", "256 MiB"};
        const json::value whole = parse_json(text);
        object_in archive{value_in{whole}};
        object_in log{archive.need("log")};
        const value_in entries = log.need("entries");
        if (!entries.is_array()) entries.fail("is no array");
        if (entries.raw().get_array().size() > most_entries) entries.fail("has too many elements");
        for (const value_in& each : entries.elements())
            read_entry(each);
        return finish();
    }

private:
    struct seen_job {
        duration completed{0};
        polling_job::kinds kind = polling_job::kinds::ok;
        std::uint32_t bytes = 0;
    };
    struct seen_run {
        std::optional<time_point> created;
        std::optional<duration> turned;  ///< when its end was seen first
        run_status ends = run_status::completed;
        std::uint64_t total = 0;
        std::map<std::string, seen_job> jobs;
    };

    void read_entry(const value_in& in)
    {
        ++entries_;
        object_in entry{in};
        object_in request{entry.need("request")};
        object_in response{entry.need("response")};
        const std::int64_t status = response.need("status").integer(-1, 999);
        const time_point at = entry.need("startedDateTime").instant();
        count_headers(request);
        const std::string wait = count_headers(response);
        const auto where = address_of(request.need("method").text(), request.need("url").text());
        if (!where) {
            ++foreign_;
            return;
        }
        const std::uint64_t nth = ++calls_[where->operation];
        if (status < 200 || status > 299) {
            read_failure(where->operation, nth, status, wait);
            return;
        }
        const auto body = body_of(response);
        if (!body) {
            ++unreadable_;
            return;
        }
        ++bodies_;
        if (where->operation == "start_run" || where->operation == "get_run") read_run(*body, at);
        if (where->operation == "list_runs")
            if (const json::value* items = member(*body, "items"); items && items->is_array())
                for (const json::value& each : items->get_array())
                    read_run(each, at);
        if (where->operation == "list_jobs") read_rows(where->run, *body);
    }

    /// Counts what is dropped and returns the wait that the reply asks for.
    std::string count_headers(object_in& in)
    {
        std::string wait;
        const auto headers = in.find("headers");
        if (!headers) return wait;
        for (const value_in& each : headers->elements()) {
            object_in header{each};
            const std::string name = lower(header.need("name").text());
            const bool known =
                std::find(kept_headers.begin(), kept_headers.end(), name) != kept_headers.end();
            if (name == "retry-after") wait = header.need("value").text();
            if (known) continue;
            if (dropped_.size() < most_header_names || dropped_.contains(name))
                ++dropped_[name];
            else
                ++dropped_["(others)"];
        }
        return wait;
    }

    void read_failure(
        const std::string& operation,
        std::uint64_t nth,
        std::int64_t status,
        const std::string& wait
    )
    {
        json_writer out;
        out.begin_object().member("operation", operation).member("nth", nth);
        out.key("effect").begin_object();
        if (status < 100) {
            out.member("kind", "lose_reply");
        } else if (status == 429) {
            out.member("kind", "throttle");
            // Only a number of seconds: a date would belong to another time.
            if (number_in<std::uint32_t>(wait)) out.member("retry_after", wait);
        } else if (status >= 500 && status < 600) {
            out.member("kind", "status").member("code", status);
        } else {
            ++refusals_;
            return;
        }
        faults_.push_back(out.end_object().end_object().take());
    }

    static std::optional<json::value> body_of(object_in& response)
    {
        const auto content = response.find("content");
        if (!content || !content->is_object()) return std::nullopt;
        std::string text = text_member(content->raw(), "text");
        if (text_member(content->raw(), "encoding") == "base64") {
            auto decoded = from_base64(text);
            if (!decoded) return std::nullopt;
            text = *std::move(decoded);
        }
        boost::system::error_code error;
        json::value body = json::parse(text, error);
        if (error) return std::nullopt;
        return body;
    }

    void read_run(const json::value& body, time_point seen_at)
    {
        std::string id = text_member(body, "id");
        if (id.empty()) id = text_member(body, "run_id");
        if (id.empty()) return;
        if (!runs_.contains(id)) order_.push_back(id);
        seen_run& run = runs_[id];
        if (const auto created = instant_member(body, "created_at")) run.created = created;
        if (const json::value* total = member(body, "total_requests"); total && total->is_int64())
            run.total = static_cast<std::uint64_t>(
                std::clamp<std::int64_t>(total->get_int64(), 0, most_workload_jobs)
            );
        const std::string status = text_member(body, "status");
        for (const run_status each :
             {run_status::completed, run_status::failed, run_status::cancelled}) {
            if (status != name_of(each) || run.turned || !run.created) continue;
            run.ends = each;
            run.turned = std::max(duration{0}, seen_at - *run.created);
        }
    }

    void read_rows(const std::string& run_id, const json::value& body)
    {
        const json::value* items = member(body, "items");
        if (items == nullptr || !items->is_array()) return;
        if (!runs_.contains(run_id)) order_.push_back(run_id);
        seen_run& run = runs_[run_id];
        for (const json::value& row : items->get_array()) {
            const std::string id = text_member(row, "job_public_id");
            const std::string status = text_member(row, "status");
            const auto completed = instant_member(row, "completed_at");
            if (id.empty() || status == "processing" || !completed || !run.created) {
                ++rows_left_out_;
                continue;
            }
            seen_job& job = run.jobs[id];
            job.completed =
                std::clamp<duration>(*completed - *run.created, duration{0}, std::chrono::days{90});
            if (status == "failed") job.kind = polling_job::kinds::failed;
            if (status == "timeout") job.kind = polling_job::kinds::timed_out;
            const json::value* result = member(row, "result");
            if (status != "completed" || result == nullptr) continue;
            if (result->is_null()) job.kind = polling_job::kinds::no_inline_body;
            const std::size_t bytes = std::max(
                text_member(*result, "html").size(), text_member(*result, "markdown").size()
            );
            if (bytes > 0) job.bytes = static_cast<std::uint32_t>(bytes);
        }
    }

    har_import finish()
    {
        har_import made;
        json_writer out;
        out.begin_object().member("format", "scrapingpros-scenario/1").member("name", "imported");
        out.key("runs").begin_array();
        std::uint64_t nth = 0;
        for (const std::string& id : order_) {
            const std::string file = "run-" + std::to_string(++nth) + ".json";
            polling_workload workload = workload_of(runs_[id], file);
            jobs_ += workload.jobs.size();
            out.begin_object().key("match").begin_object().member("nth", nth).end_object();
            out.member("workload", file).end_object();
            made.workloads.push_back({file, write_workload(workload)});
        }
        out.end_array().key("faults").begin_array();
        for (const std::string& each : faults_)
            out.raw(each);
        made.scenario = out.end_array().end_object().take() + "\n";
        made.report = report();
        return made;
    }

    polling_workload workload_of(const seen_run& from, std::string name)
    {
        polling_workload made;
        made.name = std::move(name);
        made.note = "imported from recorded traffic";
        for (const auto& [id, job] : from.jobs)
            made.jobs.push_back({job.completed, job.kind, job.bytes, duration{0}});
        // Equal times keep no trace of the ids' order.
        std::sort(made.jobs.begin(), made.jobs.end(), [](const auto& a, const auto& b) {
            return std::tuple{a.completed, a.kind, a.body_bytes} <
                   std::tuple{b.completed, b.kind, b.body_bytes};
        });
        const duration last = made.jobs.empty() ? duration{0} : made.jobs.back().completed;
        made.ends = from.ends;
        made.end_at = std::max(from.turned.value_or(last), last);
        made.total = std::max<std::uint64_t>(from.total, made.jobs.size());
        if (made.ends == run_status::completed && made.total > made.jobs.size()) {
            unseen_jobs_ += made.total - made.jobs.size();
            made.total = made.jobs.size();
        }
        return made;
    }

    std::string report() const
    {
        json_writer out;
        out.begin_object().member("entries", entries_).member("not_of_this_api", foreign_);
        out.member("bodies_read_and_dropped", bodies_).member("bodies_unreadable", unreadable_);
        out.member("runs", order_.size()).member("jobs", jobs_);
        out.member("faults", faults_.size()).member("refusals_left_out", refusals_);
        out.member("rows_left_out", rows_left_out_).member("jobs_never_listed", unseen_jobs_);
        out.key("headers_dropped").begin_object();
        for (const auto& [name, count] : dropped_)
            out.member(name, count);
        return out.end_object().end_object().take() + "\n";
    }

    std::map<std::string, seen_run> runs_;
    std::vector<std::string> order_;
    std::map<std::string, std::uint64_t> calls_;
    std::map<std::string, std::uint64_t> dropped_;
    std::vector<std::string> faults_;
    std::uint64_t entries_ = 0;
    std::uint64_t foreign_ = 0;
    std::uint64_t bodies_ = 0;
    std::uint64_t unreadable_ = 0;
    std::uint64_t refusals_ = 0;
    std::uint64_t rows_left_out_ = 0;
    std::uint64_t unseen_jobs_ = 0;
    std::uint64_t jobs_ = 0;
};

}  // namespace

har_import import_har(std::string_view text)
{
    return importer{}.read(text);
}

}  // namespace scrapingpros_mock
