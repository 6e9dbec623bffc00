// Many pages as one batch: submitted once, each outcome taken once as it comes, what came to nothing
// submitted again. Prints a line for each page in no particular order, and at the end:
//
//     60 submitted, 0 refused: N usable, N not usable, N failed, 0 left
//     (a line for each page of the second batch)

#include <scrapingpros/blocking_client.hpp>
#include <scrapingpros/model/retry_list.hpp>

#include <iostream>
#include <string>

#include "service_options.hpp"

namespace sp = scrapingpros;

void print(const sp::job_outcome& item)
{
    std::cout << item.job.custom_id.value_or("?") << ": " << to_string(item.verdict.value);
    if (item.result) std::cout << ", " << item.result->body.content.size() << " bytes";
    std::cout << '\n';
}

void print(const sp::batch_summary& end)
{
    const auto& count = end.counts;
    std::cout << end.submitted << " submitted, " << end.submitted - end.queued
              << " refused: " << count.usable << " usable, " << count.not_usable + count.undecided
              << " not usable, " << count.failed + count.timed_out << " failed, "
              << end.left.jobs.size() + end.left.unnamed << " left\n";
    for (const auto& missing : end.left.jobs)
        std::cout << missing.custom_id.value_or(missing.id.value) << ": "
                  << to_string(missing.cause) << '\n';
}

int main(int argc, char** argv)
{
    try {
        sp::blocking_client service(service_options(argc, argv));

        // tag::batch[]
        sp::collection_draft draft{.name = "catalogue, first time"};
        for (int page = 1; page <= 60; ++page)
            draft.requests.push_back(sp::scrape_request{
                .url = "https://shop.example.com/" + std::to_string(page),
                .custom_id = "page " + std::to_string(page)});

        sp::retry_list again;
        auto all = service.submit_batch(draft);
        for (const auto& item : all) {
            print(item);
            again.note(item);
        }
        // end::batch[]
        const auto end = all.summary();
        print(end);

        // tag::retry[]
        again.note(end.left);
        if (!again.empty()) {
            auto second = again.draft("catalogue, second time", draft.requests);
            for (const auto& item : service.submit_batch(std::move(second)))
                print(item);
        }
        // end::retry[]
    } catch (const sp::api_error& error) {
        std::cerr << error.what() << '\n';
        return error.code() == sp::cond::invalid_input ? 2 : 1;
    }
}
