#ifndef SCRAPINGPROS_MOCK_LEDGER_FIGURES_HPP
#define SCRAPINGPROS_MOCK_LEDGER_FIGURES_HPP

#include <cstdint>
#include <span>
#include <string_view>

#include "books/verdicts.hpp"

namespace scrapingpros_mock {

/// Names of what assertions can ask of a summary: the verdicts ("lost"), the classes of requests
/// ("requests.retry") and the totals ("runs_started").
std::span<const std::string_view> ledger_figure_names();
/// The figure of one of these names.
std::uint64_t ledger_figure(const book_summary&, std::string_view name);

}  // namespace scrapingpros_mock

#endif
