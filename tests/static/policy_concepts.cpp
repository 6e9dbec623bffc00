// Good and bad models of the policy concepts; each bad one is wrong in exactly one way.
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/policy/rate_limit.hpp>
#include <scrapingpros/policy/retry.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace {

using namespace scrapingpros;

namespace poll {

struct good {
    std::chrono::seconds next_delay(const poll_observation&);
};
struct takes_a_copy {
    milliseconds next_delay(poll_observation) const noexcept;
};
struct takes_the_wrong_argument {
    std::chrono::seconds next_delay(const char*);
};
struct wants_to_change_what_it_sees {
    std::chrono::seconds next_delay(poll_observation&);
};
struct returns_a_bare_number {
    int next_delay(const poll_observation&);
};
struct returns_something_finer {
    std::chrono::microseconds next_delay(const poll_observation&);
};
struct has_another_name {
    std::chrono::seconds next_wait(const poll_observation&);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    std::chrono::seconds next_delay(const poll_observation&);
};

static_assert(poll_interval_policy<good>);
static_assert(poll_interval_policy<takes_a_copy>);
static_assert(!poll_interval_policy<takes_the_wrong_argument>);
static_assert(!poll_interval_policy<wants_to_change_what_it_sees>);
static_assert(!poll_interval_policy<returns_a_bare_number>);
static_assert(!poll_interval_policy<returns_something_finer>);
static_assert(!poll_interval_policy<has_another_name>);
static_assert(!poll_interval_policy<cannot_be_copied>);

}  // namespace poll

namespace retry {

struct good {
    std::optional<milliseconds> on_failure(const failed_attempt&);
};
struct takes_the_wrong_argument {
    std::optional<milliseconds> on_failure(error_code);
};
struct cannot_give_up {
    milliseconds on_failure(const failed_attempt&);
};
struct returns_other_units {
    std::optional<std::chrono::seconds> on_failure(const failed_attempt&);
};
struct has_another_name {
    std::optional<milliseconds> on_error(const failed_attempt&);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    std::optional<milliseconds> on_failure(const failed_attempt&);
};

static_assert(retry_policy<good>);
static_assert(retry_policy<jittered<good>>);
static_assert(!retry_policy<takes_the_wrong_argument>);
static_assert(!retry_policy<cannot_give_up>);
static_assert(!retry_policy<returns_other_units>);
static_assert(!retry_policy<has_another_name>);
static_assert(!retry_policy<cannot_be_copied>);

}  // namespace retry

namespace rate_limit {

struct good {
    instant reserve(instant, rate_bucket);
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>);
    void on_limits(instant, rate_bucket, const account_limits&);
};
struct reserves_a_span {
    milliseconds reserve(instant, rate_bucket);
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>);
    void on_limits(instant, rate_bucket, const account_limits&);
};
struct knows_one_bucket {
    instant reserve(instant);
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>);
    void on_limits(instant, rate_bucket, const account_limits&);
};
struct is_deaf_to_throttles {
    instant reserve(instant, rate_bucket);
    void on_limits(instant, rate_bucket, const account_limits&);
};
struct insists_on_a_wait {
    instant reserve(instant, rate_bucket);
    void on_throttled(instant, rate_bucket, milliseconds);
    void on_limits(instant, rate_bucket, const account_limits&);
};
struct is_deaf_to_limits {
    instant reserve(instant, rate_bucket);
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    instant reserve(instant, rate_bucket);
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>);
    void on_limits(instant, rate_bucket, const account_limits&);
};

static_assert(rate_limit_policy<good>);
static_assert(!rate_limit_policy<reserves_a_span>);
static_assert(!rate_limit_policy<knows_one_bucket>);
static_assert(!rate_limit_policy<is_deaf_to_throttles>);
static_assert(!rate_limit_policy<insists_on_a_wait>);
static_assert(!rate_limit_policy<is_deaf_to_limits>);
static_assert(!rate_limit_policy<cannot_be_copied>);

}  // namespace rate_limit

namespace classifier {

struct good {
    static constexpr std::string_view version = "mine";
    verdict classify(const job&, const job_result*);
};
struct spells_its_version_as_text {
    static constexpr const char* version = "mine";
    verdict classify(const job&, const job_result*) const;
};
struct has_no_version {
    verdict classify(const job&, const job_result*);
};
struct counts_its_versions {
    static constexpr int version = 1;
    verdict classify(const job&, const job_result*);
};
struct answers_yes_or_no {
    static constexpr std::string_view version = "mine";
    bool classify(const job&, const job_result*);
};
struct needs_a_body {
    static constexpr std::string_view version = "mine";
    verdict classify(const job&, const job_result&);
};
struct judges_rows_alone {
    static constexpr std::string_view version = "mine";
    verdict classify(const job&);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    [[maybe_unused]] static constexpr std::string_view version = "mine";
    verdict classify(const job&, const job_result*);
};

static_assert(success_classifier<good>);
static_assert(success_classifier<spells_its_version_as_text>);
static_assert(success_classifier<pinned<good>>);
static_assert(!success_classifier<has_no_version>);
static_assert(!success_classifier<counts_its_versions>);
static_assert(!success_classifier<answers_yes_or_no>);
static_assert(!success_classifier<needs_a_body>);
static_assert(!success_classifier<judges_rows_alone>);
static_assert(!success_classifier<cannot_be_copied>);

}  // namespace classifier
}  // namespace
