#ifndef SCRAPINGPROS_NET_TLS_OPTIONS_HPP
#define SCRAPINGPROS_NET_TLS_OPTIONS_HPP

#include <boost/system/error_code.hpp>

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/// Whether the server must prove who it is.
enum class tls_verify {
    /// The chain leads to a trusted root, is in date, and names the host (or the IP address) asked.
    peer_and_host,
    /// Anyone in between can read the token and change the results. For experiments on loopback.
    danger_accept_any_certificate,
};

/** How https endpoints are spoken to. TLS 1.2 is the oldest version; the host's name is always sent
    (SNI). The trusted roots are those of the system and all that are named here.
*/
struct tls_options {
    tls_verify verify = tls_verify::peer_and_host;
    /// The roots of the operating system, as OpenSSL finds them (`SSL_CERT_FILE`, `SSL_CERT_DIR`).
    bool system_roots = true;
    /// A file of root certificates, PEM.
    std::string ca_file{};
    /// A folder of root certificates with hashed names, as OpenSSL's `rehash` makes it.
    std::string ca_path{};
    /// Root certificates as PEM text.
    std::string ca_pem{};
    /// The client's own certificate chain and its key, PEM files; both or neither.
    std::string certificate_file{};
    std::string key_file{};
};

/// The peer's certificate was refused, or TLS itself failed: trying again changes nothing. The
/// code's message has the reason, as OpenSSL words it.
inline bool is_tls_error(const boost::system::error_code& ec) noexcept
{
    const std::string_view category = ec.category().name();
    return category == "scrapingpros.certificate" || category == "scrapingpros.tls";
}

}  // namespace scrapingpros::inline v0

#endif
