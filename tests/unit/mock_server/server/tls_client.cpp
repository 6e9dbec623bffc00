#include "tls_client.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <memory>

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* value) const noexcept
    {
        Free(value);
    }
};

using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

context_ptr make_context(const std::string& ca_pem)
{
    context_ptr context{SSL_CTX_new(TLS_client_method())};
    const bio_ptr text{BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()))};
    const x509_ptr root{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

}  // namespace

tls_attempt tls_exchange(std::uint16_t port, const std::string& ca_pem, std::string_view request)
{
    const auto context = make_context(ca_pem);
    const bio_ptr connection{BIO_new_ssl_connect(context.get())};
    BIO_set_conn_hostname(connection.get(), "127.0.0.1");
    BIO_set_conn_port(connection.get(), std::to_string(port).c_str());
    SSL* ssl = nullptr;
    BIO_get_ssl(connection.get(), &ssl);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
    // No goodbye from this side: a write to a connection that was reset would raise SIGPIPE.
    SSL_set_quiet_shutdown(ssl, 1);

    tls_attempt out;
    out.handshake = BIO_do_connect(connection.get()) == 1;
    out.verify_error = SSL_get_verify_result(ssl);
    if (out.handshake) {
        BIO_write(connection.get(), request.data(), static_cast<int>(request.size()));
        std::array<char, 16 * 1024> buffer;
        int got = 0;
        while ((got = BIO_read(connection.get(), buffer.data(), buffer.size())) > 0)
            out.reply.append(buffer.data(), static_cast<std::size_t>(got));
        out.said_goodbye = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    ERR_clear_error();
    return out;
}
