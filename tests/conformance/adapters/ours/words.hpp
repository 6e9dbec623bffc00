#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_WORDS_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_WORDS_HPP

#include <scrapingpros/body.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/job_result.hpp>

#include <boost/json.hpp>
#include <openssl/sha.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace conformance {

namespace sp = scrapingpros;
namespace json = boost::json;

inline std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// Members of a `done`.
using done = json::object;

/// Ends the subject as a crash would: its process, unless it shares that with others.
inline void (*die)() = [] { ::_exit(9); };

struct failed {
    sp::error_code ec;
    sp::diagnostics diag;
};

/// The closed list of words in ADAPTERS.md.
inline std::string_view class_of(const sp::error_code& ec, const sp::diagnostics& diag)
{
    using sp::errc;
    if (ec == sp::cond::invalid_input) return "invalid_input";
    if (ec == errc::throttled) return "rate";
    if (ec == errc::retry_after_too_long) return diag.http_status == 429 ? "rate" : "server";
    if (ec == errc::quota_exceeded) return "quota";
    if (ec == errc::result_pending) return "pending";
    if (ec == sp::cond::gone) return "gone";
    if (ec == errc::unauthorized || ec == errc::forbidden) return "auth";
    if (ec == errc::not_found || ec == errc::result_unavailable) return "not_found";
    if (ec == errc::conflict || ec == sp::cond::refused) return "refused";
    if (ec == errc::start_unknown) return "ambiguous";
    if (ec == errc::server_error || ec == errc::retry_budget_exhausted) return "server";
    if (ec == errc::deadline_exceeded || ec == errc::wait_timed_out || ec == errc::run_stalled ||
        ec == errc::silence_timeout || ec == errc::connect_timeout ||
        ec == errc::handshake_timeout || ec == errc::pool_timeout)
        return "timeout";
    if (ec == errc::malformed_response || ec == errc::head_too_large ||
        ec == errc::body_too_large || ec == errc::unexpected_status || sp::is_tls_error(ec) ||
        std::string_view(ec.category().name()).find("beast.http") != std::string_view::npos)
        return "protocol";
    return ec == errc::incomplete_body || ec.category() == boost::system::system_category() ||
                   std::string_view(ec.category().name()).find("asio") != std::string_view::npos
               ? "network"
               : "other";
}

inline json::object error_of(const failed& why)
{
    json::object error{
        {"class", class_of(why.ec, why.diag)},
        {"code", why.ec.message()},
        {"text", why.diag.server_text},
        {"place", why.diag.place}};
    if (why.diag.http_status != 0) error["status"] = why.diag.http_status;
    return error;
}

/// The id of the verb that is being done.
inline json::value& verb_at_work()
{
    static json::value id = 0;
    return id;
}

inline std::string hex_sha256(std::string_view data)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest);
    std::string text;
    for (const unsigned char byte : digest) {
        constexpr std::string_view digits = "0123456789abcdef";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

inline std::optional<std::string> text_of(const json::object& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    if (!value || !value->is_string()) return {};
    return std::string(value->as_string());
}

inline std::string need(const json::object& from, std::string_view name)
{
    return std::string(from.at(name).as_string());
}

inline std::optional<std::int64_t> number_of(const json::object& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    if (!value || !value->is_number()) return {};
    return value->to_number<std::int64_t>();
}

inline bool is_set(const json::object& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    return value && value->is_bool() && value->as_bool();
}

inline void add_body(json::object& to, const sp::job_result* result)
{
    std::string data;
    if (result) data = result->body.content;
    if (result && result->body.kind == sp::body_kind::base64)
        if (const auto bytes = sp::decode_base64(data)) data = *bytes;
    to["bytes"] = data.size();
    if (!data.empty()) to["sha256"] = hex_sha256(data);
}

inline json::value or_null(const std::optional<std::string>& text)
{
    return text ? json::value(*text) : json::value();
}

}  // namespace conformance

#endif
