#ifndef SCRAPINGPROS_IMPL_WIRE_ROW_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_ROW_READER_HPP

#include <scrapingpros/impl/wire/result_reader.hpp>
#include <scrapingpros/impl/wire/value_collector.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/wire/page_limits.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Reads one row of the listing with its inline result. Contract sections 7.4 and 7.5.
class row_reader {
public:
    explicit row_reader(const page_limits& limits)
        : result_(limits.max_body, limits.max_rest, nullptr)
    {
        budget_.limit = limits.max_row_bytes;
    }

    /// A row object has just been opened.
    void begin()
    {
        row_ = {};
        status_.reset();
        id_.reset();
        run_.reset();
        collection_.reset();
        seconds_.reset();
        member_ = member::unknown;
        budget_.used = 0;
        mismatch_.clear();
    }

    /// The first member of another type; empty if none.
    const std::string& mismatch() const noexcept { return mismatch_; }

    page_row take(std::size_t index)
    {
        std::optional<job_id> id;
        if (id_ && !id_->empty()) id = job_id{std::move(*id_)};
        if (budget_.overdrawn())
            return unreadable_row{
                index, result_reader::size_text("row", budget_.used, budget_.limit), std::move(id)};
        if (!id) return unreadable_row{index, "no job_public_id", {}};
        row_.job.id = std::move(*id);
        row_.job.run.value = std::move(run_).value_or("");
        row_.job.collection.value = std::move(collection_).value_or("");
        row_.job.status_text = std::move(status_).value_or("");
        row_.job.status = job_status_from(row_.job.status_text);
        if (!row_.job.execution_time) row_.job.execution_time = seconds_;
        return std::move(row_);
    }

    void key(std::string_view name)
    {
        if (in_result_) return result_.key(name);
        if (nested_.active()) return nested_.key(name);
        member_ = static_cast<member>(find_member(names, name, static_cast<std::size_t>(member_)));
    }

    void open(bool is_array)
    {
        if (in_result_) return result_.open(is_array);
        if (nested_.active()) return nested_.open(is_array);
        if (member_ == member::result && !is_array) {
            in_result_ = true;
            return result_.begin();
        }
        const bool list = is_array && list_member() != nullptr;
        if (member_ == member::result)
            spoil_result();
        else if (!list)
            note();
        using mode = nested_value::mode;
        nested_.begin(list ? mode::strings : mode::skip, is_array, budget_);
    }

    /// True if that was the end of the row.
    bool close()
    {
        if (in_result_) {
            if (result_.close()) keep_result();
            return false;
        }
        if (!nested_.active()) return true;
        if (nested_.close() && nested_.kind() == nested_value::mode::strings)
            *list_member() = nested_.take_strings();
        return false;
    }

    void scalar(const json_scalar& value)
    {
        if (in_result_) return result_.scalar(value);
        if (nested_.active()) return nested_.scalar(value);
        if (value.kind == json_scalar::type::null) {
            if (member_ == member::result) clear_result(inline_state::null);
        } else if (!assign_member(value)) {
            note();
        }
    }

    void text_begin()
    {
        text_.clear();
        if (in_result_) return result_.text_begin();
        if (nested_.active()) nested_.text_begin();
    }

    void text_piece(std::string_view piece)
    {
        if (in_result_) return result_.text_piece(piece);
        if (nested_.active()) return nested_.text_piece(piece);
        const bool wanted = member_ != member::unknown && member_ != member::result;
        if (wanted && budget_.pay(piece.size())) text_ += piece;
    }

    void text_end()
    {
        if (in_result_) return result_.text_end();
        if (nested_.active()) return nested_.text_end();
        scalar({json_scalar::type::text, false, 0, text_});
    }

private:
    // In the order in which the service writes them.
    enum class member {
        job_public_id,
        run_public_id,
        collection_id,
        client_id,
        status,
        url,
        custom_id,
        url_truncated,
        status_code,
        message,
        queued_at,
        started_at,
        completed_at,
        execution_time_ms,
        execution_time_sec,
        retries_attempted,
        validator_version,
        block_reason,
        protection_stack,
        rule_hits,
        has_extractable_data,
        is_success,
        result,
        unknown
    };
    static constexpr std::string_view names[] = {
        "job_public_id",
        "run_public_id",
        "collection_id",
        "client_id",
        "status",
        "url",
        "custom_id",
        "url_truncated",
        "status_code",
        "message",
        "queued_at",
        "started_at",
        "completed_at",
        "execution_time_ms",
        "execution_time_sec",
        "retries_attempted",
        "validator_version",
        "block_reason",
        "protection_stack",
        "rule_hits",
        "has_extractable_data",
        "is_success",
        "result"};

    void note()
    {
        if (member_ != member::unknown && mismatch_.empty())
            mismatch_ = names[static_cast<std::size_t>(member_)];
    }

    std::vector<std::string>* list_member() noexcept
    {
        if (member_ == member::protection_stack) return &row_.job.protection_stack;
        return member_ == member::rule_hits ? &row_.job.rule_hits : nullptr;
    }

    void clear_result(inline_state state)
    {
        row_.result.reset();
        row_.state = state;
    }
    void spoil_result()
    {
        clear_result(inline_state::unreadable);
        note();
    }

    /// Takes the result if it is whole: a `message`, no member of another type, nothing left out.
    void keep_result()
    {
        in_result_ = false;
        if (!result_.has_message() || !result_.mismatch().empty() || result_.too_large())
            return spoil_result();
        row_.result = result_.take();
        row_.state = inline_state::present;
        // Bodies of one run tend to be alike.
        result_.body().expect_size(row_.result->body.content.size());
    }

    bool assign_member(const json_scalar& value)
    {
        job& out = row_.job;
        switch (member_) {
        case member::job_public_id: return assign(value, id_);
        case member::run_public_id: return assign(value, run_);
        case member::collection_id: return assign(value, collection_);
        case member::client_id: return assign(value, out.client_id);
        case member::status: return assign(value, status_);
        case member::url: return assign(value, out.url);
        case member::custom_id: return assign(value, out.custom_id);
        case member::url_truncated: return assign(value, out.url_truncated);
        case member::status_code: return assign(value, out.status_code);
        case member::message: return assign(value, out.message);
        case member::queued_at: return assign(value, out.queued_at);
        case member::started_at: return assign(value, out.started_at);
        case member::completed_at: return assign(value, out.completed_at);
        case member::execution_time_ms: return assign_span(value, 1e3, out.execution_time);
        case member::execution_time_sec: return assign_span(value, 1e6, seconds_);
        case member::retries_attempted: return assign(value, out.retries_attempted);
        case member::validator_version: return assign(value, out.validator_version);
        case member::block_reason: return assign(value, out.block_reason);
        case member::protection_stack:
        case member::rule_hits: return assign_list(value, *list_member());
        case member::has_extractable_data: return assign(value, out.has_extractable_data);
        case member::is_success: return assign(value, out.is_success);
        case member::result: clear_result(inline_state::unreadable); return false;
        case member::unknown: return true;
        }
        return true;
    }

    listed_job row_{};
    std::optional<std::string> id_{};
    std::optional<std::string> run_{};
    std::optional<std::string> collection_{};
    std::optional<std::string> status_{};
    std::optional<std::chrono::microseconds> seconds_{};
    byte_budget budget_{};
    member member_ = member::unknown;
    std::string text_{};
    nested_value nested_{};
    bool in_result_ = false;
    result_reader result_;
    std::string mismatch_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
