#ifndef QUICKSTART_DELIVERY_HPP
#define QUICKSTART_DELIVERY_HPP

#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/verdict.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "items.hpp"

namespace quickstart {

/// How a result came.
enum class way { inlined, fetched };

struct delivery_counts {
    std::size_t inlined = 0;
    std::size_t fetched = 0;
    /// Jobs that ended without a body.
    std::size_t missed = 0;
    std::size_t mismatches = 0;

    std::size_t delivered() const noexcept { return inlined + fetched; }
    std::size_t ended() const noexcept { return delivered() + missed; }
};

/// Where results go: bodies/0001.html and so on, and a line for each job in results.jsonl.
class delivery {
public:
    /// Throws `bad_input` if the folder cannot be written to.
    delivery(std::filesystem::path folder, std::vector<item> items);

    const std::vector<item>& items() const noexcept { return items_; }
    const std::filesystem::path& folder() const noexcept { return folder_; }
    const delivery_counts& counts() const noexcept { return counts_; }

    /// False if the job was shown before: listings overlap, so that no row is overlooked.
    bool is_new(const scrapingpros::job_id& id) { return seen_.insert(id).second; }
    std::size_t seen() const noexcept { return seen_.size(); }

    /// Writes a body, and compares its digest if the item has one.
    void take(
        const scrapingpros::job& row,
        const scrapingpros::job_result& result,
        const scrapingpros::verdict& judged,
        way how
    );
    /// Notes a job that has no body, and why.
    void miss(const scrapingpros::job& row, const std::string& why);

private:
    std::optional<std::size_t> number_of(const scrapingpros::job& row) const;
    void write_body(const std::filesystem::path& file, const std::string& bytes);
    void write_line(const std::string& json);

    std::filesystem::path folder_;
    std::vector<item> items_;
    std::unordered_map<std::string, std::size_t> number_by_custom_id_{};
    std::unordered_map<std::string, std::size_t> number_by_url_{};
    std::unordered_set<scrapingpros::job_id> seen_{};
    std::ofstream lines_{};
    delivery_counts counts_{};
};

}  // namespace quickstart

#endif
