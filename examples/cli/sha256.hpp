#ifndef SCRAPINGPROS_CLI_SHA256_HPP
#define SCRAPINGPROS_CLI_SHA256_HPP

#include <memory>
#include <string>
#include <string_view>

namespace cli {

/// SHA-256 of bytes that come in pieces.
class sha256 {
public:
    sha256();
    sha256(sha256&&) noexcept;
    sha256& operator=(sha256&&) noexcept;
    ~sha256();

    void add(std::string_view bytes);
    /// 64 lower-case hex digits; to be called once.
    std::string digits();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Of bytes that are at hand.
std::string sha256_of(std::string_view bytes);

/// So many random hex digits, an even number of at most 64.
std::string random_digits(unsigned count);

/// RFC 4648, section 4.
std::string base64_of(std::string_view bytes);

}  // namespace cli

#endif
