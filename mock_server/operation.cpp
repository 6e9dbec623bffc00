#include "operation.hpp"

#include <array>

namespace scrapingpros_mock {
namespace {

constexpr std::array<std::string_view, operation_count> names{
    "create",
    "list_collections",
    "get_collection",
    "update_collection",
    "delete_collection",
    "start_run",
    "list_runs",
    "get_run",
    "cancel_run",
    "list_jobs",
    "get_result",
    "health",
    "plans",
    "billing",
    "unknown",
    "any",
};

/// The names of fault grammars and assertions: what is acted on, and how.
constexpr std::array<std::string_view, operation_count> dotted_names{
    "collection.create",
    "collection.list",
    "collection.get",
    "collection.update",
    "collection.delete",
    "run.start",
    "run.list",
    "run.get",
    "run.cancel",
    "jobs.list",
    "job.result",
    "health",
    "plans",
    "billing",
    "unknown",
    "any",
};

}  // namespace

std::string_view name_of(operation what) noexcept
{
    return names[static_cast<std::size_t>(what)];
}

std::string_view dotted_name_of(operation what) noexcept
{
    return dotted_names[static_cast<std::size_t>(what)];
}

std::optional<operation> operation_named(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < operation_count; ++i)
        if (names[i] == name || dotted_names[i] == name) return static_cast<operation>(i);
    return std::nullopt;
}

bool is_write(operation what) noexcept
{
    switch (what) {
    case operation::create:
    case operation::update_collection:
    case operation::delete_collection:
    case operation::start_run:
    case operation::cancel_run: return true;
    default: return false;
    }
}

}  // namespace scrapingpros_mock
