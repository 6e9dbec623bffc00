#ifndef SCRAPINGPROS_TESTS_MOCK_MODELS_BUCKET_MODEL_HPP
#define SCRAPINGPROS_TESTS_MOCK_MODELS_BUCKET_MODEL_HPP

// What becomes of submitted items by part 3.3 of the contract, in the plainest code there is. The
// faults of an item are told to the model, since it is not about how they are found.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace models {

struct submitted {
    std::string json;                ///< as it is sent
    std::optional<std::string> url;  ///< if it has one
    std::optional<std::string> custom_id;
    bool invalid = false;
    std::string blocked_for;  ///< the reason; empty: not blocked
};

/// A7: which of its faults decides where an item lands.
enum class precedence { invalid_blocked_duplicate, blocked_invalid_duplicate, duplicate_first };

struct sorted {
    struct blocked {
        std::size_t index;
        std::string url;
        std::string reason;
        bool operator==(const blocked&) const = default;
    };
    struct pair {
        std::string url;
        std::optional<std::string> custom_id;
        bool operator==(const pair&) const = default;
    };

    std::vector<std::size_t> invalid;
    std::vector<blocked> blocked_urls;
    std::vector<std::string> duplicates;  ///< one URL per occurrence
    std::vector<pair> queued;
};

sorted sort(const std::vector<submitted>&, precedence);

}  // namespace models

#endif
