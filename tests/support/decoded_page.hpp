#ifndef TESTS_SUPPORT_DECODED_PAGE_HPP
#define TESTS_SUPPORT_DECODED_PAGE_HPP

#include <scrapingpros/wire/page_decoder.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/support/printing.hpp"

namespace scrapingpros::tests {

/// All that a decoder gave for one text.
struct decoded_page {
    std::vector<page_row> rows{};
    page_end end{};
    error_code error{};
    diagnostics diag{};

    const listed_job& job(std::size_t i) const { return std::get<listed_job>(rows.at(i)); }
    const unreadable_row& bad(std::size_t i) const { return std::get<unreadable_row>(rows.at(i)); }
};

/// Feeds a decoder in pieces of so many bytes and takes the rows after each.
inline decoded_page decode_page(
    std::string_view text, std::size_t piece = 65'536, page_limits limits = {}
)
{
    page_decoder decoder(limits);
    decoded_page out;
    for (std::size_t at = 0; at < text.size() && !out.error; at += piece) {
        out.error = decoder.write(text.substr(at, piece));
        while (auto row = decoder.next_row())
            out.rows.push_back(std::move(*row));
    }
    if (!out.error) out.error = decoder.finish();
    if (!out.error) out.end = decoder.end();
    decoder.explain(out.diag);
    return out;
}

}  // namespace scrapingpros::tests

#endif
