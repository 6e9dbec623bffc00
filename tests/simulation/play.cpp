#include "tests/simulation/play.hpp"

#include <scrapingpros/wire/encode.hpp>

namespace simulation {

sp::collection_draft draft_of(const sim_case& c)
{
    sp::collection_draft draft;
    draft.name = "batch " + std::to_string(c.seed);
    const auto add = [&](std::string url, std::size_t i) {
        sp::scrape_request one;
        one.url = std::move(url);
        if (c.custom_ids) one.custom_id = "c-" + std::to_string(i);
        if (c.markdown) one.format = sp::body_format::markdown;
        draft.requests.emplace_back(std::move(one));
    };
    for (std::size_t i = 0; i < c.jobs; ++i)
        add("https://site.test/" + std::to_string(i), i);
    for (std::size_t i = 0; i < c.blocked; ++i)
        add("http://127.0.0.1/" + std::to_string(i), c.jobs + i);
    for (std::size_t i = 0; i < c.invalid; ++i)
        add("ftp://site.test/" + std::to_string(i), c.jobs + c.blocked + i);
    for (std::size_t i = 0; c.jobs > 0 && i < c.duplicates; ++i)
        add("https://site.test/0", 0);
    return draft;
}

std::optional<sp::run_ref> start_for(const sim_case& c, mock::world& world, mock::time_point now)
{
    sp::diagnostics diag;
    mock::request create;
    create.method = "POST";
    create.target = "/v1/async/collections";
    create.headers = {
        {"Authorization", "Bearer test_token_a"}, {"Content-Type", "application/json"}};
    create.body = sp::encode_draft(draft_of(c), diag).value();
    const auto made = world.handle(create, now);
    const auto created = sp::decode_creation(made.body, diag);
    if (made.status / 100 != 2 || !created) return {};
    mock::request start;
    start.method = "POST";
    start.target = "/v1/async/collections/" + created->id.value + "/run";
    start.headers = {{"Authorization", "Bearer test_token_a"}};
    const auto begun = world.handle(start, now + c.create_takes);
    const auto run = sp::decode_run(begun.body, diag);
    if (begun.status / 100 != 2 || !run) return {};
    return sp::run_ref{created->id, run->id};
}

bool is_true(const sim_case& c, const mock::world& world, const sp::job_outcome& item)
{
    const auto runs = world.run_ids();
    if (runs.empty()) return true;  // a phantom, which is told elsewhere
    const auto* run = world.state().find_run(runs.front());
    const auto index = run->future.find(item.job.id.value);
    if (!index) return true;
    const mock::job_source source{world.made_from(), run->future, *index};
    const bool damaged = std::any_of(c.faults.begin(), c.faults.end(), [](const auto& fault) {
        for (const char* word : {"json-", "row-", "unknown-status", "is_success"})
            if (fault.find(word) != fault.npos) return true;
        return false;
    });
    const bool completed =
        mock::is_completed(source.job().ends) && source.job().cut == mock::cut_job::not_cut;
    if (!damaged) {
        if (item.job.status != sp::job_status::unknown &&
            (item.job.status == sp::job_status::completed) != completed)
            return false;
        if (completed != item.result.has_value()) return false;
    }
    if (!item.result || !completed) return true;
    const auto whole = mock::result_json(source);
    if (!whole) return true;
    sp::result_decoder decoder;
    if (decoder.write(*whole)) return true;
    const auto expected = decoder.finish();
    if (!expected) return true;
    if (damaged && item.result->body.kind == sp::body_kind::none) return true;
    if (item.result->body != expected->body) return false;
    return damaged ||
           (item.result->status_code == expected->status_code &&
            (!item.result->custom_id || item.result->custom_id == source.wanted().custom_id));
}

}  // namespace simulation
