#ifndef SCRAPINGPROS_MODEL_IDEMPOTENCY_KEY_HPP
#define SCRAPINGPROS_MODEL_IDEMPOTENCY_KEY_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/** Makes a create call repeatable: within 24 h the service answers the same key and the same bytes
    with the first answer (contract 3.4). It does not protect the start of a run.

    The only way to one is `make_idempotency_key`, so a key at hand is one the service takes.
*/
class idempotency_key {
public:
    static constexpr std::size_t max_length = 200;

    const std::string& text() const noexcept { return text_; }

    friend bool operator==(const idempotency_key&, const idempotency_key&) = default;
    friend SCRAPINGPROS_DECL result<idempotency_key> make_idempotency_key(std::string_view text);

private:
    explicit idempotency_key(std::string text) : text_(static_cast<std::string&&>(text)) {}

    std::string text_;
};

/// 1 to 200 visible ASCII characters, none of them a colon; all else is
/// `errc::bad_idempotency_key`.
SCRAPINGPROS_DECL result<idempotency_key> make_idempotency_key(std::string_view text);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/model/idempotency_key.ipp>
#endif

#endif
