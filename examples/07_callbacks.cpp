// The same client with plain callbacks as completion tokens: no coroutine anywhere. Interrupting
// the program (Ctrl-C) cancels the operation under way; the run goes on at the service. Prints:
//
//     run <id> completed
//     https://shop.example.com/1: 200 (a line for each job)
//     3 jobs

#include <scrapingpros/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstddef>
#include <exception>
#include <iostream>
#include <optional>
#include <utility>

#include "service_options.hpp"

namespace asio = boost::asio;
namespace sp = scrapingpros;

/// One submit and what follows from it. Lives in main(), which outlives the operations.
class submit {
public:
    submit(asio::io_context& context, const sp::client_options& options)
        : service_(sp::client(context.get_executor(), options).with_diagnostics(details_)),
          interrupts_(context, SIGINT)
    {
        interrupts_.async_wait([this](sp::error_code ec, int) {
            if (!ec) cancel_.emit(asio::cancellation_type::terminal);
        });
    }

    void begin()
    {
        sp::collection_draft draft{.name = "callbacks"};
        for (const char* url :
             {"https://shop.example.com/1",
              "https://shop.example.com/2",
              "https://shop.example.com/3"})
            draft.requests.push_back(sp::scrape_request{.url = url});
        // tag::callback[]
        service_.async_create_collection(
            std::move(draft),
            std::nullopt,
            asio::bind_cancellation_slot(
                cancel_.slot(),
                [this](sp::error_code ec, sp::creation made) {
                    if (ec) return end(ec);
                    run(std::move(made.id));
                }
            )
        );
        // end::callback[]
    }

    bool is_done() const noexcept { return done_; }

private:
    void run(sp::collection_id collection)
    {
        service_.async_run_and_wait(
            {.collection = collection},
            std::nullopt,
            asio::bind_cancellation_slot(
                cancel_.slot(),
                [this, collection](sp::error_code ec, sp::run run) {
                    if (ec) return end(ec);
                    std::cout << "run " << run.id.value << ' ' << run.status_text << '\n';
                    rows_.emplace(service_.iter_run_jobs({.target = {collection, run.id}}));
                    next_row();
                }
            )
        );
    }

    void next_row()
    {
        rows_->async_next(asio::bind_cancellation_slot(
            cancel_.slot(),
            [this](sp::error_code ec, std::optional<sp::listed_job> row) {
                if (ec || !row) return end(ec);
                ++count_;
                std::cout << row->job.url.value_or("?") << ": " << row->job.status_code.value_or(0)
                          << '\n';
                next_row();
            }
        ));
    }

    void end(sp::error_code ec)
    {
        interrupts_.cancel();  // or the context would wait for it
        done_ = !ec;
        if (ec)
            std::cerr << describe(ec, details_) << '\n';
        else
            std::cout << count_ << " jobs\n";
    }

    sp::diagnostics details_{};
    sp::client service_;
    asio::signal_set interrupts_;
    asio::cancellation_signal cancel_{};
    std::optional<sp::job_stream> rows_{};
    std::size_t count_ = 0;
    bool done_ = false;
};

int main(int argc, char** argv)
{
    try {
        asio::io_context context;
        submit work(context, service_options(argc, argv));
        work.begin();
        context.run();
        return work.is_done() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
