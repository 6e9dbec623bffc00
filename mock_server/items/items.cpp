#include "items/items.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string_view>
#include <unordered_set>
#include <utility>

#include "items/ssrf.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

std::optional<std::string> text_member(const json::value& element, json::string_view name)
{
    if (!element.is_object()) return std::nullopt;
    const json::value* found = element.get_object().if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string(found->get_string().data(), found->get_string().size());
}

/// Drops one element into its bucket; the order of the three questions is A7.
class sorter {
public:
    sorter(const scenario& from, buckets& into) : from_(from), into_(into) {}

    void add(const json::value& element)
    {
        using enum choice::bucket_order;
        index_ = into_.items++;
        item made;
        const choice::bucket_order order = from_.contract.bucket_order;
        if (order == duplicate_first && is_duplicate(element)) return;
        if (order == blocked_invalid_duplicate && is_blocked(element)) return;
        if (is_invalid(element, made)) return;
        if (order != blocked_invalid_duplicate && is_blocked(element)) return;
        if (order != duplicate_first && is_duplicate(element)) return;
        into_.queued.push_back(std::move(made));
    }

private:
    bool is_invalid(const json::value& element, item& made)
    {
        std::vector<item_error> errors = check_item(element, from_, made);
        if (errors.empty()) return false;
        into_.invalid.push_back({index_, text_member(element, "url"), std::move(errors)});
        return true;
    }

    bool is_blocked(const json::value& element)
    {
        const auto url = text_member(element, "url");
        if (!url) return false;
        auto why = refuse(*url);
        if (!why) return false;
        into_.blocked.push_back({index_, *url, std::move(why->reason), std::move(why->message)});
        return true;
    }

    std::optional<refusal> refuse(const std::string& url) const
    {
        if (has_scheme(url)) return refuse_url(url, from_);
        using enum choice::item_url_without_scheme;
        if (from_.contract.item_url_without_scheme == malformed_url || url.empty())
            return refusal{"malformed_url", "URL has no scheme or host."};
        return refuse_url("https://" + url, from_);
    }

    bool is_duplicate(const json::value& element)
    {
        auto url = text_member(element, "url");
        if (!url) return false;
        std::string key = *url;
        if (from_.contract.dedup_compare == choice::dedup_compare::normalised_url)
            key = normalised_url(has_scheme(key) ? key : "https://" + key);
        const auto custom_id = text_member(element, "custom_id");
        if (custom_id && !from_.contract.predates(shipped::row_columns))
            key += '\0' + *custom_id;  // no URL contains a null, so the pair stays a pair
        if (seen_.insert(std::move(key)).second) return false;
        into_.duplicates.push_back(*std::move(url));
        return true;
    }

    const scenario& from_;
    buckets& into_;
    std::size_t index_ = 0;
    std::unordered_set<std::string> seen_;
};

}  // namespace

buckets sort_into_buckets(const json::array& requests, const scenario& from)
{
    buckets made;
    sorter into{from, made};
    for (const json::value& element : requests) {
        into.add(element);
        if (!made.country) made.country = unapproved_country(element, from);
    }
    if (from.contract.country_not_approved != choice::country_not_approved::s403_on_create)
        made.country.reset();
    return made;
}

}  // namespace scrapingpros_mock
