#ifndef SCRAPINGPROS_MOCK_OPERATION_HPP
#define SCRAPINGPROS_MOCK_OPERATION_HPP

#include <cstddef>
#include <optional>
#include <string_view>

namespace scrapingpros_mock {

/// What a request asks for: the routes of the contract's part 2, and what is none of them.
enum class operation {
    create,
    list_collections,
    get_collection,
    update_collection,
    delete_collection,
    start_run,
    list_runs,
    get_run,
    cancel_run,
    list_jobs,
    get_result,
    health,
    plans,
    billing,
    /// No route of that path, or not with that method.
    unknown,
    /// In faults only: every operation.
    any,
};

inline constexpr std::size_t operation_count = static_cast<std::size_t>(operation::any) + 1;

/// "start_run"
std::string_view name_of(operation) noexcept;
/// "run.start"
std::string_view dotted_name_of(operation) noexcept;
/// Takes either name.
std::optional<operation> operation_named(std::string_view) noexcept;

/// POST, PUT and DELETE of the collections path spend the write bucket (contract 12).
bool is_write(operation) noexcept;

}  // namespace scrapingpros_mock

#endif
