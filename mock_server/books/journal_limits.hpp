#ifndef SCRAPINGPROS_MOCK_JOURNAL_LIMITS_HPP
#define SCRAPINGPROS_MOCK_JOURNAL_LIMITS_HPP

#include <cstddef>

namespace scrapingpros_mock {

/// How much of the past a journal keeps; the oldest entries go first.
struct journal_limits {
    std::size_t entries = 200'000;
    std::size_t bytes = 64u << 20;
    /// Of a request's body; of a longer one the hash is kept.
    std::size_t body = 16u << 10;
};

}  // namespace scrapingpros_mock

#endif
