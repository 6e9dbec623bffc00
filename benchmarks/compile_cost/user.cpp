// A user's file: it makes a client and awaits one call, as the yardstick t13 does with its own class.
#include <scrapingpros.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<void> use(scrapingpros::client api)
{
    co_await api.async_get_run({});
}

int main()
{
    boost::asio::io_context io;
    scrapingpros::client api(io.get_executor(), {});
    boost::asio::co_spawn(io, use(api), boost::asio::detached);
    io.run();
}
