// An asynchronous class whose bodies are elsewhere: the cheapest header a client could have.
#ifndef COMPILE_COST_T13_HPP
#define COMPILE_COST_T13_HPP

#include <boost/asio/awaitable.hpp>

#include <string>

class client {
public:
    boost::asio::awaitable<std::string> get_run(std::string id);
    boost::asio::awaitable<std::string> start_run(std::string id);
};

#endif
