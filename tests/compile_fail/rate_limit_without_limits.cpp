#include <scrapingpros/policy/policy_set.hpp>

#include <optional>

namespace {

struct my_budget {
    scrapingpros::instant reserve(scrapingpros::instant, scrapingpros::rate_bucket);
    void
        on_throttled(scrapingpros::instant, scrapingpros::rate_bucket, std::optional<scrapingpros::milliseconds>);
#ifndef EXPECT_FAILURE
    void
    on_limits(scrapingpros::instant, scrapingpros::rate_bucket, const scrapingpros::account_limits&);
#endif
};

const auto set = scrapingpros::default_policies.with_rate_limit(my_budget{});

}  // namespace
