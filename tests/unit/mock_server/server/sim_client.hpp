#ifndef SCRAPINGPROS_TESTS_MOCK_SERVER_SIM_CLIENT_HPP
#define SCRAPINGPROS_TESTS_MOCK_SERVER_SIM_CLIENT_HPP

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

#include "server/sim.hpp"

/// Talks to a mock without sockets.
struct sim_client {
    scrapingpros_mock::sim& service;
    std::string token = "test_token_a";

    scrapingpros_mock::response_plan send(
        std::string_view method, std::string_view target, std::string_view body = ""
    );
    /// The body of an answer of the status given, as JSON; throws if it is another.
    boost::json::value ask(
        unsigned status,
        std::string_view method,
        std::string_view target,
        std::string_view body = ""
    );
    boost::json::value get(std::string_view target) { return ask(200, "GET", target); }
    boost::json::value post(std::string_view target, std::string_view body = "")
    {
        return ask(200, "POST", target, body);
    }
    /// Starts a run of so many jobs and returns its path.
    std::string start_run(std::size_t jobs);
};

#endif
