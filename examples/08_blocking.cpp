// The same steps as 02_raw_lifecycle.cpp, with the same requests, on one thread that waits: no
// coroutine, no executor. A failure is an exception that carries its details. Prints:
//
//     created with 2 of 4 items
//     run completed: 2 usable of 2
//     (a line for each job) and the first result once more, fetched on its own

#include <scrapingpros/blocking_client.hpp>

#include <iostream>
#include <optional>

#include "service_options.hpp"

namespace sp = scrapingpros;

void live(sp::blocking_client& service)
{
    // tag::blocking[]
    sp::collection_draft draft{.name = "lifecycle"};
    draft.requests = {
        sp::scrape_request{.url = "https://shop.example.com/1", .custom_id = "first"},
        sp::scrape_request{.url = "https://shop.example.com/2", .custom_id = "second"},
        sp::scrape_request{.url = "https://shop.example.com/1", .custom_id = "first"},
        sp::scrape_request{.url = "http://10.0.0.1/"},
    };
    const auto made = service.create_collection(draft, std::nullopt);
    std::cout << "created with " << queued(made, draft.requests.size()) << " of "
              << draft.requests.size() << " items\n";

    const auto outcome = service.start_run({.collection = made.id});
    const sp::run_ref target{made.id, outcome.started_run->id};
    service.wait_run(target);
    // end::blocking[]

    const auto run = service.get_run(target);
    std::cout << "run " << run.status_text << ": " << run.success_requests.value_or(0)
              << " usable of " << run.total_requests.value_or(0) << '\n';

    std::optional<sp::job_id> first;
    auto rows = service.iter_run_jobs({.target = target, .results = sp::inline_results::include});
    while (const auto row = service.next(rows)) {
        std::cout << row->job.custom_id.value_or("?") << ": "
                  << to_string(service.get().classify(row->job, nullptr).value);
        if (row->result) std::cout << ", " << row->result->body.content.size() << " bytes inline";
        std::cout << '\n';
        if (row->job.custom_id == "first") first = row->job.id;
    }

    if (!first) return;
    // tag::try[]
    const auto result = service.try_get_job_result(target, *first);
    if (result)
        std::cout << "fetched " << result->body.content.size() << " bytes of "
                  << result->content_type.value_or("text/html") << '\n';
    else
        std::cout << "no result: " << describe(result.error(), service.details()) << '\n';
    // end::try[]
}

int main(int argc, char** argv)
{
    try {
        sp::blocking_client service(service_options(argc, argv));
        live(service);
    } catch (const sp::api_error& error) {
        std::cerr << error.what() << '\n';
        return error.code() == sp::cond::invalid_input ? 2 : 1;
    }
}
