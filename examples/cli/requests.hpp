#ifndef SCRAPINGPROS_CLI_REQUESTS_HPP
#define SCRAPINGPROS_CLI_REQUESTS_HPP

#include <scrapingpros/policy/observer.hpp>

#include <cstdint>
#include <string_view>

namespace cli {

/// Requests sent, repetitions included, by what they ask for.
struct request_counts {
    std::uint64_t creates = 0, starts = 0, looks = 0, pages = 0, results = 0, others = 0;

    std::uint64_t total() const noexcept
    {
        return creates + starts + looks + pages + results + others;
    }
};

/// Watches the client: counts every attempt by its route.
struct request_counter {
    request_counts* counts;

    void on_attempt(const scrapingpros::attempt_event& e) const
    {
        const std::string_view route = e.route;
        if (route.starts_with("POST") && route.ends_with("/collections"))
            ++counts->creates;
        else if (route.ends_with("/run"))
            ++counts->starts;
        else if (route.ends_with("/jobs"))
            ++counts->pages;
        else if (route.ends_with("/result"))
            ++counts->results;
        else if (route.find("/runs") != route.npos)
            ++counts->looks;
        else
            ++counts->others;
    }
};

}  // namespace cli

#endif
