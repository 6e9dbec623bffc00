#ifndef SCRAPINGPROS_MODEL_VERDICT_HPP
#define SCRAPINGPROS_MODEL_VERDICT_HPP

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

enum class judgement { unknown, usable, not_usable };

constexpr std::string_view to_string(judgement j) noexcept
{
    switch (j) {
    case judgement::unknown: return "unknown";
    case judgement::usable: return "usable";
    case judgement::not_usable: return "not_usable";
    }
    return "";
}

/// Whether a completed job's content is worth having. Inputs may be missing, so there are three
/// answers (contract 9.3).
struct verdict {
    judgement value = judgement::unknown;
    /// What decided: a member (`is_success`, `guidance.success`) or the rule that was broken.
    std::string reason{};
    /// Version of the criterion judged by, e.g. `content_success_v1`; empty if not known.
    std::string criterion_version{};

    friend bool operator==(const verdict&, const verdict&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
