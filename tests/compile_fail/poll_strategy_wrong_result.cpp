#include <scrapingpros/policy/policy_set.hpp>

namespace {

struct my_strategy {
    scrapingpros::poll_decision first(const scrapingpros::poll_view&);
    scrapingpros::poll_decision after_page(const scrapingpros::poll_view&);
#ifdef EXPECT_FAILURE
    scrapingpros::milliseconds after_tick(const scrapingpros::poll_view&);
#else
    scrapingpros::poll_decision after_tick(const scrapingpros::poll_view&);
#endif
};

const auto set = scrapingpros::default_policies.with_poll_interval(my_strategy{});

}  // namespace
