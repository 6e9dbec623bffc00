#ifndef SCRAPINGPROS_IMPL_MODEL_IDEMPOTENCY_KEY_IPP
#define SCRAPINGPROS_IMPL_MODEL_IDEMPOTENCY_KEY_IPP

#include <scrapingpros/model/idempotency_key.hpp>

namespace scrapingpros::inline v0 {

result<idempotency_key> make_idempotency_key(std::string_view text)
{
    if (text.empty() || text.size() > idempotency_key::max_length) return errc::bad_idempotency_key;
    for (const char c : text)
        if (c <= ' ' || c > '~' || c == ':') return errc::bad_idempotency_key;
    return idempotency_key(std::string(text));
}

}  // namespace scrapingpros::inline v0

#endif
