#include "mock.hpp"

#include <algorithm>

namespace scrapingpros_mock {

namespace {

server_stats sum(server_stats a, const server_stats& b)
{
    a.connections += b.connections;
    a.open += b.open;
    a.most_open = std::max(a.most_open, b.most_open);
    a.handshakes += b.handshakes;
    a.failed_handshakes += b.failed_handshakes;
    a.requests += b.requests;
    a.refused_requests += b.refused_requests;
    a.bytes_received += b.bytes_received;
    a.bytes_sent += b.bytes_sent;
    a.idle_closes += b.idle_closes;
    return a;
}

}  // namespace

mock_service::mock_service(mock_options options)
    : token_{options.scenario.tokens.empty() ? "" : options.scenario.tokens.begin()->first},
      clock_{options.clock ? std::move(options.clock) : service_clock::real()},
      world_{std::move(options.scenario)}
{
    server_options_.address = std::move(options.address);
    server_options_.port = options.port;
    server_options_.chaos = options.chaos;
    server_options_.on_arrival = options.on_arrival;
    server_options_.clock = clock_;
    if (options.tls) server_options_.tls = authority_.issue(*options.tls);
    server_ = make_server();
    server_options_.port = server_->port();
    base_url_ = server_->base_url();
}

mock_service::~mock_service()
{
    stop();
}

std::unique_ptr<server> mock_service::make_server()
{
    return std::make_unique<server>(server_options_, [this](const request& what) {
        const std::lock_guard lock{world_mutex_};
        // Read under the lock, so that the world never sees time run backwards.
        return world_.handle(what, clock_->now());
    });
}

std::string mock_service::base_url() const
{
    return base_url_;
}

std::uint16_t mock_service::port() const
{
    return server_options_.port;
}

server_stats mock_service::stats() const
{
    const std::lock_guard lock{server_mutex_};
    return server_ ? sum(earlier_, server_->stats()) : earlier_;
}

std::size_t mock_service::add_fault(fault what)
{
    return with_world([&](world& service) { return service.add_fault(std::move(what)); });
}

std::uint64_t mock_service::fault_hits(std::size_t ordinal)
{
    return with_world([&](world& service) { return service.fault_hits(ordinal); });
}

void mock_service::go_down()
{
    if (!server_) return;
    server_->stop();
    const std::lock_guard lock{server_mutex_};
    earlier_ = sum(earlier_, server_->stats());
    server_.reset();
}

void mock_service::come_back()
{
    if (server_) return;
    auto fresh = make_server();
    const std::lock_guard lock{server_mutex_};
    server_ = std::move(fresh);
}

void mock_service::stop()
{
    go_down();
}

}  // namespace scrapingpros_mock
