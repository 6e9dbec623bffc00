#ifndef SCRAPINGPROS_MOCK_MOCK_HPP
#define SCRAPINGPROS_MOCK_MOCK_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clock/clock.hpp"
#include "control/control.hpp"
#include "scenario/scenario.hpp"
#include "server/host.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"
#include "webhooks/webhook_dispatcher.hpp"
#include "world.hpp"

namespace scrapingpros_mock {

struct mock_options {
    scrapingpros_mock::scenario scenario{};
    /// Which certificate to show; none: plain HTTP.
    std::optional<certificate_kind> tls{};
    /// The service's time, shared by all tenants of the scenario; none: each has one of its own, as
    /// the scenario says. A test that wants no waiting gives `manual(…)` and advances it.
    std::shared_ptr<service_clock> clock{};
    idle_close chaos{};
    arrival on_arrival = arrival::normal;
    /// A second port for the control routes and the live page alone; 0: any free one.
    std::optional<std::uint16_t> control_port{};
    /// As server_options has it, for traces.
    std::function<void(const request&, response_form, const exchange&, std::string_view bytes)>
        replying{};
    /// Webhooks go to this machine only, unless this says otherwise.
    bool allow_remote_callbacks = false;
    std::string address = "127.0.0.1";
    /// 0: any free port.
    std::uint16_t port = 0;
};

/// The mock service on a port of this machine, for as long as the object lives.
///
///     mock_service mock{{.tls = certificate_kind::good, .clock = service_clock::real(100)}};
///     run_the_client(mock.base_url(), mock.token(), mock.ca_pem());
///     mock.with_world([](world& service) { CHECK_EQ(service.seen().summary().runs_started, 1); });
///
/// All functions may be called from any thread, but `stop`, `go_down`, `come_back` and the
/// destructor from one at a time, and none of the four inside `with_world`.
class mock_service {
public:
    explicit mock_service(mock_options options = {});
    ~mock_service();

    mock_service(const mock_service&) = delete;
    mock_service& operator=(const mock_service&) = delete;

    std::string base_url() const;
    /// The port of the control routes alone, or else the one that serves them too.
    std::string control_url() const;
    std::uint16_t port() const;
    /// The first API key of the scenario.
    const std::string& token() const noexcept { return token_; }
    /// The root certificate to trust; it has signed nothing that the server shows unless `tls` is
    /// one of those kinds that it signs.
    const std::string& ca_pem() const { return authority().ca_pem(); }

    /// All tenants; the functions below speak of the first one.
    mock_host& host() noexcept { return host_; }
    /// A fresh tenant with a key of its own.
    std::shared_ptr<tenant> add_tenant(tenant_request wanted = {})
    {
        return host_.add(std::move(wanted));
    }

    service_clock& clock() const { return host_.first()->clock(); }
    /// Since the start, times of absence included.
    server_stats stats() const;

    /// Where `POST /__mock/v1/shutdown` goes; none: it is refused.
    void on_shutdown(std::function<void()> function);

    /// Calls `function(world&)` while no request is handled, and returns what it returns.
    template <class Function>
    decltype(auto) with_world(Function&& function)
    {
        return host_.first()->with_world(std::forward<Function>(function));
    }

    /// Returns the ordinal that `fault_hits` takes.
    std::size_t add_fault(fault what);
    std::uint64_t fault_hits(std::size_t ordinal);

    /// As a service that is restarted: connections break, and new ones are refused until
    /// `come_back`, which listens on the same port. The world and its time go on.
    void go_down();
    void come_back();

    /// Closes everything and returns when nothing runs any more. May be called again.
    void stop();

private:
    std::unique_ptr<server> make_server();
    void open_control_port(std::uint16_t port);

    // Made when it is asked for: keys and certificates take time and two megabytes.
    const test_ca& authority() const;

    mutable std::once_flag authority_once_;
    mutable std::optional<test_ca> authority_;
    std::string token_;
    mock_host host_;
    control_api control_;
    std::uint64_t clock_listener_ = 0;
    std::optional<webhook_dispatcher> webhooks_;

    server_options server_options_;
    // Guards the pointer against `stats` while the server is replaced.
    mutable std::mutex server_mutex_;
    std::unique_ptr<server> server_;
    std::unique_ptr<server> control_server_;
    std::string base_url_;
    server_stats earlier_;
};

}  // namespace scrapingpros_mock

#endif
