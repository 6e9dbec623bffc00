// How long after a cancellation a GET, and then a batch, completes, at each point where it can be
// suspended, in real time over loopback. Prints the median and the worst of the rounds; the goal is
// 50 ms.

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/mock.hpp"

namespace {

using namespace scrapingpros;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace mock = scrapingpros_mock;
using clock_type = std::chrono::steady_clock;

client_options options_for(std::string base_url)
{
    client_options o;
    o.base_url = std::move(base_url);
    o.token = secret("test_token_a");
    o.connection.proxy.mode = proxy_mode::none;
    return o;
}

/// One round: begins an operation of that answer, lets it get stuck for a while, cancels, and measures.
template <class T, class Begin>
double delay_of(asio::io_context& context, std::chrono::milliseconds stuck_after, Begin begin)
{
    asio::cancellation_signal stop;
    std::optional<clock_type::time_point> cancelled, completed;
    bool aborted = false;
    begin(asio::bind_cancellation_slot(stop.slot(), [&](error_code ec, T) {
        completed = clock_type::now();
        aborted = ec == asio::error::operation_aborted;
    }));
    asio::steady_timer stuck(context, stuck_after);
    stuck.async_wait([&](error_code) {
        cancelled = clock_type::now();
        stop.emit(asio::cancellation_type::terminal);
    });
    context.restart();
    while (!completed && context.run_one() > 0) {
    }
    if (!aborted || !cancelled) {
        std::fprintf(stderr, "the call was over before it could be cancelled\n");
        std::exit(1);
    }
    return std::chrono::duration<double, std::milli>(*completed - *cancelled).count();
}

template <class Client>
double delay_ms(asio::io_context& context, const Client& api)
{
    return delay_of<run_list>(context, 20ms, [&](auto token) {
        api.async_list_runs({{"c"}, {}}, std::move(token));
    });
}

double worst = 0;

void report(const char* point, int rounds, const std::function<double()>& round)
{
    std::vector<double> delays;
    for (int i = 0; i < rounds; ++i)
        delays.push_back(round());
    std::sort(delays.begin(), delays.end());
    worst = std::max(worst, delays.back());
    std::printf(
        "%-12s median %8.3f ms  worst %8.3f ms\n", point, delays[delays.size() / 2], delays.back()
    );
}

/// The service misbehaves in one way on every request.
double against_mock(std::optional<mock::fault_effect> effect, mock::arrival arrival, bool tls)
{
    mock::mock_options m;
    if (tls) m.tls = mock::certificate_kind::good;
    m.on_arrival = arrival;
    mock::mock_service service(std::move(m));
    if (effect)
        service.add_fault(
            {mock::operation::any, mock::occurrence::every(), mock::fault_phase::before, *effect}
        );
    asio::io_context context(1);
    auto o = options_for(service.base_url());
    o.connection.tls.ca_pem = service.ca_pem();
    basic_client api(context.get_executor(), o, default_policies);
    return delay_ms(context, api);
}

double while_connecting(std::string host)
{
    asio::io_context context(1);
    // A listener with a full backlog answers no further connect.
    asio::ip::tcp::acceptor full(context);
    full.open(asio::ip::tcp::v4());
    full.bind({asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<asio::ip::tcp::socket> fill;
    for (int i = 0; i < 4; ++i) {
        fill.emplace_back(context);
        fill.back().async_connect(full.local_endpoint(), [](error_code) {});
    }
    context.poll();
    client api(
        context.get_executor(),
        options_for("http://" + host + ":" + std::to_string(full.local_endpoint().port()))
    );
    return delay_ms(context, api);
}

double while_writing()
{
    asio::io_context context(1);
    asio::ip::tcp::acceptor deaf(context, {asio::ip::address_v4::loopback(), 0});
    deaf.set_option(asio::socket_base::receive_buffer_size(4096));
    client api(
        context.get_executor(),
        options_for("http://127.0.0.1:" + std::to_string(deaf.local_endpoint().port()))
    );
    asio::cancellation_signal stop;
    std::optional<clock_type::time_point> cancelled, completed;
    collection_draft draft{"big", {}, {}};
    scrape_request item;
    item.url = "https://shop.example/" + std::string(1000, 'x');
    draft.requests.assign(20'000, item);
    api.async_create_collection(
        std::move(draft),
        make_idempotency_key("k").value(),
        asio::bind_cancellation_slot(
            stop.slot(), [&](error_code, creation) { completed = clock_type::now(); }
        )
    );
    asio::steady_timer stuck(context, 300ms);
    stuck.async_wait([&](error_code) {
        cancelled = clock_type::now();
        stop.emit(asio::cancellation_type::terminal);
    });
    while (!completed && context.run_one() > 0) {
    }
    return std::chrono::duration<double, std::milli>(*completed - *cancelled).count();
}

double in_rate_wait()
{
    mock::mock_options m;  // g++ 12 takes parts of a default argument for uninitialised
    mock::mock_service service(std::move(m));
    asio::io_context context(1);
    token_bucket slow({1, 1}, {1, 1});
    slow.reserve(clock_type::now(), rate_bucket::reads);
    basic_client api(
        context.get_executor(),
        options_for(service.base_url()),
        default_policies.with_rate_limit(slow)
    );
    return delay_ms(context, api);
}

/// A batch that looks often at a service that plays a thousand times as fast as real life, and gets
/// stuck in the reply to one kind of request; or, if there is none, waits for its next look.
double batch_at(std::optional<mock::operation> stuck_in, std::size_t reply_bytes)
{
    mock::mock_options m;
    m.clock = mock::service_clock::real(stuck_in ? 1000 : 1);
    mock::mock_service service(std::move(m));
    if (stuck_in)
        service.add_fault(
            {*stuck_in,
             mock::occurrence::every(),
             mock::fault_phase::before,
             mock::effect::stall{reply_bytes}}
        );
    asio::io_context context(1);
    const fixed_interval pause{stuck_in ? 5ms : 60'000ms};
    basic_client api(
        context.get_executor(),
        options_for(service.base_url()),
        default_policies.with_poll_interval(pause)
    );
    collection_draft draft{"cancelled", {}, {}};
    for (int i = 0; i < 3; ++i)
        draft.requests.push_back(scrape_request{.url = "https://shop.example/" + std::to_string(i)}
        );
    auto all = api.submit_batch(std::move(draft));
    return delay_of<std::optional<job_outcome>>(context, 250ms, [&](auto token) {
        all.async_next(std::move(token));
    });
}

}  // namespace

int main(int argc, char** argv)
{
    int rounds = 15;
    if (argc == 3 && std::strcmp(argv[1], "--rounds") == 0)
        rounds = std::max(1, std::atoi(argv[2]));
    using mock::arrival;
    report("resolve", rounds, [] { return while_connecting("name-that-does-not-exist.invalid"); });
    report("connect", rounds, [] { return while_connecting("127.0.0.1"); });
    report("handshake", rounds, [] { return against_mock({}, arrival::ignored, true); });
    report("write", rounds, [] { return while_writing(); });
    report("head", rounds, [] {
        return against_mock(mock::effect::stall{0}, arrival::normal, false);
    });
    report("body", rounds, [] {
        return against_mock(mock::effect::stall{400}, arrival::normal, false);
    });
    report("backoff", rounds, [] {
        return against_mock(
            mock::effect::status{503, mock::body_form::detail, {}, {{"Retry-After", "60"}}},
            arrival::normal,
            false
        );
    });
    report("rate wait", rounds, [] { return in_rate_wait(); });
    using mock::operation;
    report("batch create", rounds, [] { return batch_at(operation::create, 0); });
    report("batch start", rounds, [] { return batch_at(operation::start_run, 0); });
    report("batch status", rounds, [] { return batch_at(operation::list_runs, 0); });
    report("batch page", rounds, [] { return batch_at(operation::list_jobs, 400); });
    report("batch pause", rounds, [] { return batch_at({}, 0); });
    std::printf("worst of all %.3f ms (goal 50 ms)\n", worst);
}
