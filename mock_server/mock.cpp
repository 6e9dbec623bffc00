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

/// A world by itself only assumes that webhooks arrive; here somebody sends them.
scenario sending_webhooks(scenario from)
{
    from.webhooks.delivery = webhook_delivery::send;
    return from;
}

}  // namespace

mock_service::mock_service(mock_options options)
    : token_{options.scenario.tokens.empty() ? "" : options.scenario.tokens.begin()->first},
      host_{sending_webhooks(std::move(options.scenario)), std::move(options.clock)},
      control_{host_}
{
    server_options_.address = std::move(options.address);
    server_options_.port = options.port;
    server_options_.chaos = options.chaos;
    server_options_.on_arrival = options.on_arrival;
    if (options.tls) server_options_.tls = authority().issue(*options.tls);
    server_options_.bad_certificate = [this](certificate_kind kind) {
        return authority().issue(kind);
    };
    // Nobody has said yet whose connection it is: faults of connections are the first tenant's.
    server_options_.arriving = [this, usual = options.on_arrival](std::uint64_t connection) {
        const auto who = host_.first();
        arrival_plan plan = who->with_world([&](world& service) {
            return service.arriving(connection, who->clock().now());
        });
        if (plan.lane == arrival::normal) plan.lane = usual;
        return plan;
    };
    server_options_.replying = std::move(options.replying);
    server_ = make_server();
    server_options_.port = server_->port();
    base_url_ = server_->base_url();
    control_.options().base_url = base_url_;
    if (options.control_port) open_control_port(*options.control_port);
    webhook_sender_options sending;
    sending.allow_remote_callbacks = options.allow_remote_callbacks;
    if (options.tls) sending.ca_pem = ca_pem();
    webhooks_.emplace(host_, std::move(sending));
    clock_listener_ = host_.listen([this] {
        webhooks_->look();
        const std::lock_guard lock{server_mutex_};
        if (server_) server_->clock_moved();
        if (control_server_) control_server_->clock_moved();
    });
}

const test_ca& mock_service::authority() const
{
    std::call_once(authority_once_, [this] { authority_.emplace(); });
    return *authority_;
}

mock_service::~mock_service()
{
    host_.ignore(clock_listener_);
    control_server_.reset();
    stop();
    webhooks_.reset();
}

std::unique_ptr<server> mock_service::make_server()
{
    return std::make_unique<server>(server_options_, [this](const request& what) {
        exchange out = control_api::is_meant(what) ? control_.answer(what) : host_.answer(what);
        // A run may have been started, or ended.
        if (what.method != "GET") webhooks_->look();
        return out;
    });
}

void mock_service::open_control_port(std::uint16_t port)
{
    server_options how;
    how.address = server_options_.address;
    how.port = port;
    how.tls = server_options_.tls;
    control_server_ = std::make_unique<server>(how, [this](const request& what) {
        if (what.target == "/" || what.target == "/favicon.ico") {
            request page = what;
            page.target = "/__mock";
            return control_.answer(page);
        }
        return control_.answer(what);
    });
}

std::string mock_service::control_url() const
{
    return control_server_ ? control_server_->base_url() : base_url_;
}

void mock_service::on_shutdown(std::function<void()> function)
{
    control_.options().shut_down = std::move(function);
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
    std::unique_ptr<server> leaving;
    {
        const std::lock_guard lock{server_mutex_};
        leaving = std::move(server_);
    }
    if (!leaving) return;
    leaving->stop();
    const std::lock_guard lock{server_mutex_};
    earlier_ = sum(earlier_, leaving->stats());
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
