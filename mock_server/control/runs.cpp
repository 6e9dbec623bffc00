// Runs of one tenant as the mock knows them: what has been and what will be.

#include <algorithm>

#include "../json_out.hpp"
#include "routes.hpp"
#include "values.hpp"

namespace scrapingpros_mock {
namespace {

/// By ordinal from 1, or by id.
std::string run_id_of(const control_call& c, const world& w)
{
    const std::string& text = c.path.at("run");
    const auto ids = w.run_ids();
    if (std::find(ids.begin(), ids.end(), text) != ids.end()) return text;
    const bool is_number = !text.empty() && text.size() < 10 &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    const std::uint64_t ordinal = is_number ? c.number("run", text) : 0;
    if (ordinal == 0 || ordinal > ids.size())
        throw control_error{
            404,
            "E_NOT_FOUND",
            "there is no run '" + text + "'",
            "run",
            "an id, or 1 for the run that was started first"};
    return ids[ordinal - 1];
}

void write_run(json_writer& out, const run_view& run, std::uint64_t ordinal)
{
    out.begin_object().member("ordinal", ordinal).member("id", run.id);
    out.member("collection_id", run.collection_id).member("status", run.status);
    out.member("total", run.total).member("success", run.success);
    out.member("failed", run.failed).member("timeout", run.timeout);
    out.member("listed", run.listed);
    out.member("created_at", iso_or_none(run.created_at));
    out.member("terminal_at", iso_or_none(run.terminal_at));
    out.member("all_visible_at", iso_or_none(run.all_visible_at));
}

}  // namespace

exchange list_control_runs(control_call& c)
{
    const time_point now = c.who->clock().now();
    json_writer out;
    out.begin_object().member("now", iso_or_none(now)).key("runs").begin_array();
    c.who->with_world([&](world& w) {
        std::uint64_t ordinal = 0;
        for (const std::string& id : w.run_ids()) {
            write_run(out, *w.find_run(id, now), ++ordinal);
            out.end_object();
        }
    });
    return json_exchange(out.end_array().end_object().take());
}

exchange get_control_run(control_call& c)
{
    const time_point now = c.who->clock().now();
    json_writer out;
    c.who->with_world([&](world& w) {
        const std::string id = run_id_of(c, w);
        const run_view run = *w.find_run(id, now);
        write_run(out, run, 0);
        out.key("jobs").begin_array();
        for (std::size_t i = 0; i < run.total; ++i) {
            const job_view job = *w.find_job(id, i);
            out.begin_object().member("id", job.id).member("url", job.url);
            out.member("custom_id", job.custom_id);
            out.member("ended_at", iso_or_none(job.ended_at));
            out.member("visible_at", iso_or_none(job.visible_at));
            out.member("body_at", iso_or_none(job.body_at)).end_object();
        }
        out.end_array().end_object();
    });
    return json_exchange(out.take());
}

}  // namespace scrapingpros_mock
