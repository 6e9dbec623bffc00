#include "books/ledger_figures.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace scrapingpros_mock {
namespace {

using reader = std::uint64_t (*)(const book_summary&);

constexpr std::pair<std::string_view, reader> totals[]{
    {"jobs", [](const book_summary& sum) { return std::uint64_t{sum.jobs}; }},
    {"finished", [](const book_summary& sum) { return std::uint64_t{sum.finished}; }},
    {"collections_created", [](const book_summary& sum) { return sum.totals.collections_created; }},
    {"runs_started", [](const book_summary& sum) { return sum.totals.runs_started; }},
    {"inline_bodies", [](const book_summary& sum) { return sum.totals.inline_bodies; }},
    {"fetched_bodies", [](const book_summary& sum) { return sum.totals.fetched_bodies; }},
    {"asked_after_expiry", [](const book_summary& sum) { return sum.came_late; }},
    {"credits_charged", [](const book_summary& sum) { return sum.credits_charged; }},
    {"credits_refunded", [](const book_summary& sum) { return sum.credits_refunded; }},
    {"proxied_jobs", [](const book_summary& sum) { return sum.proxied; }},
    {"requests", [](const book_summary& sum) { return sum.totals.total; }},
    {"floor", [](const book_summary& sum) { return sum.floor; }},
    {"overhead",
     [](const book_summary& sum) {
         return static_cast<std::uint64_t>(std::max<std::int64_t>(sum.overhead, 0));
     }},
};

constexpr std::string_view class_prefix = "requests.";

std::vector<std::string> make_names()
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < verdict_count; ++i)
        names.emplace_back(name_of(static_cast<verdict>(i)));
    for (const auto& [name, read] : totals)
        names.emplace_back(name);
    for (std::size_t i = 0; i < request_class_count; ++i)
        names.push_back(std::string(class_prefix) + name_of(static_cast<request_class>(i)));
    return names;
}

}  // namespace

std::span<const std::string_view> ledger_figure_names()
{
    static const std::vector<std::string> names = make_names();
    static const std::vector<std::string_view> views(names.begin(), names.end());
    return views;
}

std::uint64_t ledger_figure(const book_summary& sum, std::string_view name)
{
    for (std::size_t i = 0; i < verdict_count; ++i)
        if (name == name_of(static_cast<verdict>(i))) return sum.verdicts[i];
    for (const auto& [known, read] : totals)
        if (name == known) return read(sum);
    if (name.starts_with(class_prefix))
        if (const auto kind = request_class_named(name.substr(class_prefix.size())))
            return sum.by_class[static_cast<std::size_t>(*kind)];
    return 0;
}

}  // namespace scrapingpros_mock
