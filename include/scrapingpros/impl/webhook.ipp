#ifndef SCRAPINGPROS_IMPL_WEBHOOK_IPP
#define SCRAPINGPROS_IMPL_WEBHOOK_IPP

#include <scrapingpros/impl/wire/header_value.hpp>
#include <scrapingpros/webhook.hpp>
#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/system/errc.hpp>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

using hmac_digest = std::array<unsigned char, 32>;

struct mac_deleter {
    void operator()(::EVP_MAC* what) const noexcept { ::EVP_MAC_free(what); }
    void operator()(::EVP_MAC_CTX* what) const noexcept { ::EVP_MAC_CTX_free(what); }
};

/// HMAC-SHA256 (RFC 2104) of the parts together; empty if OpenSSL will not do it.
inline std::optional<hmac_digest> hmac_sha256(
    const secret& key, std::initializer_list<std::string_view> parts
)
{
    const auto bytes_of = [](std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    const std::unique_ptr<::EVP_MAC, mac_deleter> hmac(::EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    const std::unique_ptr<::EVP_MAC_CTX, mac_deleter> context(
        hmac ? ::EVP_MAC_CTX_new(hmac.get()) : nullptr
    );
    if (!context) return {};
    char hash[] = "SHA256";
    const ::OSSL_PARAM params[] = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
        ::OSSL_PARAM_construct_end()};
    const auto text = key.expose();
    if (::EVP_MAC_init(context.get(), bytes_of(text), text.size(), params) != 1) return {};
    for (const std::string_view part : parts)
        if (::EVP_MAC_update(context.get(), bytes_of(part), part.size()) != 1) return {};
    hmac_digest out{};
    std::size_t size = 0;
    if (::EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1) return {};
    return size == out.size() ? std::optional(out) : std::nullopt;
}

inline std::string spell_digest(const hmac_digest& digest, webhook_digest form)
{
    std::string out;
    if (form == webhook_digest::base64) {
        out.resize(45);  // EVP_EncodeBlock ends it with a null
        ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), digest.data(), 32);
        out.pop_back();
        return out;
    }
    for (const unsigned char byte : digest) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

/// Whether a text has the form of a digest; which one it is, is compared in constant time.
inline bool is_spelled_digest(std::string_view text, webhook_digest form) noexcept
{
    if (form == webhook_digest::hex)
        return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.size() == 44 && text.back() == '=' &&
           text.substr(0, 43).find_first_not_of(digits) == text.npos;
}

/// Sizes are no secret.
inline bool same_in_constant_time(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

inline error_code refuse_webhook(errc code, std::string place, std::string why, diagnostics& diag)
{
    diag.place = std::move(place);
    diag.client_text = std::move(why);
    return code;
}

/// The signatures of a request, without prefix, those in good form alone.
inline result<std::vector<std::string_view>> read_signatures(
    const http_fields& headers, const webhook_scheme& scheme, diagnostics& diag
)
{
    const auto& header = scheme.signature_header;
    std::vector<std::string_view> out;
    std::size_t count = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!same_text(headers.name(i), header)) continue;
        std::string_view rest = headers.value(i);
        for (bool more = true; more;) {
            const auto comma = rest.find(',');
            std::string_view text = trim_blanks(rest.substr(0, comma));
            more = comma != rest.npos;
            if (more) rest.remove_prefix(comma + 1);
            if (++count > webhook_verifier::max_signatures)
                return refuse_webhook(
                    errc::webhook_header_malformed, header, "too many signatures", diag
                );
            if (!text.starts_with(scheme.prefix)) continue;
            text.remove_prefix(scheme.prefix.size());
            if (is_spelled_digest(text, scheme.digest)) out.push_back(text);
        }
    }
    if (count == 0) return refuse_webhook(errc::webhook_unsigned, header, "no such header", diag);
    if (!out.empty()) return out;
    const std::string form =
        scheme.digest == webhook_digest::hex ? "64 lower-case hex digits" : "base64 of 32 bytes";
    const std::string before = scheme.prefix.empty() ? "" : scheme.prefix + " and ";
    return refuse_webhook(
        errc::webhook_header_malformed, header, "it must be " + before + form, diag
    );
}

/// The time stamp as it was signed, and what it says.
struct webhook_sent {
    std::string_view text{};
    std::optional<timestamp> at{};
};

