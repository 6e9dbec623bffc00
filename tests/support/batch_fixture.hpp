#ifndef SCRAPINGPROS_TESTS_SUPPORT_BATCH_FIXTURE_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_BATCH_FIXTURE_HPP

#include <scrapingpros/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/support/client_fixture.hpp"

namespace test {

using next_outcome = std::optional<scrapingpros::job_outcome>;

/// So many pages, each with an id of its own.
inline scrapingpros::collection_draft draft_of(std::size_t pages, std::string name = "batch")
{
    scrapingpros::collection_draft draft{.name = std::move(name)};
    for (std::size_t i = 0; i < pages; ++i) {
        scrapingpros::scrape_request item;
        item.url = "https://shop.example/page/" + std::to_string(i);
        item.custom_id = "page_" + std::to_string(i);
        draft.requests.emplace_back(std::move(item));
    }
    return draft;
}

inline outcome<next_outcome> next(client_fixture& f, scrapingpros::batch& from)
{
    return f.run<next_outcome>([&](auto h) { from.async_next(std::move(h)); });
}

/// How often each job was handed out.
using delivery_count = std::map<std::string, int>;

/// Takes outcomes to the end, or so many.
inline scrapingpros::error_code drain(
    client_fixture& f,
    scrapingpros::batch& from,
    delivery_count& count,
    std::size_t at_most = std::size_t(-1)
)
{
    for (std::size_t i = 0; i < at_most; ++i) {
        auto got = next(f, from);
        if (got.ec || !got.value) return got.ec;
        ++count[got.value->job.id.value];
    }
    return {};
}

/// The jobs of the first run that the service counts as finished, each handed out once, and no other;
/// those that a batch has left by name are left out.
inline bool equals_ledger(
    const client_fixture& f,
    const delivery_count& count,
    const scrapingpros::batch_summary& end = {}
)
{
    std::set<std::string> expected;
    const auto runs = f.world.run_ids();
    if (runs.size() != 1) return false;
    const auto seen = f.world.find_run(runs.front(), f.clock.server_now());
    for (const auto& id : seen->job_ids)
        expected.insert(id);
    for (const auto& left : end.left.jobs)
        expected.erase(left.id.value);
    const auto once = [&](const auto& one) {
        return one.second == 1 && expected.count(one.first) == 1;
    };
    return count.size() == expected.size() && std::all_of(count.begin(), count.end(), once);
}

/// Lines of the trace from the given one on.
inline std::vector<std::string> trace_from(const client_fixture& f, std::size_t begin)
{
    auto lines = f.wire.trace();
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(begin));
    return lines;
}

}  // namespace test

#endif
