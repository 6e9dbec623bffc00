#ifndef SCRAPINGPROS_TESTS_SUPPORT_CLIENT_FIXTURE_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_CLIENT_FIXTURE_HPP

#include <scrapingpros/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/world.hpp"
#include "tests/support/loopback_transport.hpp"
#include "tests/support/mock_profile.hpp"
#include "tests/support/virtual_clock.hpp"

namespace test {

/// What an operation completed with.
template <class T>
struct outcome {
    scrapingpros::error_code ec{};
    T value{};
};

/// A complete response of this body, made by hand.
inline scrapingpros_mock::response_plan reply(std::string body, unsigned status = 200)
{
    scrapingpros_mock::response_plan plan;
    plan.status = status;
    plan.body = std::move(body);
    return plan;
}

/// A client and the mock world in one process, on one virtual clock; the world is of the profile
/// under test unless the scenario says otherwise.
struct client_fixture {
    explicit client_fixture(scrapingpros_mock::scenario scenario = any_server())
        : clock(scenario.start), world(std::move(scenario)),
          wire(context.get_executor(), clock, [this](const auto& request, auto now) {
              return before ? before(request, now) : world.handle(request, now);
          })
    {
    }

    ~client_fixture() { clock.forget(); }

    auto policies() const { return scrapingpros::default_policies.with_clock(clock); }

    scrapingpros::client_options options() const
    {
        scrapingpros::client_options o;
        o.base_url = "http://mock.test";
        o.token = scrapingpros::secret("test_token_a");
        o.jitter_seed = 1;
        return o;
    }

    template <class Policies>
    auto client_with(Policies set, scrapingpros::client_options o)
    {
        return scrapingpros::basic_client<loopback_transport, Policies>(
            wire, std::move(o), std::move(set)
        );
    }
    auto client() { return client_with(policies(), options()); }

    /// Initiates `begin(handler)` and runs until it has completed.
    template <class T, class Begin>
    outcome<T> run(Begin begin)
    {
        std::optional<outcome<T>> got;
        begin([&](scrapingpros::error_code ec, T value) {
            got = outcome<T>{ec, std::move(value)};
        });
        run_virtual(context, clock, [&] { return got.has_value(); });
        return std::move(*got);
    }

    void fault(scrapingpros_mock::fault what) { world.add_fault(std::move(what)); }

    /// A collection of so many pages, ready to run.
    scrapingpros::collection_id make_collection(std::size_t pages)
    {
        scrapingpros::collection_draft draft{.name = "fixture"};
        for (std::size_t i = 0; i < pages; ++i) {
            scrapingpros::scrape_request item;
            item.url = "https://shop.example/page/" + std::to_string(i);
            item.custom_id = "page_" + std::to_string(i);
            draft.requests.emplace_back(std::move(item));
        }
        auto api = client();
        const auto made = run<scrapingpros::creation>([&](auto handler) {
            api.async_create_collection(
                draft, scrapingpros::make_idempotency_key("fixture-key").value(), std::move(handler)
            );
        });
        return made.value.id;
    }

    /// A run of so many pages that is over, with all its rows visible.
    scrapingpros::run_ref finished_run(std::size_t pages)
    {
        auto api = client();
        const auto collection = make_collection(pages);
        const auto over = run<scrapingpros::run>([&](auto handler) {
            api.async_run_and_wait({collection, {}}, std::nullopt, std::move(handler));
        });
        clock.skip(std::chrono::seconds(30));
        return {collection, over.value.id};
    }

    /// The run's jobs in the order of their items; old servers tell no ids of a run that is over.
    std::vector<scrapingpros::job_id> jobs_of(const scrapingpros::run_ref& at) const
    {
        std::vector<scrapingpros::job_id> ids;
        const auto seen = world.find_run(at.run.value, clock.server_now());
        for (const std::string& id : seen.value().job_ids)
            ids.push_back({id});
        return ids;
    }

    boost::asio::io_context context{1};
    virtual_clock clock;
    scrapingpros_mock::world world;
    /// Stands before the world if set.
    service before{};
    loopback_transport wire;
};

}  // namespace test

#endif
