#include "sha256.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace cli {
namespace {

std::string hex(const unsigned char* bytes, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += "0123456789abcdef"[bytes[i] >> 4];
        out += "0123456789abcdef"[bytes[i] & 15];
    }
    return out;
}

void check(int answer)
{
    if (answer != 1) throw std::runtime_error("OpenSSL has failed");
}

}  // namespace

struct sha256::state {
    struct deleter {
        void operator()(::EVP_MD_CTX* what) const noexcept { ::EVP_MD_CTX_free(what); }
    };
    std::unique_ptr<::EVP_MD_CTX, deleter> context{::EVP_MD_CTX_new()};
};

sha256::sha256() : state_(std::make_unique<state>())
{
    check(::EVP_DigestInit_ex(state_->context.get(), ::EVP_sha256(), nullptr));
}
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;
sha256::~sha256() = default;

void sha256::add(std::string_view bytes)
{
    check(::EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string sha256::digits()
{
    std::array<unsigned char, 32> digest{};
    check(::EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr));
    return hex(digest.data(), digest.size());
}

std::string sha256_of(std::string_view bytes)
{
    sha256 digest;
    digest.add(bytes);
    return digest.digits();
}

std::string random_digits(unsigned count)
{
    std::array<unsigned char, 32> bytes{};
    check(::RAND_bytes(bytes.data(), static_cast<int>(count / 2)));
    return hex(bytes.data(), count / 2);
}

std::string base64_of(std::string_view bytes)
{
    std::string out((bytes.size() + 2) / 3 * 4, '\0');
    ::EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    return out;
}

}  // namespace cli
