#ifndef SCRAPINGPROS_MODEL_RETRY_LIST_HPP
#define SCRAPINGPROS_MODEL_RETRY_LIST_HPP

#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/scrape_request.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

/** Notes which items of a batch came to nothing, to make another batch of them.

    An item is known by its URL and `custom_id`, as the service tells items apart (contract 3.3). A row
    that has lost its URL is matched by its `custom_id` alone; one that has lost both is `unmatched`.
*/
class retry_list {
public:
    /// Notes the outcome if the job failed, timed out, or was judged not usable; but for one whose
    /// `stop_reason` says that another try is for nothing (contract 8.1).
    void note(const job_outcome& item)
    {
        const auto status = item.job.status;
        const bool failed = status == job_status::failed || status == job_status::timeout;
        if (!failed && item.verdict.value != judgement::not_usable) return;
        const auto* body = item.result ? &*item.result : nullptr;
        if (body && body->guidance && body->guidance->stop_reason)
            ++stopped_;
        else
            add(item.job.url, item.job.custom_id, item.job.url_truncated.value_or(false));
    }

    /// Notes everything that a batch ended without.
    void note(const remainder& left)
    {
        for (const auto& one : left.jobs)
            add(one.url, one.custom_id, one.url && one.url->size() >= longest_listed_url);
        unmatched_ += left.unnamed;
    }

    /// The items noted, in their order, as a new draft; a `raw_item` is not looked into and left out.
    collection_draft draft(std::string name, std::span<const request_item> items) const
    {
        collection_draft again{.name = std::move(name)};
        for (const auto& item : items) {
            const auto* request = std::get_if<scrape_request>(&item);
            if (request && has(*request)) again.requests.push_back(item);
        }
        return again;
    }

    /// Items noted.
    std::size_t size() const noexcept { return whole_.size() + cut_.size() + by_custom_id_.size(); }
    bool empty() const noexcept { return size() == 0; }
    /// Jobs that came to nothing and cannot be told by URL or `custom_id`.
    std::uint64_t unmatched() const noexcept { return unmatched_; }
    /// Outcomes that were not noted because of their `stop_reason`.
    std::uint64_t stopped() const noexcept { return stopped_; }

private:
    using key = std::pair<std::string, std::optional<std::string>>;

    static constexpr std::size_t longest_listed_url = 2048;

    void add(
        const std::optional<std::string>& url, const std::optional<std::string>& custom_id, bool cut
    )
    {
        if (!url && !custom_id)
            ++unmatched_;
        else if (!url)
            by_custom_id_.insert(*custom_id);
        else
            (cut ? cut_ : whole_).insert({*url, custom_id});
    }

    bool has(const scrape_request& item) const
    {
        if (item.custom_id && by_custom_id_.count(*item.custom_id)) return true;
        if (whole_.count({item.url, item.custom_id})) return true;
        for (const auto& [url, custom_id] : cut_)
            if (custom_id == item.custom_id && std::string_view(item.url).starts_with(url))
                return true;
        return false;
    }

    std::set<key> whole_{};
    /// Of rows whose URL the service has cut.
    std::set<key> cut_{};
    std::set<std::string> by_custom_id_{};
    std::uint64_t unmatched_ = 0;
    std::uint64_t stopped_ = 0;
};

}  // namespace scrapingpros::inline v0

#endif
