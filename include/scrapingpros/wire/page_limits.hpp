#ifndef SCRAPINGPROS_WIRE_PAGE_LIMITS_HPP
#define SCRAPINGPROS_WIRE_PAGE_LIMITS_HPP

#include <cstddef>
#include <cstdint>

namespace scrapingpros::inline v0 {

/// Bounds on what one page may make a decoder hold. Bytes are counted decoded.
struct page_limits {
    /// Text or base64 of one inline body. A longer one leaves its row without a result.
    std::uint64_t max_body = std::uint64_t{16} << 20;
    /// All other members of one inline result together. As above.
    std::size_t max_rest = std::size_t{16} << 20;
    /// All members of one row without its result. A longer row is an `unreadable_row`.
    std::size_t max_row_bytes = std::size_t{1} << 20;
    /// More is `errc::body_too_large`.
    std::size_t max_rows = 10'000;
    /// Nesting of arrays and objects; deeper is `errc::malformed_response`.
    std::size_t max_depth = 64;

    friend bool operator==(const page_limits&, const page_limits&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
