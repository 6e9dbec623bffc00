// The engine of a batch under a loop of one's own: no executor, no coroutine, one blocking request at a
// time over a connection of the program's. What to send, when to look again and what is still missing
// are the engine's; connections, waiting and storing are the program's. Needs a plain http service.
// Prints a line for each request and outcome, and at the end:
//
//     20 of 20 taken in N requests

#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/models.hpp>
#include <scrapingpros/policies.hpp>
#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/error_body.hpp>
#include <scrapingpros/wire/page_decoder.hpp>
#include <scrapingpros/wire/result_decoder.hpp>
#include <scrapingpros/wire/retry_after.hpp>
#include <scrapingpros/wire/routes.hpp>

#include <cstdint>
#include <iostream>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "plain_http.hpp"
#include "service_options.hpp"

namespace sp = scrapingpros;

namespace {

using engine =
    sp::core::batch_engine<sp::status_then_pages<sp::exponential_interval>, sp::server_verdict>;

sp::core::moment now()
{
    const auto wall =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return {std::chrono::steady_clock::now(), wall, wall};
}

/// A start that was sent may have been heard, whatever became of its answer; the engine then looks.
sp::start_outcome outcome_of_start(const reply& got, sp::result<sp::run> answer)
{
    sp::start_outcome outcome;
    if (answer) {
        outcome.certainty = sp::start_certainty::started;
        outcome.started_run = std::move(*answer);
        return outcome;
    }
    outcome.cause = answer.error();
    const bool refused = got.status >= 400 && got.status < 500;
    outcome.certainty = refused ? sp::start_certainty::not_started : sp::start_certainty::unknown;
    return outcome;
}

sp::error_code read_page(engine& batch, sp::core::ticket id, const std::string& body)
{
    sp::page_decoder page;
    if (const auto ec = page.write(body)) return ec;
    if (const auto ec = page.finish()) return ec;
    while (auto row = page.next_row()) {
        if (auto* bad = std::get_if<sp::unreadable_row>(&*row))
            batch.on_unreadable_row(now(), id, *bad);
        else
            batch.on_row(now(), id, std::move(std::get<sp::listed_job>(*row)));
    }
    batch.on_page_end(now(), id, page.end());
    return {};
}

/// The answer, or the reason why there is none, goes back to the engine.
void perform(engine& batch, const sp::core::exchange& asked, const sp::client_options& service)
{
    const auto address = sp::parse_base_url(service.base_url).value();
    const auto got = send_over_http(sp::encode(asked.what, address, service.token).value());
    std::cout << sp::route_name(asked.what) << ": " << got.status << '\n';

    sp::diagnostics ignored;
    auto ec = got.ec;
    if (!ec && (got.status < 200 || got.status > 299))
        ec = sp::decode_error(got.status, asked.what, got.fields, got.body).code;
    const auto with = [&](auto decoded, auto tell) {
        decoded ? tell(std::move(*decoded)) : void(ec = decoded.error());
    };
    const auto id = asked.id;
    if (std::holds_alternative<sp::start_run>(asked.what)) {
        auto run = ec ? sp::result<sp::run>(ec) : sp::decode_run(got.body, ignored);
        return batch.on_started(now(), id, outcome_of_start(got, std::move(run)));
    }
    if (ec) {
    } else if (std::holds_alternative<sp::create_collection>(asked.what)) {
        with(sp::decode_creation(got.body, ignored), [&](sp::creation made) {
            batch.on_created(now(), id, std::move(made));
        });
    } else if (std::holds_alternative<sp::list_runs>(asked.what)) {
        with(sp::decode_run_list(got.body, ignored), [&](const sp::run_list& list) {
            batch.on_runs(now(), id, list);
        });
    } else if (std::holds_alternative<sp::get_run>(asked.what)) {
        with(sp::decode_run(got.body, ignored), [&](const sp::run& run) {
            batch.on_run(now(), id, run);
        });
    } else if (std::holds_alternative<sp::list_collections>(asked.what)) {
        with(sp::decode_collection_list(got.body, ignored), [&](const sp::collection_list& list) {
            batch.on_collections(now(), id, list);
        });
    } else if (std::holds_alternative<sp::list_jobs>(asked.what)) {
        ec = read_page(batch, id, got.body);
    } else if (std::holds_alternative<sp::get_result>(asked.what)) {
        sp::result_decoder decoder;
        ec = decoder.write(got.body);
        if (!ec)
            with(decoder.finish(), [&](sp::job_result result) {
                batch.on_result(now(), id, std::move(result));
            });
    }
    if (ec) batch.on_failure(now(), id, {ec, parse_retry_after(got.fields, now().wall), 0});
}

}  // namespace

int main(int argc, char** argv)
{
    const auto service = service_options(argc, argv);
    sp::checkpoint begin;
    begin.name = "under my own loop";
    begin.idempotency_key = "order-" + std::to_string(now().wall.time_since_epoch().count());
    begin.draft.emplace().name = begin.name;
    for (int page = 1; page <= 20; ++page)
        begin.draft->requests.push_back(sp::scrape_request{
            .url = "https://shop.example.com/" + std::to_string(page)});
    begin.submitted = begin.draft->requests.size();

    // tag::loop[]
    engine batch(std::move(begin), {{.first = std::chrono::milliseconds(200)}}, {});
    batch.on_demand(std::numeric_limits<std::uint32_t>::max());
    unsigned requests = 0;
    unsigned taken = 0;
    for (;;) {
        const auto step = batch.next(now());
        if (const auto* asked = std::get_if<sp::core::exchange>(&step)) {
            ++requests;
            perform(batch, *asked, service);
        } else if (const auto* item = std::get_if<sp::core::deliver>(&step)) {
            ++taken;
            std::cout << item->item.job.url.value_or("?") << ": "
                      << to_string(item->item.verdict.value) << '\n';
            batch.acknowledge(item->item.job.id);
        } else if (const auto* wait = std::get_if<sp::core::wait_until>(&step)) {
            std::this_thread::sleep_until(wait->when);
        } else if (const auto* end = std::get_if<sp::core::finish>(&step)) {
            std::cout << taken << " of " << batch.summary().queued << " taken in " << requests
                      << " requests\n";
            if (!end->ec) return 0;
            std::cerr << end->ec.message() << '\n';
            return 1;
        } else {
            batch.on_saved({});  // save or append: this program keeps nothing
        }
    }
    // end::loop[]
}
