// Every step of a collection's life by hand, as a coroutine: create, start, wait, look, list,
// fetch. One URL is refused by the service and one is given twice, to show where that is told.
// Prints:
//
//     created with 2 of 4 items: blocked http://10.0.0.1/, twice https://shop.example.com/1
//     run completed: 2 usable of 2
//     (a line for each job) and the first result once more, fetched on its own

#include <scrapingpros/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <optional>

#include "service_options.hpp"

namespace asio = boost::asio;
namespace sp = scrapingpros;

asio::awaitable<sp::run_ref> submit(const sp::client& service)
{
    // tag::create[]
    sp::collection_draft draft{.name = "lifecycle"};
    draft.requests = {
        sp::scrape_request{.url = "https://shop.example.com/1", .custom_id = "first"},
        sp::scrape_request{.url = "https://shop.example.com/2", .custom_id = "second"},
        sp::scrape_request{.url = "https://shop.example.com/1", .custom_id = "first"},
        sp::scrape_request{.url = "http://10.0.0.1/"},
    };
    const auto made = co_await service.async_create_collection(draft, std::nullopt);
    // end::create[]
    std::cout << "created with " << queued(made, draft.requests.size()) << " of "
              << draft.requests.size() << " items:";
    for (const auto& refused : made.blocked_urls)
        std::cout << " blocked " << refused.url;
    for (const auto& url : made.duplicate_urls)
        std::cout << ", twice " << url;
    std::cout << '\n';

    // The argument has a name because g++ 12 destroys an aggregate twice that is made inside
    // co_await.
    const sp::start_run order{.collection = made.id};
    const auto outcome = co_await service.async_start_run(order);
    const sp::run_ref target{made.id, outcome.started_run->id};
    co_return target;
}

asio::awaitable<void> read(const sp::client& service, sp::run_ref target)
{
    // tag::get_run[]
    const auto run = co_await service.async_get_run(target);
    std::cout << "run " << run.status_text << ": " << run.success_requests.value_or(0)
              << " usable of " << run.total_requests.value_or(0) << '\n';
    // end::get_run[]

    // tag::list[]
    std::optional<sp::job_id> first;
    auto rows = service.iter_run_jobs({.target = target, .results = sp::inline_results::include});
    while (const auto row = co_await rows.async_next()) {
        std::cout << row->job.custom_id.value_or("?") << ": "
                  << to_string(service.classify(row->job, nullptr).value);
        if (row->result) std::cout << ", " << row->result->body.content.size() << " bytes inline";
        std::cout << '\n';
        if (row->job.custom_id == "first") first = row->job.id;
    }
    // end::list[]

    if (!first) co_return;
    const auto result = co_await service.async_get_job_result(target, *first);
    std::cout << "fetched " << result.body.content.size() << " bytes of "
              << result.content_type.value_or("text/html") << '\n';
}

asio::awaitable<void> live(sp::client service)
{
    const auto target = co_await submit(service);
    co_await service.async_wait_run(target, std::nullopt);
    co_await read(service, target);
}

int main(int argc, char** argv)
{
    sp::diagnostics details;
    try {
        asio::io_context context;
        const sp::client service(context.get_executor(), service_options(argc, argv));
        asio::co_spawn(
            context,
            live(service.with_diagnostics(details)),
            [](std::exception_ptr failure) {
                if (failure) std::rethrow_exception(failure);
            }
        );
        context.run();
    } catch (const sp::api_error& error) {
        std::cerr << error.what() << '\n';
        return 2;
    } catch (const boost::system::system_error& error) {
        std::cerr << describe(error.code(), details) << '\n';
        return 1;
    }
}
