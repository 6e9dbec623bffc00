#ifndef SCRAPINGPROS_TESTS_MOCK_SERVER_TLS_CLIENT_HPP
#define SCRAPINGPROS_TESTS_MOCK_SERVER_TLS_CLIENT_HPP

#include <cstdint>
#include <string>
#include <string_view>

struct tls_attempt {
    bool handshake = false;
    /// OpenSSL's code (X509_V_ERR_…) when the certificate was not accepted.
    long verify_error = 0;
    /// Everything the server said, up to the end of the connection.
    std::string reply;
    /// The server said close_notify before it left.
    bool said_goodbye = false;
};

/// Connects to 127.0.0.1, trusting this root alone and insisting on the address in the certificate;
/// sends the request and reads until the connection ends.
tls_attempt tls_exchange(std::uint16_t port, const std::string& ca_pem, std::string_view request);

#endif
