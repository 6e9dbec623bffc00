#ifndef SCRAPINGPROS_IMPL_WIRE_GUIDANCE_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_GUIDANCE_READER_HPP

#include <scrapingpros/impl/wire/value_collector.hpp>
#include <scrapingpros/model/job_result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Reads a result's `guidance`. Contract section 8.1.
class guidance_reader {
public:
    void begin(byte_budget& budget)
    {
        active_ = true;
        budget_ = &budget;
        out_ = {};
        mismatch_.clear();
    }

    bool active() const noexcept { return active_; }
    /// The first member of another type; empty if none.
    const std::string& mismatch() const noexcept { return mismatch_; }
    result_guidance take() { return std::move(out_); }

    void key(std::string_view name)
    {
        if (nested_.active()) return nested_.key(name);
        member_ = static_cast<member>(find_member(names, name, static_cast<std::size_t>(member_)));
    }

    void open(bool is_array)
    {
        if (nested_.active()) return nested_.open(is_array);
        using mode = nested_value::mode;
        mode how = mode::skip;
        if (member_ == member::next_steps && is_array) how = mode::strings;
        if (member_ == member::suggested_request && !is_array) how = mode::raw;
        if (how == mode::skip) note();
        nested_.begin(how, is_array, *budget_);
    }

    /// True if that was the end of the guidance.
    bool close()
    {
        if (!nested_.active()) {
            active_ = false;
            return true;
        }
        if (!nested_.close()) return false;
        if (nested_.kind() == nested_value::mode::strings) out_.next_steps = nested_.take_strings();
        if (nested_.kind() == nested_value::mode::raw)
            out_.suggested_request_json = nested_.take_raw();
        return false;
    }

    void scalar(const json_scalar& value)
    {
        if (nested_.active()) return nested_.scalar(value);
        if (value.kind != json_scalar::type::null && !assign_member(value)) note();
    }

    void text_begin()
    {
        text_.clear();
        if (nested_.active()) nested_.text_begin();
    }
    void text_piece(std::string_view piece)
    {
        if (nested_.active()) return nested_.text_piece(piece);
        if (member_ != member::unknown && budget_->pay(piece.size())) text_ += piece;
    }
    void text_end()
    {
        if (nested_.active()) return nested_.text_end();
        scalar({json_scalar::type::text, false, 0, text_});
    }

private:
    enum class member {
        success,
        error_type,
        error_provider,
        credits_charged,
        credits_refunded,
        next_steps,
        suggested_request,
        stop_reason,
        unknown
    };
    static constexpr std::string_view names[] = {
        "success",
        "error_type",
        "error_provider",
        "credits_charged",
        "credits_refunded",
        "next_steps",
        "suggested_request",
        "stop_reason"};

    void note()
    {
        if (member_ != member::unknown && mismatch_.empty())
            mismatch_ = names[static_cast<std::size_t>(member_)];
    }

    bool assign_member(const json_scalar& value)
    {
        switch (member_) {
        case member::success: return assign(value, out_.success);
        case member::error_type: return assign(value, out_.error_type);
        case member::error_provider: return assign(value, out_.error_provider);
        case member::credits_charged: return assign(value, out_.credits_charged);
        case member::credits_refunded: return assign(value, out_.credits_refunded);
        case member::next_steps: return assign_list(value, out_.next_steps);
        case member::suggested_request: return false;
        case member::stop_reason: return assign(value, out_.stop_reason);
        case member::unknown: return true;
        }
        return true;
    }

    bool active_ = false;
    byte_budget* budget_ = nullptr;
    member member_ = member::unknown;
    std::string text_{};
    nested_value nested_{};
    result_guidance out_{};
    std::string mismatch_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
