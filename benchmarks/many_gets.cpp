// Sequential GETs while the server closes idle connections at random, between two requests,
// politely or not: none of it may reach the caller. Prints errors and connections; fails if there
// was an error.

#include <scrapingpros/client.hpp>
#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "mock_server/mock.hpp"

int main(int argc, char** argv)
{
    using namespace scrapingpros;
    int requests = 10'000;
    if (argc == 3 && std::strcmp(argv[1], "--requests") == 0) requests = std::atoi(argv[2]);

    scrapingpros_mock::mock_options m;
    m.scenario.enforce_limits = false;
    m.chaos.probability = 0.2;
    scrapingpros_mock::mock_service service(std::move(m));

    boost::asio::io_context context(1);
    client_options o;
    o.base_url = service.base_url();
    o.token = secret(service.token());
    o.connection.proxy.mode = proxy_mode::none;
    diagnostics diag;
    auto transport = make_beast_transport(context.get_executor(), o.connection, diag);
    if (!transport) {
        std::fprintf(stderr, "%s\n", describe(transport.error(), diag).c_str());
        return 1;
    }
    // Without retries: what is mended here is mended by the transport.
    auto policies = default_policies.with_retry(no_retry{});
    basic_client<any_transport, decltype(policies)> api(any_transport(*transport), o, policies);

    int errors = 0;
    for (int i = 0; i < requests; ++i) {
        api.with_diagnostics(diag).async_get_health([&](error_code ec, health) {
            if (!ec) return;
            ++errors;
            std::fprintf(stderr, "request %d: %s\n", i, describe(ec, diag).c_str());
        });
        context.restart();
        context.run();
    }
    const auto metrics = transport->metrics();
    std::printf(
        "%d GETs, %d errors, %llu connections opened, %llu reused, %llu replayed, %llu closed "
        "behind the client's back\n",
        requests,
        errors,
        static_cast<unsigned long long>(metrics.opened),
        static_cast<unsigned long long>(metrics.reused),
        static_cast<unsigned long long>(metrics.replayed),
        static_cast<unsigned long long>(service.stats().idle_closes)
    );
    return errors == 0 ? 0 : 1;
}
