#ifndef SCRAPINGPROS_MOCK_NEAR_WORD_HPP
#define SCRAPINGPROS_MOCK_NEAR_WORD_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros_mock {

/// How many letters must be put in, left out or changed to make one word of the other.
inline std::size_t edits_between(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row[b.size()];
}

/// "did you mean 'reset'?" if one of the words is near, or nothing.
template <class Words>
std::string near_word_hint(std::string_view given, const Words& words)
{
    std::string best;
    std::size_t least = given.size() < 4 ? 2 : 3;
    // A hostile megabyte is near to nothing.
    if (given.size() > 64) return best;
    for (const auto& each : words) {
        const std::string_view word{each};
        const std::size_t edits = edits_between(given, word);
        if (edits >= least) continue;
        least = edits;
        best = "did you mean '" + std::string(word) + "'?";
    }
    return best;
}

}  // namespace scrapingpros_mock

#endif
