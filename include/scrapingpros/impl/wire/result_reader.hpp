#ifndef SCRAPINGPROS_IMPL_WIRE_RESULT_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_RESULT_READER_HPP

#include <scrapingpros/impl/wire/body_reader.hpp>
#include <scrapingpros/impl/wire/guidance_reader.hpp>
#include <scrapingpros/impl/wire/value_collector.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/wire/body_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** Reads one result object, fetched or inline. Contract section 8.1.

    What is wrong with it is remembered, not fatal: whether a result with a mismatch may be used is
    for the caller to say. What comes behind a passed limit is not kept.
*/
class result_reader {
public:
    result_reader(std::uint64_t max_body, std::size_t max_rest, body_sink* sink)
        : body_(max_body, sink)
    {
        budget_.limit = max_rest;
    }

    /// A result object has just been opened.
    void begin()
    {
        out_ = {};
        member_ = member::unknown;
        budget_.used = 0;
        mismatch_.clear();
        has_member_ = false;
        body_.begin();
    }

    body_reader& body() noexcept { return body_; }
    const body_reader& body() const noexcept { return body_; }
    /// The first member of another type or without meaning; empty if none.
    const std::string& mismatch() const noexcept { return mismatch_; }
    /// An object without any member of a result is something else: an error text, a proxy's answer.
    bool has_member() const noexcept { return has_member_; }
    bool has_message() const noexcept { return out_.message.has_value(); }

    bool too_large() const noexcept { return body_.oversize() || budget_.overdrawn(); }

    /// Names the limit that was passed and the size seen; empty if none was.
    std::string oversize() const
    {
        if (body_.oversize()) return size_text("body", body_.size(), body_.limit());
        if (budget_.overdrawn()) return size_text("other members", budget_.used, budget_.limit);
        return {};
    }

    static std::string size_text(const char* what, std::uint64_t size, std::uint64_t limit)
    {
        return std::string(what) + ": " + std::to_string(size) + " bytes or more, limit " +
               std::to_string(limit);
    }

    job_result take()
    {
        out_.body = body_.take();
        return std::move(out_);
    }

    void key(std::string_view name)
    {
        if (guidance_.active()) return guidance_.key(name);
        if (nested_.active()) return nested_.key(name);
        member_ = static_cast<member>(find_member(names, name, static_cast<std::size_t>(member_)));
        has_member_ = has_member_ || member_ != member::unknown;
    }

    void open(bool is_array)
    {
        if (guidance_.active()) return guidance_.open(is_array);
        if (nested_.active()) return nested_.open(is_array);
        if (member_ == member::guidance && !is_array) return guidance_.begin(budget_);
        const bool wanted = raw_member() != nullptr && fits(is_array);
        if (!wanted) note();
        nested_.begin(
            wanted ? nested_value::mode::raw : nested_value::mode::skip, is_array, budget_
        );
    }

    /// True if that was the end of the result.
    bool close()
    {
        if (guidance_.active()) {
            if (guidance_.close()) keep_guidance();
            return false;
        }
        if (!nested_.active()) return true;
        if (nested_.close() && nested_.kind() == nested_value::mode::raw) keep_raw();
        return false;
    }

    void scalar(const json_scalar& value)
    {
        if (guidance_.active()) return guidance_.scalar(value);
        if (nested_.active()) return nested_.scalar(value);
        if (value.kind != json_scalar::type::null && !assign_member(value)) note();
    }

    void text_begin()
    {
        text_.clear();
        if (guidance_.active()) return guidance_.text_begin();
        if (nested_.active()) return nested_.text_begin();
        if (body_kind_of_member() != body_kind::none) body_.text_begin(body_kind_of_member());
    }

    void text_piece(std::string_view piece)
    {
        if (guidance_.active()) return guidance_.text_piece(piece);
        if (nested_.active()) return nested_.text_piece(piece);
        if (body_kind_of_member() != body_kind::none) return body_.text_piece(piece);
        if (member_ != member::unknown && budget_.pay(piece.size())) text_ += piece;
    }

    void text_end()
    {
        if (guidance_.active()) return guidance_.text_end();
        if (nested_.active()) return nested_.text_end();
        if (body_kind_of_member() == body_kind::none)
            return scalar({json_scalar::type::text, false, 0, text_});
        if (!body_.text_end()) note();
    }

private:
    // In the order in which the service writes them.
    enum class member {
        url,
        custom_id,
        html,
        markdown,
        status_code,
        message,
        screenshot,
        execution_time,
        extracted_data,
        evaluate_results,
        network_requests,
        captcha,
        timings,
        cookies,
        guidance,
        content_type,
        body_base64,
        body_url,
        unknown
    };
    static constexpr std::string_view names[] = {
        "url",
        "custom_id",
        "html",
        "markdown",
        "statusCode",
        "message",
        "screenshot",
        "executionTime",
        "extracted_data",
        "evaluate_results",
        "network_requests",
        "potentiallyBlockedByCaptcha",
        "timings",
        "cookies",
        "guidance",
        "content_type",
        "body_base64",
        "body_url"};

    void note()
    {
        if (member_ != member::unknown && mismatch_.empty())
            mismatch_ = names[static_cast<std::size_t>(member_)];
    }

    body_kind body_kind_of_member() const noexcept
    {
        switch (member_) {
        case member::html: return body_kind::html;
        case member::markdown: return body_kind::markdown;
        case member::body_base64: return body_kind::base64;
        default: return body_kind::none;
        }
    }

    std::optional<std::string>* raw_member() noexcept
    {
        switch (member_) {
        case member::extracted_data: return &out_.extracted_data_json;
        case member::evaluate_results: return &out_.evaluate_results_json;
        case member::network_requests: return &out_.network_requests_json;
        case member::timings: return &out_.timings_json;
        case member::cookies: return &out_.cookies_json;
        default: return nullptr;
        }
    }

    /// Whether the member is of this kind of container; of cookies nothing is known.
    bool fits(bool is_array) const noexcept
    {
        if (member_ == member::cookies) return true;
        const bool lists =
            member_ == member::evaluate_results || member_ == member::network_requests;
        return is_array == lists;
    }

    bool assign_member(const json_scalar& value)
    {
        switch (member_) {
        case member::url: return assign(value, out_.url);
        case member::custom_id: return assign(value, out_.custom_id);
        case member::status_code: return assign(value, out_.status_code);
        case member::message: return assign(value, out_.message);
        case member::screenshot: return assign(value, out_.screenshot_base64);
        case member::execution_time: return assign_span(value, 1e6, out_.execution_time);
        case member::captcha: return assign(value, out_.potentially_blocked_by_captcha);
        case member::content_type: return assign(value, out_.content_type);
        case member::body_url: return body_.offloaded_to(value);
        case member::unknown: return true;
        default: return false;
        }
    }

    void keep_guidance()
    {
        out_.guidance = guidance_.take();
        if (!guidance_.mismatch().empty() && mismatch_.empty())
            mismatch_ = "guidance." + guidance_.mismatch();
    }

    void keep_raw()
    {
        std::string json = nested_.take_raw();
        if (!count_code_points(json)) return note();
        *raw_member() = std::move(json);
    }

    body_reader body_;
    byte_budget budget_{};
    job_result out_{};
    member member_ = member::unknown;
    std::string text_{};
    nested_value nested_{};
    guidance_reader guidance_{};
    std::string mismatch_{};
    bool has_member_ = false;
};

}  // namespace scrapingpros::inline v0::detail

#endif
