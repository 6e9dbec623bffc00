// Which jobs are usable is the service's verdict, and the service may change its rules. A pinned
// classifier judges by rules that are compiled in, and a run that is judged by others is an error.
// Prints the verdicts of the rules of today, then what a pin to rules of the future leads to:
//
//     content_success_v1: N usable, N not usable, N unknown, 0 unlike the service's
//     content_success_v2: the run's success criterion is not the pinned one …

#include <scrapingpros/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "service_options.hpp"

namespace asio = boost::asio;
namespace sp = scrapingpros;

// tag::classifier[]
/// Rules that the service does not have yet: those of today, and a page that says something.
struct content_success_v2 {
    static constexpr std::string_view version = "content_success_v2";

    sp::verdict classify(const sp::job& row, const sp::job_result* body) const
    {
        auto judged = sp::content_success_v1().classify(row, body);
        if (judged.value == sp::judgement::usable && body->body.content.size() < 200)
            judged = {sp::judgement::not_usable, "a page of under 200 bytes", {}};
        judged.criterion_version = version;
        return judged;
    }
};
// end::classifier[]

asio::awaitable<sp::run_ref> scrape(sp::client service)
{
    sp::collection_draft draft{.name = "pinned classifier"};
    for (int i = 1; i <= 60; ++i)
        draft.requests.push_back(sp::scrape_request{
            .url = "https://shop.example.com/" + std::to_string(i)});
    const auto made = co_await service.async_create_collection(draft, std::nullopt);
    const sp::start_run order{.collection = made.id};
    const auto run = co_await service.async_run_and_wait(order, std::nullopt);
    const sp::run_ref target{made.id, run.id};
    co_return target;
}

/// Judges the jobs of a run twice: by the pinned rules, and as the service does.
template <class Classifier>
asio::awaitable<void> judge(
    asio::io_context& context, const sp::client_options& options, const sp::run_ref& target
)
{
    // tag::pin[]
    const sp::basic_client service(
        context.get_executor(),
        options,
        sp::default_policies.with_classifier(sp::pinned<Classifier>())
    );
    // end::pin[]
    std::cout << Classifier::version << ": ";
    sp::diagnostics details;
    try {
        co_await service.with_diagnostics(details).async_get_run(target);
    } catch (const boost::system::system_error& error) {
        if (error.code() != sp::errc::criterion_mismatch) throw;
        std::cout << describe(error.code(), details) << '\n';
        co_return;
    }
    std::array<unsigned, 3> counts{};
    unsigned unlike = 0;
    auto rows = service.iter_run_jobs({.target = target, .results = sp::inline_results::include});
    while (const auto row = co_await rows.async_next()) {
        const auto* body = row->result ? &*row->result : nullptr;
        const auto ours = service.classify(row->job, body).value;
        const auto theirs = sp::server_verdict().classify(row->job, body).value;
        ++counts.at(static_cast<std::size_t>(ours));
        if (ours != sp::judgement::unknown && ours != theirs) ++unlike;
    }
    std::cout << counts[1] << " usable, " << counts[2] << " not usable, " << counts[0]
              << " unknown, " << unlike << " unlike the service's\n";
}

asio::awaitable<void> compare(asio::io_context& context, sp::client_options options)
{
    const sp::client service(context.get_executor(), options);
    const auto target = co_await scrape(service);
    co_await judge<sp::content_success_v1>(context, options, target);
    co_await judge<content_success_v2>(context, options, target);
}

int main(int argc, char** argv)
{
    try {
        asio::io_context context;
        const auto options = service_options(argc, argv);
        asio::co_spawn(context, compare(context, options), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        context.run();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
