#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_PARTS_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_PARTS_HPP

#include <scrapingpros/client.hpp>
#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>

#include "mock_clock.hpp"
#include "stock_policies.hpp"
#include "timed_transport.hpp"
#include "words.hpp"

namespace conformance {

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

    static auto policies(const mock_clock& time) { return stock_policies().with_clock(time); }

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
