#ifndef SCRAPINGPROS_WIRE_HTTP_MESSAGE_HPP
#define SCRAPINGPROS_WIRE_HTTP_MESSAGE_HPP

#include <scrapingpros/time.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

enum class http_method { get, post, put, delete_ };

constexpr std::string_view to_string(http_method m) noexcept
{
    switch (m) {
    case http_method::get: return "GET";
    case http_method::post: return "POST";
    case http_method::put: return "PUT";
    case http_method::delete_: return "DELETE";
    }
    return "";
}

/// Where a request goes: the unit by which connections are pooled.
struct endpoint {
    bool tls = true;
    /// Name or address, without brackets.
    std::string host{};
    /// Decimal text, never empty.
    std::string port = "443";

    friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/** The header fields of a message, in order, in one buffer that is reused.

    Names are compared without regard to case (RFC 9110, 5.1).
*/
class http_fields {
public:
    void add(std::string_view name, std::string_view value)
    {
        entries_.push_back({text_.size(), name.size(), value.size()});
        text_.append(name).append(value);
    }

    void clear() noexcept
    {
        text_.clear();
        entries_.clear();
    }

    std::size_t size() const noexcept { return entries_.size(); }

    std::string_view name(std::size_t i) const
    {
        return std::string_view(text_).substr(entries_[i].at, entries_[i].name);
    }

    std::string_view value(std::size_t i) const
    {
        return std::string_view(text_).substr(entries_[i].at + entries_[i].name, entries_[i].value);
    }

    /// The first field of that name.
    std::optional<std::string_view> find(std::string_view wanted) const
    {
        for (std::size_t i = 0; i < size(); ++i)
            if (same_name(name(i), wanted)) return value(i);
        return {};
    }

private:
    struct entry {
        std::size_t at, name, value;
    };

    static constexpr char lower(char c) noexcept
    {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    static bool same_name(std::string_view a, std::string_view b) noexcept
    {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (lower(a[i]) != lower(b[i])) return false;
        return true;
    }

    std::string text_{};
    std::vector<entry> entries_{};
};

/** One request, complete and unchanging: every attempt of a call sends these same bytes.

    `headers` holds the fields that belong to the call (`Authorization`, `Idempotency-Key`, …); a
    transport adds `Host`, `Content-Length` and what it negotiates itself (`Accept-Encoding`).
*/
struct http_request {
    http_method method = http_method::get;
    endpoint to{};
    /// Path and query, percent-encoded.
    std::string target{};
    http_fields headers{};
    std::string body{};

    /// May be sent again unasked when a *reused* connection turns out to be dead before any byte of
    /// a response. A request that must not arrive twice is given a fresh connection instead.
    bool repeatable = true;
    /// Longest silence of the peer while its response is awaited or read; the transport's default
    /// if empty. A large create is silent for minutes (contract 3.5).
    std::optional<milliseconds> silence{};
};

struct http_response_head {
    unsigned status = 0;
    http_fields fields{};
};

}  // namespace scrapingpros::inline v0

#endif
