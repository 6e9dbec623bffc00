// Runs of one tenant as the mock knows them: what has been and what will be.

#include <algorithm>

#include "control/routes.hpp"
#include "control/values.hpp"
#include "json_out.hpp"
#include "text.hpp"

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

run_end end_of(const control_call& c)
{
    if (c.in.body.empty()) return run_end::failed;
    const auto body = parse_json(c.in.body);
    object_in members{value_in{body}};
    static constexpr std::string_view words[] = {"failed", "cancelled"};
    const auto as = members.find("as");
    const std::size_t which = as ? as->word(words) : 0;
    members.finish();
    return which == 0 ? run_end::failed : run_end::cancelled;
}

/// The job of the path, by ordinal from 1 among the submitted items, or by id.
std::size_t job_of(const control_call& c, const world& w, const std::string& run)
{
    const std::string& text = c.path.at("job");
    const std::size_t total = w.find_run(run, {})->total;
    for (std::size_t i = 0; i < total; ++i)
        if (w.find_job(run, i)->id == text) return i;
    const auto ordinal = number_in<std::size_t>(text);
    if (!ordinal || *ordinal == 0 || *ordinal > total)
        throw control_error{
            404,
            "E_NOT_FOUND",
            "there is no job '" + text + "'",
            "job",
            "an id, or 1 for the first item"};
    return *ordinal - 1;
}

exchange patch(control_call& c, run_patch::kind what)
{
    const time_point now = c.who->clock().now();
    c.who->with_world([&](world& w) {
        const std::string run = run_id_of(c, w);
        run_patch change;
        change.what = what;
        change.at = now;
        if (c.path.contains("job")) change.job = job_of(c, w, run);
        if (what == run_patch::kind::terminate) change.as = end_of(c);
        if (!w.patch_run(run, change))
            throw control_error{409, "E_STATE", "that changes nothing: it is so already"};
    });
    return get_control_run(c);
}

}  // namespace

exchange terminate_run(control_call& c)
{
    return patch(c, run_patch::kind::terminate);
}

exchange finish_job(control_call& c)
{
    return patch(c, run_patch::kind::finish_job);
}

exchange expire_job(control_call& c)
{
    return patch(c, run_patch::kind::expire);
}

exchange hide_job(control_call& c)
{
    return patch(c, run_patch::kind::hide);
}

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
