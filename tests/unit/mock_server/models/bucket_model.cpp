#include "bucket_model.hpp"

namespace models {
namespace {

/// Whether an earlier item that counts has the same URL and the same or no custom_id.
bool repeats(
    const std::vector<submitted>& items, const std::vector<bool>& counts, std::size_t index
)
{
    if (!items[index].url) return false;
    for (std::size_t i = 0; i < index; ++i)
        if (counts[i] && items[i].url == items[index].url &&
            items[i].custom_id == items[index].custom_id)
            return true;
    return false;
}

}  // namespace

sorted sort(const std::vector<submitted>& items, precedence order)
{
    sorted made;
    // The first of a pair stays: what came before and was refused does not count, unless duplicates
    // are looked for before anything else.
    std::vector<bool> counts(items.size(), false);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const submitted& item = items[i];
        const bool blocked = !item.blocked_for.empty();
        const bool duplicate = repeats(items, counts, i);
        if (order == precedence::duplicate_first) {
            counts[i] = item.url.has_value();
            if (duplicate) {
                made.duplicates.push_back(*item.url);
                continue;
            }
        }
        if (order == precedence::blocked_invalid_duplicate && blocked) {
            made.blocked_urls.push_back({i, *item.url, item.blocked_for});
        } else if (item.invalid) {
            made.invalid.push_back(i);
        } else if (blocked) {
            made.blocked_urls.push_back({i, *item.url, item.blocked_for});
        } else if (duplicate && order != precedence::duplicate_first) {
            made.duplicates.push_back(*item.url);
        } else {
            counts[i] = true;
            made.queued.push_back({*item.url, item.custom_id});
        }
    }
    return made;
}

}  // namespace models