/// Nothing if the scheme has no time stamp.
inline result<webhook_sent> read_stamp(
    const http_fields& headers, const webhook_scheme& scheme, diagnostics& diag
)
{
    const auto& header = scheme.timestamp_header;
    if (header.empty()) return webhook_sent{};
    const auto refuse = [&](errc code, const char* why) {
        return refuse_webhook(code, header, why, diag);
    };
    std::optional<std::string_view> text;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!same_text(headers.name(i), header)) continue;
        if (text) return refuse(errc::webhook_header_malformed, "it comes more than once");
        text = trim_blanks(headers.value(i));
    }
    if (!text) return refuse(errc::webhook_unsigned, "no such header");
    std::optional<timestamp> at;
    if (scheme.stamp == webhook_stamp::iso)
        at = parse_timestamp(*text);
    else if (const auto seconds = parse_count(*text))
        at = timestamp_from_unix(static_cast<double>(*seconds));
    if (!at) return refuse(errc::webhook_header_malformed, "it is no time of the scheme's form");
    return webhook_sent{*text, at};
}

/// How far two times are apart, rounded up to a millisecond. Any two: the difference of extreme
/// ones would not fit a signed number.
inline std::uint64_t distance_in_ms(timestamp a, timestamp b) noexcept
{
    if (a < b) std::swap(a, b);
    const auto apart = static_cast<std::uint64_t>(a.time_since_epoch().count()) -
                       static_cast<std::uint64_t>(b.time_since_epoch().count());
    return apart / 1000 + (apart % 1000 != 0 ? 1 : 0);
}

}  // namespace detail

SCRAPINGPROS_DECL webhook_verifier::webhook_verifier(
    webhook_scheme scheme, std::vector<secret> secrets, milliseconds window
)
    : scheme_(std::move(scheme)), secrets_(std::move(secrets)), window_(window)
{
}

SCRAPINGPROS_DECL error_code webhook_verifier::refuse_options(diagnostics& diag) const
{
    const auto refuse = [&](std::string place, const char* why) {
        return detail::refuse_webhook(errc::bad_option, std::move(place), why, diag);
    };
    if (secrets_.empty()) return refuse("secrets", "there is none");
    for (std::size_t i = 0; i < secrets_.size(); ++i)
        if (secrets_[i].empty()) return refuse("secrets[" + std::to_string(i) + "]", "is empty");
    if (window_ < milliseconds(0)) return refuse("window", "it must not be negative");
    if (scheme_.signature_header.empty()) return refuse("scheme.signature_header", "is empty");
    if (scheme_.timestamp_header.empty() && scheme_.cover != webhook_cover::body_alone)
        return refuse("scheme.timestamp_header", "is empty, and the time stamp is to be signed");
    if (scheme_.prefix.find(',') != std::string::npos)
        return refuse("scheme.prefix", "it must not hold a comma");
    return {};
}

SCRAPINGPROS_DECL result<std::size_t> webhook_verifier::authenticate(
    std::string_view body, const http_fields& headers, timestamp now, diagnostics& diag
) const
{
    if (const auto bad = refuse_options(diag)) return bad;
    const auto signatures = detail::read_signatures(headers, scheme_, diag);
    if (!signatures) return signatures.error();

    const auto sent = detail::read_stamp(headers, scheme_, diag);
    if (!sent) return sent.error();

    // All are compared with all: how long it takes tells nobody which one fits.
    const bool with_stamp = scheme_.cover == webhook_cover::stamp_and_body;
    const std::string before = with_stamp ? std::string(sent->text) + scheme_.separator : "";
    std::size_t fits = secrets_.size();
    for (std::size_t i = secrets_.size(); i > 0; --i) {
        const auto digest = detail::hmac_sha256(secrets_[i - 1], {before, body});
        if (!digest) {
            ::ERR_clear_error();
            diag.client_text = "OpenSSL does not offer HMAC-SHA256 with this secret";
            return make_error_code(boost::system::errc::not_supported);
        }
        const std::string expected = detail::spell_digest(*digest, scheme_.digest);
        for (const auto given : *signatures)
            if (detail::same_in_constant_time(given, expected)) fits = i - 1;
    }
    if (fits == secrets_.size())
        return detail::refuse_webhook(
            errc::webhook_signature_wrong,
            scheme_.signature_header,
            "none of " + std::to_string(secrets_.size()) + " secrets fits",
            diag
        );

    if (!sent->at) return fits;
    const auto apart = detail::distance_in_ms(*sent->at, now);
    if (apart <= static_cast<std::uint64_t>(window_.count())) return fits;
    const char* side = *sent->at < now ? " ms old, " : " ms ahead, ";
    return detail::refuse_webhook(
        errc::webhook_outside_window,
        scheme_.timestamp_header,
        "it is " + std::to_string(apart) + side + std::to_string(window_.count()) + " ms allowed",
        diag
    );
}

SCRAPINGPROS_DECL result<webhook_event> webhook_verifier::read(
    std::string_view body, const http_fields& headers, timestamp now, diagnostics& diag
) const
{
    const auto fits = authenticate(body, headers, now, diag);
    if (!fits) return fits.error();
    auto event = decode_webhook_event(body, diag);
    if (!event) return errc::webhook_unreadable;
    return event;
}

}  // namespace scrapingpros::inline v0

#endif
