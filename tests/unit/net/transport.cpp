#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>

#include <doctest/doctest.h>

namespace {

using scrapingpros::exchange;
using scrapingpros::exchange_progress;
using scrapingpros::http_request;
using scrapingpros::read_handler;
using scrapingpros::send_handler;
using scrapingpros::transport;
namespace asio = boost::asio;

// Each bad model differs from the good one in exactly one way.

struct good_exchange {
    void async_send(const http_request&, send_handler);
    void async_read_some(asio::mutable_buffer, read_handler);
    exchange_progress progress() const;
};
struct cannot_be_moved : good_exchange {
    cannot_be_moved(cannot_be_moved&&) = delete;
};
struct changes_the_request {
    void async_send(http_request&, send_handler);
    void async_read_some(asio::mutable_buffer, read_handler);
    exchange_progress progress() const;
};
struct has_no_body {
    void async_send(const http_request&, send_handler);
    exchange_progress progress() const;
};
struct writes_its_progress {
    void async_send(const http_request&, send_handler);
    void async_read_some(asio::mutable_buffer, read_handler);
    void progress(exchange_progress&) const;
};
struct changes_by_being_asked {
    void async_send(const http_request&, send_handler);
    void async_read_some(asio::mutable_buffer, read_handler);
    exchange_progress progress();
};

static_assert(exchange<good_exchange>);
static_assert(!exchange<cannot_be_moved>);
static_assert(!exchange<changes_the_request>);
static_assert(!exchange<has_no_body>);
static_assert(!exchange<writes_its_progress>);
static_assert(!exchange<changes_by_being_asked>);

struct good_transport {
    asio::any_io_executor get_executor();
    good_exchange open();
};
struct has_no_executor {
    good_exchange open();
};
struct opens_something_else {
    asio::any_io_executor get_executor();
    has_no_body open();
};
struct must_be_told_where_to {
    asio::any_io_executor get_executor();
    good_exchange open(const http_request&);
};

static_assert(transport<good_transport>);
static_assert(!transport<has_no_executor>);
static_assert(!transport<opens_something_else>);
static_assert(!transport<must_be_told_where_to>);

}  // namespace

TEST_SUITE("net.transport")
{
    TEST_CASE("an exchange that has not begun has sent nothing")
    {
        const exchange_progress fresh;
        CHECK_EQ(fresh.phase, scrapingpros::call_phase::queued);
        CHECK_FALSE(fresh.request_sent);
        CHECK_FALSE(fresh.reused_connection);
        CHECK_EQ(fresh.body_bytes, 0u);
    }
}
