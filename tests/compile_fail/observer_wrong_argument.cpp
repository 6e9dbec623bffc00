#include <scrapingpros/policy/policy_set.hpp>

namespace {

struct my_observer {
    void on_reply(const scrapingpros::reply_event&) {}
#ifdef EXPECT_FAILURE
    void on_attempt(const scrapingpros::reply_event&) {}
#else
    void on_attempt(const scrapingpros::attempt_event&) {}
#endif
};

const auto set = scrapingpros::default_policies.with_observer(my_observer{});

}  // namespace
