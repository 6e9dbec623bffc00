// A batch that outlives its process. Each "day" below is what a process of its own would do; all they
// share is the checkpoint, which a real program keeps in a file. Prints:
//
//     day 1: submitted, took 4 of 10
//     day 2: took the other 6
//     day 3: took 0, asked for nothing
//     without a checkpoint: took 10

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

#include "service_options.hpp"

namespace asio = boost::asio;
namespace sp = scrapingpros;

sp::collection_draft order()
{
    sp::collection_draft draft{.name = "order 4711"};
    for (int page = 1; page <= 10; ++page)
        draft.requests.push_back(sp::scrape_request{
            .url = "https://shop.example.com/" + std::to_string(page)});
    return draft;
}

/// Where the outcomes go; once this has returned they are safe.
void keep(const sp::job_outcome&) {}

// tag::take[]
/// Takes outcomes to the end, or so many; each is acknowledged when it is safe and not before.
asio::awaitable<int> take(sp::batch& all, int at_most)
{
    int taken = 0;
    while (taken < at_most) {
        const auto item = co_await all.async_next();
        if (!item) break;
        keep(*item);
        if (const auto ec = all.acknowledge(item->job.id)) throw sp::api_error(ec, {});
        ++taken;
    }
    co_return taken;
}
// end::take[]

asio::awaitable<void> live(sp::client service)
{
    // tag::resume[]
    sp::batch_options how;
    how.checkpoint = sp::memory_checkpoint_store();
    how.acknowledge = sp::acknowledgement::manual;
    {
        auto all = service.submit_batch(order(), how);
        std::cout << "day 1: submitted, took " << co_await take(all, 4) << " of 10\n";
    }
    {
        // The same call: the store says that this order was submitted already.
        auto all = service.submit_batch(order(), how);
        std::cout << "day 2: took the other " << co_await take(all, 100) << '\n';
    }
    auto all = service.resume_batch(how);
    std::cout << "day 3: took " << co_await take(all, 100);
    // end::resume[]
    const auto& asked = all.stats();
    if (asked.status_reads + asked.inline_pages + asked.metadata_pages + asked.result_reads == 0)
        std::cout << ", asked for nothing";
    std::cout << '\n';

    // tag::attach[]
    auto anew = service.attach_batch(all.summary().target.value());
    std::cout << "without a checkpoint: took " << co_await take(anew, 100) << '\n';
    // end::attach[]
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
    } catch (const boost::system::system_error& error) {
        std::cerr << describe(error.code(), details) << '\n';
        return 1;
    }
}
