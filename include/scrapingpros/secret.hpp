#ifndef SCRAPINGPROS_SECRET_HPP
#define SCRAPINGPROS_SECRET_HPP

#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {

/** Holds an API token or a webhook secret.

    It cannot be streamed, formatted or compared by accident: the text comes out of `expose()`
    alone, so that every place which handles it in the clear can be found by that word.
*/
class secret {
public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}

    /// The text in the clear. Never pass it to a log, an error or a file.
    std::string_view expose() const noexcept { return text_; }

    bool empty() const noexcept { return text_.empty(); }

    friend bool operator==(const secret&, const secret&) = delete;

private:
    std::string text_;
};

/// Puts `[redacted]` in the place of every occurrence of the secret.
inline void redact(std::string& text, const secret& hidden)
{
    if (hidden.empty()) return;
    constexpr std::string_view mark = "[redacted]";
    for (auto at = text.find(hidden.expose()); at != text.npos;
         at = text.find(hidden.expose(), at + mark.size()))
        text.replace(at, hidden.expose().size(), mark);
}

}  // namespace scrapingpros::inline v0

#endif
