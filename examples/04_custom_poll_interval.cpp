// A poll interval of one's own: a small value with one function (by_what_is_left.hpp), put into its slot
// of the policies. An observer tells of every look. The polling benchmark compares it with the stock ones
// (benchmarks/polling/own_strategy.cpp). Prints a line for each look and, at the end:
//
//     40 of 40 usable after N looks

#include <scrapingpros/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <optional>
#include <string>

#include "by_what_is_left.hpp"
#include "service_options.hpp"

namespace asio = boost::asio;
namespace sp = scrapingpros;

// tag::observer[]
struct look_printer {
    unsigned* looks;

    void on_poll(const sp::poll_event& e) const
    {
        ++*looks;
        std::cout << e.finished_jobs << " of " << e.total_jobs << ", next look in "
                  << e.next_look.count() << " ms\n";
    }
};
// end::observer[]

template <class Client>
asio::awaitable<void> scrape(Client service)
{
    sp::collection_draft draft{.name = "own poll interval"};
    for (int i = 1; i <= 40; ++i)
        draft.requests.push_back(sp::scrape_request{
            .url = "https://shop.example.com/" + std::to_string(i)});
    const auto made = co_await service.async_create_collection(draft, std::nullopt);
    const sp::start_run order{.collection = made.id};
    const auto run = co_await service.async_run_and_wait(order, std::nullopt);
    std::cout << run.success_requests.value_or(0) << " of " << run.total_requests.value_or(0)
              << " usable";
}

int main(int argc, char** argv)
{
    try {
        asio::io_context context;
        unsigned looks = 0;
        // tag::use[]
        const sp::basic_client service(
            context.get_executor(),
            service_options(argc, argv),
            sp::default_policies.with_poll_interval(by_what_is_left{})
                .with_observer(look_printer{&looks})
        );
        // end::use[]
        asio::co_spawn(context, scrape(service), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        context.run();
        std::cout << " after " << looks << " looks\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
