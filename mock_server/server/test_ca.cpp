#include "server/test_ca.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace scrapingpros_mock {

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* value) const noexcept
    {
        Free(value);
    }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

constexpr long day = 24L * 60 * 60;
constexpr const char* our_hosts = "IP:127.0.0.1,IP:::1,DNS:localhost";

void check(bool ok, const char* what)
{
    if (!ok) throw std::runtime_error{std::string{"test certificate authority: "} + what};
}

key_ptr make_key()
{
    key_ptr key{EVP_EC_gen("P-256")};
    check(key != nullptr, "no key");
    return key;
}

template <class Write>
std::string to_pem(Write write)
{
    const bio_ptr bio{BIO_new(BIO_s_mem())};
    check(bio && write(bio.get()) == 1, "no PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* subject, X509* issuer, int nid, const char* value)
{
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
    const extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
    check(extension && X509_add_ext(subject, extension.get(), -1) == 1, "no extension");
}

struct validity {
    long from_now;
    long until_now;
};

// Everything but issuer, extensions and signature.
x509_ptr make_blank(const char* name, EVP_PKEY* key, validity times)
{
    x509_ptr x509{X509_new()};
    check(x509 != nullptr, "no certificate");
    check(X509_set_version(x509.get(), X509_VERSION_3) == 1, "no version");

    // Chosen at random, as two roots with one name and one serial number confuse verifiers. The
    // first bit is kept 0 and the second 1: positive, and of fixed length.
    std::array<unsigned char, 8> serial{};
    check(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1, "no randomness");
    std::uint64_t number = 0;
    for (const auto byte : serial)
        number = number << 8U | byte;
    number = (number & 0x7fffffffffffffffU) | 0x4000000000000000U;
    check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509.get()), number) == 1, "no serial");

    X509_gmtime_adj(X509_getm_notBefore(x509.get()), times.from_now);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), times.until_now);
    X509_NAME* subject = X509_get_subject_name(x509.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name);
    check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1, "no name");
    check(X509_set_pubkey(x509.get(), key) == 1, "no public key");
    return x509;
}

void sign(X509* subject, X509* issuer, EVP_PKEY* issuer_key)
{
    check(X509_set_issuer_name(subject, X509_get_subject_name(issuer)) == 1, "no issuer");
    add_extension(subject, issuer, NID_subject_key_identifier, "hash");
    if (subject != issuer) add_extension(subject, issuer, NID_authority_key_identifier, "keyid");
    check(X509_sign(subject, issuer_key, EVP_sha256()) > 0, "no signature");
}

void add_server_extensions(X509* subject, const char* hosts)
{
    add_extension(subject, subject, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(subject, subject, NID_key_usage, "critical,digitalSignature");
    add_extension(subject, subject, NID_ext_key_usage, "serverAuth");
    add_extension(subject, subject, NID_subject_alt_name, hosts);
}

}  // namespace

struct test_ca::authority {
    key_ptr key = make_key();
    x509_ptr root;

    explicit authority(const char* name)
        : root{make_blank(name, key.get(), {.from_now = -day, .until_now = 30 * day})}
    {
        add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE");
        add_extension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
        sign(root.get(), root.get(), key.get());
    }
};

test_ca::test_ca() : authority_{std::make_unique<authority>("scrapingpros mock root")}
{
    ca_pem_ = to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, authority_->root.get()); });
}

test_ca::~test_ca() = default;
test_ca::test_ca(test_ca&&) noexcept = default;
test_ca& test_ca::operator=(test_ca&&) noexcept = default;

certificate test_ca::issue(certificate_kind kind) const
{
    const bool expired = kind == certificate_kind::expired;
    const validity times = expired ? validity{.from_now = -20 * day, .until_now = -day}
                                   : validity{.from_now = -day, .until_now = 20 * day};
    const char* hosts = kind == certificate_kind::wrong_host ? "DNS:wrong.example" : our_hosts;

    const auto key = make_key();
    const auto leaf = make_blank("scrapingpros mock server", key.get(), times);
    add_server_extensions(leaf.get(), hosts);
    if (kind == certificate_kind::self_signed) {
        sign(leaf.get(), leaf.get(), key.get());
    } else if (kind == certificate_kind::unknown_root) {
        const authority stranger{"a root that nobody trusts"};
        sign(leaf.get(), stranger.root.get(), stranger.key.get());
    } else {
        sign(leaf.get(), authority_->root.get(), authority_->key.get());
    }
    return {
        .certificate_pem = to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, leaf.get()); }),
        .key_pem = to_pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        }),
    };
}

}  // namespace scrapingpros_mock
