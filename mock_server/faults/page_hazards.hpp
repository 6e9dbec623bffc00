#ifndef SCRAPINGPROS_MOCK_PAGE_HAZARDS_HPP
#define SCRAPINGPROS_MOCK_PAGE_HAZARDS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "handlers/handlers.hpp"
#include "rows/listing.hpp"

namespace scrapingpros_mock {

/// What the damaged listings of a run need to know of its earlier pages.
struct page_memory {
    /// A cursor that only a damaged page has given.
    struct alias {
        std::optional<position> behind;
        bool at_end = false;
    };
    std::unordered_map<std::string, alias> aliases;
    /// By the cursor of a page: where the page before it began.
    std::unordered_map<std::string, alias> before;
    std::vector<std::uint32_t> last_page;
    std::vector<std::uint32_t> held_back;
};

/// What a page says of its end.
struct page_end {
    std::optional<std::string> cursor;
    bool more = false;
};

/// A listing under the page hazards that meet the request. Without one it changes nothing.
class hazardous_listing {
public:
    hazardous_listing(call&, run&);

    /// Understands cursors that earlier damaged pages gave.
    std::variant<listing_request, listing_error> read();
    /// The page with its hazards, and what it says of its end.
    listing_page list(const listing_request&);
    page_end end(const listing_request&, const listing_page&);

private:
    bool has(page_hazard) const;
    /// True, and remembered as a hit, if the hazard is there and `possible`.
    bool strikes(page_hazard, bool possible);
    page_memory& memory();
    /// `rest` follows what makes the cursor one of its own.
    std::string alias_of(page_memory::alias, std::string_view rest = {});
    void disguise(page_end&);
    void reorder(const listing_request&, listing_page&);
    void repeat_and_drop(listing_page&);
    void remember(const listing_request&, const page_end&);

    call& c_;
    run& run_;
    bool watches_ = false;
    const page_memory::alias* alias_ = nullptr;
};

}  // namespace scrapingpros_mock

#endif
