#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_PARTS_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_PARTS_HPP

#include <scrapingpros/client.hpp>
#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

#include "mock_clock.hpp"
#include "timed_transport.hpp"
#include "words.hpp"

namespace conformance {

/// The server's word, as by default; and a run that is judged by another criterion is worth telling.
struct server_verdict_by_v1 : sp::server_verdict {
    static constexpr std::string_view version = "content_success_v1";
};

/// What the client has found odd, as `warning` events.
struct told_as_warnings {
    void on_drift(const sp::drift_event& e) const { tell("odd: " + std::string(e.place)); }
    void on_criterion(const sp::criterion_event& e) const
    {
        tell("success is judged by " + std::string(e.served));
    }

private:
    static void tell(std::string_view text)
    {
        std::cout << json::serialize(json::object{
                         {"id", verb_at_work()}, {"event", "warning"}, {"text", text}})
                  << std::endl;
    }
};

/// The library as it comes: its own transport and its default policies, in the mock's time.
struct stock_parts {
    using clock = mock_clock;

    static timed_transport transport(asio::io_context& context, const mock_clock& time)
    {
        return connected(context, time, sp::transport_options().max_connections);
    }
    static timed_transport narrow_transport(asio::io_context& context, const mock_clock& time)
    {
        return connected(context, time, 1);
    }

    static auto policies(const mock_clock& time)
    {
        return sp::default_policies.with_clock(time)
            .with_classifier(sp::pinned<server_verdict_by_v1>{{}, sp::on_mismatch::event})
            .with_observer(told_as_warnings{});
    }

private:
    static timed_transport connected(
        asio::io_context& context, const mock_clock& time, std::size_t connections
    )
    {
        sp::transport_options o;
        o.max_connections = connections;
        o.connect_timeout = o.handshake_timeout = o.silence = timed_transport::never;
        o.pool_timeout.reset();
        o.idle_age = timed_transport::never;
        o.tls.ca_file = environment("SP_CA_FILE");
        sp::diagnostics diag;
        return {sp::make_beast_transport(context.get_executor(), o, diag).value(), time};
    }
};

}  // namespace conformance

#endif
