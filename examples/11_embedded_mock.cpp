// A test of one's own program with the mock service inside it: on a free port, over TLS, a thousand
// times as fast as real life. The start of the run takes effect, and its answer is lost; a client
// that simply tried again would pay for two runs. Prints:
//
//     unknown at first, found by looking it up: 1 run for 2 jobs

#include <scrapingpros/blocking_client.hpp>

#include <exception>
#include <iostream>
#include <optional>

#include "mock.hpp"

namespace sp = scrapingpros;
namespace mock = scrapingpros_mock;

int main()
{
    try {
        // tag::mock[]
        mock::mock_service service(
            {.tls = mock::certificate_kind::good, .clock = mock::service_clock::real(1000)}
        );
        const auto lost_answer = service.add_fault(
            {.on = mock::operation::start_run,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::lose_reply{}}
        );

        sp::client_options options{.base_url = service.base_url()};
        options.token = sp::secret(service.token());
        options.connection.tls.ca_pem = service.ca_pem();
        sp::blocking_client client(options);
        // end::mock[]

        sp::collection_draft draft{.name = "embedded mock"};
        draft.requests = {
            sp::scrape_request{.url = "https://shop.example.com/1"},
            sp::scrape_request{.url = "https://shop.example.com/2"},
        };
        const auto made = client.create_collection(draft, std::nullopt);

        // tag::reconcile[]
        auto outcome = client.start_run({.collection = made.id});
        if (outcome.certainty == sp::start_certainty::unknown) {
            std::cout << "unknown at first, found by looking it up: ";
            outcome = client
                          .try_perform<sp::start_outcome>([&](auto& api, auto token) {
                              api.async_reconcile_start(outcome.attempt, std::move(token));
                          })
                          .value();
        }
        // end::reconcile[]
        client.wait_run({made.id, outcome.started_run.value().id});

        // tag::assert[]
        const auto seen = service.with_world([](mock::world& w) { return w.seen().summary(); });
        const bool as_expected = service.fault_hits(lost_answer) == 1 && seen.runs_started == 1;
        // end::assert[]
        std::cout << seen.runs_started << " run for "
                  << outcome.started_run->total_requests.value_or(0) << " jobs\n";
        return as_expected ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
