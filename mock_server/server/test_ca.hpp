#ifndef SCRAPINGPROS_MOCK_TEST_CA_HPP
#define SCRAPINGPROS_MOCK_TEST_CA_HPP

#include <memory>
#include <string>

namespace scrapingpros_mock {

/// A certificate and its private key, both as PEM text.
struct certificate {
    std::string certificate_pem;
    std::string key_pem;
};

/// What a server shows to those who ask for its certificate. Only `good` may be trusted by a client
/// that trusts the authority.
enum class certificate_kind {
    /// For 127.0.0.1, ::1 and localhost.
    good,
    /// As `good`, but its time was over yesterday.
    expired,
    /// In order, but for `wrong.example`.
    wrong_host,
    /// As `good`, but signed by an authority that nobody has heard of.
    unknown_root,
    /// As `good`, but signed by itself.
    self_signed,
};

/// A certificate authority for tests, made at run time: no key is ever stored or shipped. Its names
/// and keys are worth nothing outside the process that made it.
class test_ca {
public:
    test_ca();
    ~test_ca();
    test_ca(test_ca&&) noexcept;
    test_ca& operator=(test_ca&&) noexcept;

    /// The root certificate, for a client to trust.
    const std::string& ca_pem() const noexcept { return ca_pem_; }

    /// A new pair of that kind.
    certificate issue(certificate_kind kind) const;

private:
    struct authority;
    std::unique_ptr<authority> authority_;
    std::string ca_pem_;
};

}  // namespace scrapingpros_mock

#endif
