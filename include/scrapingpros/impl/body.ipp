#ifndef SCRAPINGPROS_IMPL_BODY_IPP
#define SCRAPINGPROS_IMPL_BODY_IPP

#include <scrapingpros/body.hpp>

#include <openssl/evp.h>

#include <cstddef>

namespace scrapingpros::inline v0 {
result<std::string> decode_base64(std::string_view text)
{
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    // EVP_DecodeBlock itself takes padding anywhere, and white space around the text.
    const std::string_view digits = text.substr(0, text.size() - padding);
    if (text.size() % 4 != 0 || digits.find('=') != digits.npos) return errc::malformed_response;
    std::string bytes(text.size() / 4 * 3, '\0');
    // The block function counts in int; whole groups of four can be decoded apart.
    constexpr std::size_t step = std::size_t{1} << 20;
    for (std::size_t at = 0; at < text.size(); at += step) {
        const std::string_view part = text.substr(at, step);
        const int written = EVP_DecodeBlock(
            reinterpret_cast<unsigned char*>(bytes.data() + at / 4 * 3),
            reinterpret_cast<const unsigned char*>(part.data()),
            static_cast<int>(part.size())
        );
        if (written < 0 || static_cast<std::size_t>(written) != part.size() / 4 * 3)
            return errc::malformed_response;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace scrapingpros::inline v0

#endif
