#ifndef SCRAPINGPROS_IMPL_WIRE_ERROR_BODY_IPP
#define SCRAPINGPROS_IMPL_WIRE_ERROR_BODY_IPP

#include <scrapingpros/impl/wire/json_document.hpp>
#include <scrapingpros/impl/wire/json_reader.hpp>
#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/wire/error_body.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0 {
namespace detail {

inline bool mentions_quota(std::string_view text) noexcept
{
    constexpr std::string_view word = "quota";
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
        std::size_t same = 0;
        while (same < word.size() && (text[at + same] | 0x20) == word[same])
            ++same;
        if (same == word.size()) return true;
    }
    return false;
}

/// At most so many bytes, not ending inside a character.
inline std::string cut_text(std::string_view text)
{
    std::size_t size = text.size();
    if (size > diagnostics::max_server_text) {
        size = diagnostics::max_server_text;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
            --size;
    }
    return std::string(text.substr(0, size));
}

/// `body.requests.3` from `["body", "requests", 3]`.
inline std::string path_from(const boost::json::value& loc)
{
    std::string path;
    if (assign(loc, path)) return path;
    if (const auto* parts = loc.if_array())
        for (const auto& part : *parts) {
            std::string step;
            if (!assign(part, step)) step = boost::json::serialize(part);
            path.append(path.empty() ? "" : ".").append(step);
        }
    return path;
}

/// Reads the JSON forms that an error body is known to have.
class error_text_reader {
public:
    explicit error_text_reader(error_reply& out) : out_(out) {}

    void read(const boost::json::value& body)
    {
        const auto* object = body.if_object();
        const auto* detail = object ? object->if_contains("detail") : &body;
        if (detail && !detail->is_null()) return read_detail(*detail);
        const auto* message = object ? object->if_contains("message") : nullptr;
        if (!message || !assign(*message, text_)) text_ = boost::json::serialize(body);
        if (object) read_refusal(body);
    }

    const std::string& text() const noexcept { return text_; }

private:
    void read_detail(const boost::json::value& detail)
    {
        if (assign(detail, text_)) return;
        const auto* entries = detail.if_array();
        if (entries) {
            for (const auto& entry : *entries)
                read_entry(entry);
            return;
        }
        const auto* object = detail.if_object();
        const auto* message = object ? object->if_contains("message") : nullptr;
        if (!message || !assign(*message, text_)) text_ = boost::json::serialize(detail);
        if (object) read_refusal(detail);
    }

    /// One complaint of the validator: `body.name: Field required`.
    void read_entry(const boost::json::value& entry)
    {
        std::string message;
        const auto* object = entry.if_object();
        const auto* msg = object ? object->if_contains("msg") : nullptr;
        if (!msg || !assign(*msg, message)) message = boost::json::serialize(entry);
        const auto* loc = object ? object->if_contains("loc") : nullptr;
        const std::string place = loc ? path_from(*loc) : std::string();
        if (out_.place.empty()) out_.place = place;
        if (!text_.empty()) text_ += "; ";
        if (!place.empty()) text_ += place + ": ";
        text_ += message;
    }

    void read_refusal(const boost::json::value& from)
    {
        diagnostics ignored;
        json_reader in(from, ignored);
        result_refusal refusal;
        std::optional<double> age_hours;
        in.required("error_code", refusal.code);
        in.optional("message", refusal.message);
        in.optional("completed_at", refusal.completed_at);
        in.optional("age_hours", age_hours);
        if (in.error()) return;
        constexpr double century = 876'600;
        if (age_hours && *age_hours > -century && *age_hours < century)
            refusal.age = std::chrono::seconds(static_cast<std::int64_t>(*age_hours * 3600));
        out_.refusal = std::move(refusal);
    }

    error_reply& out_;
    std::string text_{};
};

inline errc refusal_code(const std::optional<result_refusal>& refusal) noexcept
{
    if (!refusal) return errc::result_unavailable;
    if (refusal->code == "result_pending") return errc::result_pending;
    if (refusal->code == "result_expired") return errc::result_expired;
    if (refusal->code == "result_lost") return errc::result_lost;
    if (refusal->code == "job_id_invalid") return errc::job_id_invalid;
    return errc::result_unavailable;
}

inline errc error_code_of(unsigned status, const call& c, const error_reply& reply, bool quota)
{
    const bool of_result = std::holds_alternative<get_result>(c);
    const bool of_create = std::holds_alternative<create_collection>(c);
    switch (status) {
    case 400: return errc::bad_request;
    case 401: return errc::unauthorized;
    case 403: return errc::forbidden;
    case 404: return of_result ? refusal_code(reply.refusal) : errc::not_found;
    case 408: return errc::server_error;
    case 409: return of_create ? errc::conflict : errc::rejected;
    case 410: return of_result ? errc::result_expired : errc::not_found;
    case 413: return errc::request_too_large;
    case 429:
        return quota && bucket_of(c) == rate_bucket::writes ? errc::quota_exceeded
                                                            : errc::throttled;
    default: break;
    }
    if (status >= 400 && status < 500) return errc::rejected;
    return status >= 500 && status < 600 ? errc::server_error : errc::unexpected_status;
}

}  // namespace detail

error_reply decode_error(
    unsigned status, const call& c, const http_fields& fields, std::string_view body
)
{
    static_cast<void>(fields);
    error_reply out;
    detail::error_text_reader reader(out);
    diagnostics ignored;
    const auto document = detail::parse_document(body, ignored);
    if (document) reader.read(*document);
    const std::string_view text = document ? std::string_view(reader.text()) : body;
    out.server_text = detail::cut_text(detail::trimmed(text));
    if (!std::holds_alternative<get_result>(c)) out.refusal.reset();
    out.code = detail::error_code_of(status, c, out, detail::mentions_quota(text));
    return out;
}

}  // namespace scrapingpros::inline v0

#endif
