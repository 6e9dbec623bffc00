#ifndef SCRAPINGPROS_DETAIL_PAGE_REPLIES_HPP
#define SCRAPINGPROS_DETAIL_PAGE_REPLIES_HPP

#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/reply_reader.hpp>
#include <scrapingpros/wire/page_decoder.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0::detail {

inline page_limits limits_of_page(const client_core& core)
{
    page_limits limits;
    limits.max_body = core.options().limits.row;
    limits.max_rest = core.options().limits.row;
    return limits;
}

/// A page, row by row as it arrives. Rows that an earlier attempt handed on are not given again.
class page_reply : public reply_reader {
public:
    /// Ids handed on from the page under way; outlives attempts, and reading of the same page anew.
    using handed_ids = std::shared_ptr<std::unordered_set<std::string>>;

    page_reply(client_core& core, std::string route, handed_ids handed)
        : core_(core), route_(std::move(route)), handed_(std::move(handed))
    {
    }

    void begin(const http_response_head&) override
    {
        decoder_.emplace(limits_of_page(core_));
        rows.clear();
        unreadable.clear();
    }
    error_code write(std::string_view piece) override
    {
        const auto ec = decoder_->write(piece);
        while (auto row = decoder_->next_row()) {
            if (auto* bad = std::get_if<unreadable_row>(&*row)) {
                core_.policies().notify(drift_event{route_, bad->reason});
                unreadable.push_back(std::move(*bad));
            } else if (auto& good = std::get<listed_job>(*row);
                       !handed_->count(good.job.id.value)) {
                rows.push_back(std::move(good));
            }
        }
        // What was complete is handed on first; the error comes again from the next piece.
        return rows.empty() ? ec : error_code();
    }
    error_code finish() override
    {
        if (const auto ec = decoder_->finish()) return ec;
        end = decoder_->end();
        return {};
    }
    bool has_output() const override { return !rows.empty(); }
    void explain(diagnostics& diag) const override
    {
        if (decoder_) decoder_->explain(diag);
    }

    std::optional<listed_job> take()
    {
        if (rows.empty()) return {};
        auto row = std::move(rows.front());
        rows.pop_front();
        handed_->insert(row.job.id.value);
        return row;
    }

    std::deque<listed_job> rows{};
    std::vector<unreadable_row> unreadable{};
    page_end end{};

private:
    client_core& core_;
    std::string route_;
    handed_ids handed_;
    std::optional<page_decoder> decoder_{};
};

/// A page held as a whole, for small ones.
class whole_page_reply final : public reply_reader {
public:
    whole_page_reply(client_core& core, std::string route) : core_(core), route_(std::move(route))
    {
    }

    void begin(const http_response_head&) override
    {
        decoder_.emplace(limits_of_page(core_));
        value = {};
    }
    error_code write(std::string_view piece) override
    {
        const auto ec = decoder_->write(piece);
        while (auto row = decoder_->next_row()) {
            if (const auto* bad = std::get_if<unreadable_row>(&*row))
                core_.policies().notify(drift_event{route_, bad->reason});
            value.rows.push_back(std::move(*row));
        }
        return ec;
    }
    error_code finish() override
    {
        if (const auto ec = decoder_->finish()) return ec;
        value.end = decoder_->end();
        return {};
    }
    void explain(diagnostics& diag) const override
    {
        if (decoder_) decoder_->explain(diag);
    }

    job_page value{};

private:
    client_core& core_;
    std::string route_;
    std::optional<page_decoder> decoder_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
