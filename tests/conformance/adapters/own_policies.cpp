// A client of one's own parts, judged by the kit: this file and one line of CMake,
//
//     scrapingpros_conformance_subject(own_policies own_policies.cpp)

#include <cstdlib>

#include "adapter.hpp"
#include "stock_parts.hpp"

namespace {

using namespace scrapingpros;
using namespace std::chrono_literals;

/// Pages alone, and slower as long as none brings anything.
struct patient {
    milliseconds wait = 5s;

    poll_decision first(const poll_view& seen) { return next(seen); }
    poll_decision after_page(const poll_view& seen) { return {.when = seen.now}; }
    poll_decision after_tick(const poll_view& seen)
    {
        wait = seen.fresh.empty() ? (std::min)(wait * 3 / 2, milliseconds(45s)) : milliseconds(5s);
        return next(seen);
    }
    poll_decision next(const poll_view& seen) const
    {
        return {.when = seen.now + wait, .what = read_kind::inline_page};
    }
};

/// What the service says, but for a page that it takes for content. A careless one takes the status for it.
struct watchful {
    static constexpr std::string_view version = "";
    bool careless = std::getenv("OWN_POLICIES_CARELESS") != nullptr;

    verdict classify(const job& row, const job_result* body) const
    {
        if (careless && row.status == job_status::completed)
            return {judgement::usable, "completed", {}};
        if (body && body->body.content.find("<title>Just a moment...") != std::string::npos)
            return {judgement::not_usable, "an interstitial page", {}};
        return server_verdict{}.classify(row, body);
    }
};

struct own_parts : conformance::stock_parts {
    static auto policies(const conformance::mock_clock& time)
    {
        return default_policies.with_clock(time).with_poll_interval(patient{}).with_classifier(
            watchful{}
        );
    }
};

}  // namespace

int main()
{
    return conformance::converse<own_parts>();
}
