#ifndef SCRAPINGPROS_MODEL_RESULT_BODY_HPP
#define SCRAPINGPROS_MODEL_RESULT_BODY_HPP

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/// What a result's body is, and so what `result_body::content` holds.
enum class body_kind {
    /// No body: the job did not complete, or the target sent none.
    none,
    /// UTF-8 text; the target's charset is already decoded.
    html,
    /// UTF-8 text.
    markdown,
    /// Base64 of a binary body; `decode_base64` gives the bytes.
    base64,
    /// A signed URL where the body lies. Fetch it with `fetch_body`, without the API token.
    offloaded
};

constexpr std::string_view to_string(body_kind k) noexcept
{
    switch (k) {
    case body_kind::none: return "none";
    case body_kind::html: return "html";
    case body_kind::markdown: return "markdown";
    case body_kind::base64: return "base64";
    case body_kind::offloaded: return "offloaded";
    }
    return "";
}

constexpr bool is_text(body_kind k) noexcept
{
    return k == body_kind::html || k == body_kind::markdown;
}

/// The contract's rule: binary iff `body_base64` or `body_url` is set.
constexpr bool is_binary(body_kind k) noexcept
{
    return k == body_kind::base64 || k == body_kind::offloaded;
}

struct result_body {
    body_kind kind = body_kind::none;
    /// Empty if the body went to a `body_sink`.
    std::string content{};

    friend bool operator==(const result_body&, const result_body&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
