#include <scrapingpros/policy/policy_set.hpp>

namespace {

struct my_observer {
#ifdef EXPECT_FAILURE
    void on_atempt(const scrapingpros::attempt_event&) {}
#else
    void on_attempt(const scrapingpros::attempt_event&) {}
#endif
};

const auto set = scrapingpros::default_policies.with_observer(my_observer{});

}  // namespace
