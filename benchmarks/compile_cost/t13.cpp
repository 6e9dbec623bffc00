// Yardstick "asynchronous header": a program that calls one member of such a class.
#include "t13.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<void> use(client& api)
{
    co_await api.get_run("run");
}

int main()
{
    boost::asio::io_context io;
    client api;
    boost::asio::co_spawn(io, use(api), boost::asio::detached);
    io.run();
}
