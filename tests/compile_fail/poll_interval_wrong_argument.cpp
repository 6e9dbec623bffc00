#include <scrapingpros/policy/policy_set.hpp>

#include <chrono>

namespace {

struct my_interval {
#ifdef EXPECT_FAILURE
    std::chrono::seconds next_delay(int);
#else
    std::chrono::seconds next_delay(const scrapingpros::poll_observation&);
#endif
};

const auto set = scrapingpros::default_policies.with_poll_interval(my_interval{});

}  // namespace
