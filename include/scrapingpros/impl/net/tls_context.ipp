#ifndef SCRAPINGPROS_IMPL_NET_TLS_CONTEXT_IPP
#define SCRAPINGPROS_IMPL_NET_TLS_CONTEXT_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/net/tls_options.hpp>

#include <boost/system/error_category.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <climits>
#include <memory>
#include <string>

namespace scrapingpros::inline v0::detail {

class certificate_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "scrapingpros.certificate"; }
    std::string message(int value) const override
    {
        return std::string("the server's certificate was refused: ") +
               ::X509_verify_cert_error_string(value);
    }
};
inline constexpr certificate_category certificate_category_instance{};

class tls_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "scrapingpros.tls"; }
    std::string message(int value) const override
    {
        const char* reason = ::ERR_reason_error_string(static_cast<unsigned long>(value));
        return std::string("TLS failed: ") + (reason ? reason : "unknown reason");
    }
};
inline constexpr tls_category tls_category_instance{};

/// The first error in OpenSSL's queue, which is emptied.
inline error_code take_tls_error() noexcept
{
    const auto value = static_cast<int>(::ERR_get_error());
    ::ERR_clear_error();
    return {value != 0 ? value : -1, tls_category_instance};
}

template <auto Free>
struct ssl_deleter {
    template <class T>
    void operator()(T* what) const noexcept
    {
        Free(what);
    }
};

using ssl_context_ptr = std::unique_ptr<::SSL_CTX, ssl_deleter<&::SSL_CTX_free>>;

/// Adds the certificates of a PEM text. Fails if there is none, or one that cannot be read.
inline bool add_roots(::SSL_CTX* context, const std::string& pem)
{
    if (pem.size() > INT_MAX) return false;
    const std::unique_ptr<::BIO, ssl_deleter<&::BIO_free>> text(
        ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))
    );
    auto* store = ::SSL_CTX_get_cert_store(context);
    bool any = false;
    for (;;) {
        const std::unique_ptr<::X509, ssl_deleter<&::X509_free>> root(
            ::PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)
        );
        if (!root) break;
        if (::X509_STORE_add_cert(store, root.get()) != 1) return false;
        any = true;
    }
    const auto reason = ERR_GET_REASON(::ERR_peek_last_error());
    return any && reason == PEM_R_NO_START_LINE;  // how the end of the text is reported
}

/// Name of the option that OpenSSL refused, its value in `value`; empty if all went well.
inline const char* load_tls_files(
    ::SSL_CTX* context, const tls_options& options, std::string& value
)
{
    const auto given = [&](const std::string& text) {
        value = text;
        return !text.empty();
    };
    if (given(options.ca_file) && ::SSL_CTX_load_verify_file(context, value.c_str()) != 1)
        return "tls.ca_file";
    if (given(options.ca_path) && ::SSL_CTX_load_verify_dir(context, value.c_str()) != 1)
        return "tls.ca_path";
    if (!options.ca_pem.empty() && !add_roots(context, options.ca_pem)) {
        value.clear();
        return "tls.ca_pem";
    }
    if (given(options.certificate_file) &&
        ::SSL_CTX_use_certificate_chain_file(context, value.c_str()) != 1)
        return "tls.certificate_file";
    if (given(options.key_file) &&
        (::SSL_CTX_use_PrivateKey_file(context, value.c_str(), SSL_FILETYPE_PEM) != 1 ||
         ::SSL_CTX_check_private_key(context) != 1))
        return "tls.key_file";
    return "";
}

/// Null after a failure, with code and diagnostics set.
inline ssl_context_ptr make_tls_context(
    const tls_options& options, error_code& ec, diagnostics& diag
)
{
    ::ERR_clear_error();
    ssl_context_ptr context(::SSL_CTX_new(::TLS_client_method()));
    if (!context) {
        ec = take_tls_error();
        return nullptr;
    }
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    const bool verify = options.verify == tls_verify::peer_and_host;
    ::SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";
    ::SSL_CTX_set_alpn_protos(context.get(), http_1_1, sizeof(http_1_1) - 1);

    std::string value;
    const std::string refused = load_tls_files(context.get(), options, value);
    ::ERR_clear_error();
    if (refused.empty()) return context;
    ec = errc::bad_certificate_file;
    diag.place = refused;
    diag.client_text =
        value.empty() ? "no readable certificate in the text" : "cannot read " + value;
    return nullptr;
}

}  // namespace scrapingpros::inline v0::detail

#endif
