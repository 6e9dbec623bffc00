#ifndef QUICKSTART_REQUESTS_HPP
#define QUICKSTART_REQUESTS_HPP

#include <scrapingpros/policy/observer.hpp>

#include <cstdint>
#include <string_view>

namespace quickstart {

/// Requests sent, by what they ask for.
struct request_counts {
    std::uint64_t create = 0, start_run = 0, list_runs = 0, get_run = 0, list_jobs = 0,
                  get_result = 0, other = 0;

    std::uint64_t total() const noexcept
    {
        return create + start_run + list_runs + get_run + list_jobs + get_result + other;
    }
    friend bool operator==(const request_counts&, const request_counts&) = default;
};

// tag::observer[]
/// Watches the client: counts every attempt by its route.
struct request_counter {
    request_counts* counts;

    void on_attempt(const scrapingpros::attempt_event& e) const
    {
        const std::string_view route = e.route;
        if (route.ends_with("/collections"))
            ++counts->create;
        else if (route.ends_with("/run"))
            ++counts->start_run;
        else if (route.ends_with("/runs"))
            ++counts->list_runs;
        else if (route.ends_with("/jobs"))
            ++counts->list_jobs;
        else if (route.ends_with("/result"))
            ++counts->get_result;
        else if (route.find("/runs/") != route.npos)
            ++counts->get_run;
        else
            ++counts->other;
    }
};
// end::observer[]

}  // namespace quickstart

#endif
