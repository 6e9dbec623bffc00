#ifndef SCRAPINGPROS_WEBHOOK_HPP
#define SCRAPINGPROS_WEBHOOK_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/webhook_event.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/secret.hpp>
#include <scrapingpros/time.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/// What a webhook's signature covers.
enum class webhook_cover {
    /// The text of the time stamp header, the separator, and the body.
    stamp_and_body,
    /// The body, so that anybody who has seen a webhook can send it again with a fresh time stamp.
    body_alone,
};

/// How the 32 bytes of the digest are spelled.
enum class webhook_digest {
    /// 64 lower-case digits.
    hex,
    /// 44 characters: RFC 4648, section 4, with padding.
    base64,
};

/// How the time stamp header is spelled.
enum class webhook_stamp {
    /// `1780308126`
    unix_seconds,
    /// `2026-06-01T10:02:06Z`, or what else `parse_timestamp` reads.
    iso,
};

/** How webhooks are signed: HMAC-SHA256 with a shared secret, the rest as told here.

    The service documents the algorithm and the names of the two headers, and nothing else
    (contract 13). All other members are assumptions (A56, A60): the defaults are what such
    services do most often and what the bundled mock does, not what the vendor has said. Try them
    on a webhook of your own account before you rely on them.
*/
struct webhook_scheme {
    webhook_cover cover = webhook_cover::stamp_and_body;
    /// Between time stamp and body.
    std::string separator = ".";
    webhook_digest digest = webhook_digest::hex;
    /// Before the digest, such as `sha256=`. Must not hold a comma.
    std::string prefix{};
    webhook_stamp stamp = webhook_stamp::unix_seconds;
    std::string signature_header = "X-SP-Signature";
    /// May be empty, for none, where the body alone is signed. Then there is no window either.
    std::string timestamp_header = "X-SP-Timestamp";
};

// tag::verifier[]
/** Tells genuine webhooks from others.

    Needs the body as it came, byte for byte: JSON that was read and written anew no longer fits its
    signature. A header may occur several times or hold several signatures with commas between
    them, as while the sender changes its secret; one that fits is enough.

    A genuine webhook is a reason to look at the run now, and proves nothing about it. It may come
    twice, late, out of order, or never: go on polling, and tell one run from another by its id.

    @par Thread safety
    Const functions may be called from several threads at once.
*/
class webhook_verifier {
public:
    /// More signatures than this in one request are not looked at: it is refused.
    static constexpr std::size_t max_signatures = 16;

    /// @param scheme an assumption, so there is no default; see there.
    /// @param secrets those in use, at least one, none empty; several while one replaces another.
    /// @param window how far, before or after `now`, the time stamp may be; the bounds are inside.
    webhook_verifier(
        webhook_scheme scheme,
        std::vector<secret> secrets,
        milliseconds window = std::chrono::minutes(5)
    );

    /** Reads the event of a genuine webhook.

        @param body the request's body, as received.
        @param headers the request's fields; only those that the scheme names are looked at.
        @param now this machine's time, for the window.

        @par Errors
        - `errc::webhook_unsigned`: the signature or the time stamp is missing.
        - `errc::webhook_header_malformed`: a header is not as the scheme has it.
        - `errc::webhook_signature_wrong`: no secret fits.
        - `errc::webhook_outside_window`: genuine, but too old, or from the future.
        - `errc::webhook_unreadable`: genuine, but not the documented JSON.
        - `errc::bad_option`: the verifier itself was made wrongly.

        `diag.place` names the header, the member or the option. No text holds a secret, or the
        signature that would have been right.
    */
    result<webhook_event> read(
        std::string_view body, const http_fields& headers, timestamp now, diagnostics& diag
    ) const;

    /// As `read`, for a body that may be anything. Returns which of the secrets fits, by its index;
    /// the first if several do.
    result<std::size_t> authenticate(
        std::string_view body, const http_fields& headers, timestamp now, diagnostics& diag
    ) const;

private:
    error_code refuse_options(diagnostics& diag) const;

    webhook_scheme scheme_;
    std::vector<secret> secrets_;
    milliseconds window_;
};
// end::verifier[]

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/webhook.ipp>
#endif

#endif
