#ifndef SCRAPINGPROS_MOCK_ROW_CACHE_HPP
#define SCRAPINGPROS_MOCK_ROW_CACHE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "switches.hpp"

namespace scrapingpros_mock {

/// What the row caches of a world may hold together. A cache that gets no more room keeps what it has.
struct row_budget {
    std::size_t bytes_left = std::size_t{48} << 20;
};

/// The JSON of one run's settled rows, which does not change any more. Rows come in here when they
/// are listed a second time: a client that lists each row once costs no memory.
class row_cache {
public:
    /// Forgets everything if the run's future or the switches are not those of the last call.
    void begin_page(std::uint64_t revision, const switches& contract, row_budget& budget)
    {
        if (revision_ == revision && contract_ == contract) return;
        budget.bytes_left += text_.size();
        text_.clear();
        places_.clear();
        revision_ = revision;
        contract_ = contract;
    }

    /// Empty if the row is not in here.
    std::string_view find(std::size_t job) const noexcept
    {
        if (job >= places_.size()) return {};
        return std::string_view(text_).substr(places_[job].begin, places_[job].size);
    }

    void keep(std::size_t job, std::size_t jobs, std::string_view json, row_budget& budget)
    {
        if (json.size() > budget.bytes_left) return;
        if (places_.empty()) places_.resize(jobs);
        places_[job] = {
            static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(json.size())};
        text_ += json;
        budget.bytes_left -= json.size();
    }

private:
    struct place {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
    };

    std::string text_;
    std::vector<place> places_;
    std::uint64_t revision_ = 0;
    switches contract_;
};

}  // namespace scrapingpros_mock

#endif
