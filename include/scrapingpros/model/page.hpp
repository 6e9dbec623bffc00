#ifndef SCRAPINGPROS_MODEL_PAGE_HPP
#define SCRAPINGPROS_MODEL_PAGE_HPP

#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/job_result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

/// What stood in a row's `result`. All but `present` mean: use the result route.
enum class inline_state {
    /// No such member: an old server, or results were not asked for.
    absent,
    /// Not completed, over the inline cap, or its body was missing.
    null,
    /// A partial or malformed copy, or one over the decoder's limits (contract 7.5).
    unreadable,
    present
};

/// A row with its inline result, if there was a whole one.
struct listed_job {
    scrapingpros::job job{};
    std::optional<job_result> result{};
    inline_state state = inline_state::absent;

    friend bool operator==(const listed_job&, const listed_job&) = default;
};

/// A row that could not be read. It costs only itself.
struct unreadable_row {
    /// Place in the page's `items`, from 0.
    std::size_t index = 0;
    std::string reason{};
    /// The job, if that much could be read.
    std::optional<job_id> id{};

    friend bool operator==(const unreadable_row&, const unreadable_row&) = default;
};

using page_row = std::variant<listed_job, unreadable_row>;

/// What a page says about the next one. Old servers say nothing: no more.
struct page_end {
    bool has_more = false;
    /// Opaque; never empty text.
    std::optional<std::string> cursor{};

    friend bool operator==(const page_end&, const page_end&) = default;
};

/// A page held as a whole; for small pages only, an inline one may be 25 MB.
struct job_page {
    std::vector<page_row> rows{};
    page_end end{};

    friend bool operator==(const job_page&, const job_page&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
