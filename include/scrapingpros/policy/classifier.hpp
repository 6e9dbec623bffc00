#ifndef SCRAPINGPROS_POLICY_CLASSIFIER_HPP
#define SCRAPINGPROS_POLICY_CLASSIFIER_HPP

#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/verdict.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {

// tag::success_classifier[]
/** Judges whether the content of a job is worth having.

    For an lvalue `c` of type `C`, a `const job` `row` and a `const job_result*` `body`, which is
    null if there is none, `c.classify(row, body)` is the verdict. `C::version` names the criterion
    it implements; empty if it follows the server.

    - Called once for each job that is handed to the consumer.
    - Inputs may be missing; the honest answer is then `judgement::unknown`.
    - Each client works on its own copy.
    - Must not throw or block.
*/
// clang-format off
template <class C>
concept success_classifier = std::copy_constructible<C> && requires(C& c, const job& row, const job_result* body) {
    { C::version } -> std::convertible_to<std::string_view>;
    { c.classify(row, body) } -> std::same_as<verdict>;
};
// clang-format on
// end::success_classifier[]

/** The four rules of `content_success_v1`, all needed (contract 9.3).

    | rule                                     | input is missing when    |
    |------------------------------------------|--------------------------|
    | `status == 'completed'`                  | the word is not known    |
    | `200 <= status_code < 300`               | neither row nor body has |
    | `potentiallyBlockedByCaptcha is false`   | there is no body         |
    | `block_reason is null or 'none'`         | never                    |

    One broken rule decides; without one, a missing input makes the verdict unknown.
*/
struct content_success_v1 {
    static constexpr std::string_view version = "content_success_v1";

    verdict classify(const job& row, const job_result* body) const
    {
        const auto says = [](judgement value, std::string reason) {
            return verdict{value, std::move(reason), std::string(version)};
        };
        auto code = row.status_code;
        if (!code && body) code = body->status_code;
        // A pointer, since g++ 12 takes a copy of the optional for uninitialised.
        const bool* captcha = body && body->potentially_blocked_by_captcha
                                  ? &*body->potentially_blocked_by_captcha
                                  : nullptr;
        if (row.status != job_status::unknown && row.status != job_status::completed)
            return says(judgement::not_usable, "status is " + row.status_text);
        if (code && (*code < 200 || *code >= 300))
            return says(judgement::not_usable, "status_code is " + std::to_string(*code));
        if (captcha && *captcha)
            return says(judgement::not_usable, "potentiallyBlockedByCaptcha is true");
        if (row.block_reason && *row.block_reason != "none")
            return says(judgement::not_usable, "block_reason is " + *row.block_reason);
        if (row.status == job_status::unknown)
            return says(judgement::unknown, "status is not known: " + row.status_text);
        if (!code) return says(judgement::unknown, "status_code is missing");
        if (!captcha) return says(judgement::unknown, "potentiallyBlockedByCaptcha is missing");
        return says(judgement::usable, "all rules hold");
    }
};

/** Follows the server: the row's `is_success`, then the body's `guidance.success`, then the four
    rules, which say unknown where an input is missing (contract section 20, item 10).
*/
struct server_verdict {
    static constexpr std::string_view version = "";

    verdict classify(const job& row, const job_result* body) const
    {
        const auto of = [](bool success) {
            return success ? judgement::usable : judgement::not_usable;
        };
        if (row.is_success) return {of(*row.is_success), "is_success", {}};
        if (body && body->guidance && body->guidance->success)
            return {of(*body->guidance->success), "guidance.success", {}};
        return content_success_v1{}.classify(row, body);
    }
};

/// What happens when a run names another criterion than the pinned one.
enum class on_mismatch {
    /// Reading the run ends with `errc::criterion_mismatch`.
    error,
    /// The observer is told, once for each run.
    event,
    ignore,
};

/// Judges by `Classifier` and watches that the server still judges by the same criterion.
template <success_classifier Classifier>
struct pinned {
    static constexpr std::string_view version = Classifier::version;

    Classifier inner{};
    on_mismatch rule = on_mismatch::error;

    verdict classify(const job& row, const job_result* body) { return inner.classify(row, body); }
};

/// The version that a classifier insists on; empty if it insists on none.
template <success_classifier C>
constexpr std::string_view pinned_version(const C&) noexcept
{
    return "";
}
template <success_classifier C>
constexpr std::string_view pinned_version(const pinned<C>&) noexcept
{
    return C::version;
}

template <success_classifier C>
constexpr on_mismatch mismatch_rule(const C&) noexcept
{
    return on_mismatch::ignore;
}
template <success_classifier C>
constexpr on_mismatch mismatch_rule(const pinned<C>& p) noexcept
{
    return p.rule;
}

static_assert(success_classifier<content_success_v1>);
static_assert(success_classifier<server_verdict>);
static_assert(success_classifier<pinned<content_success_v1>>);

}  // namespace scrapingpros::inline v0

#endif
