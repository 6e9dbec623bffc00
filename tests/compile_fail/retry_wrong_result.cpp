#include <scrapingpros/policy/policy_set.hpp>

#include <optional>

namespace {

struct my_retry {
#ifdef EXPECT_FAILURE
    scrapingpros::milliseconds on_failure(const scrapingpros::failed_attempt&);
#else
    std::optional<scrapingpros::milliseconds> on_failure(const scrapingpros::failed_attempt&);
#endif
};

const auto set = scrapingpros::default_policies.with_retry(my_retry{});

}  // namespace
