#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

#include "time_text.hpp"
#include "webhook_support.hpp"

using namespace mock_test;

namespace {

/// Bytes in a file of their own, for as long as it is looked at.
class scratch_file {
public:
    explicit scratch_file(const std::string& bytes)
    {
        const int handle = ::mkstemp(name_.data());
        REQUIRE(handle >= 0);
        ::close(handle);
        std::ofstream out(name_.data(), std::ios::binary);
        out << bytes;
        REQUIRE(out.good());
    }
    ~scratch_file() { std::remove(name_.data()); }
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;

    std::string name() const { return name_.data(); }

private:
    std::array<char, 32> name_{"/tmp/webhook_test_XXXXXX"};
};

/// What the command prints, without the line's end.
std::string output_of(const std::string& command)
{
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 256> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), size);
    ::pclose(pipe);
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

/// The signature as the openssl command computes it from the message's own bytes.
std::string by_openssl(const webhook_attempt& attempt, const std::string& scheme)
{
    const bool stamped = scheme.starts_with("ts_dot_body");
    const std::string stamp = value_of(attempt, "X-SP-Timestamp") + ".";
    const scratch_file signed_bytes{(stamped ? stamp : "") + attempt.body};
    const std::string command = "openssl dgst -sha256 -hmac test_webhook_secret_a ";
    if (scheme.ends_with("base64"))
        return output_of(command + "-binary < " + signed_bytes.name() + " | openssl base64 -A");
    const std::string digest = output_of(command + "-r < " + signed_bytes.name());
    return (scheme == "sha256_prefix_hex" ? "sha256=" : "") + digest.substr(0, digest.find(' '));
}

}  // namespace

TEST_SUITE("mock.webhooks.signature")
{
    TEST_CASE("SRV-010: the openssl command finds each signature right, on every attempt")
    {
        if (std::system("openssl version > /dev/null 2>&1") != 0) {
            MESSAGE("SKIPPED: there is no openssl command to verify with");
            return;
        }
        for (const char* scheme :
             {"ts_dot_body_hex", "body_hex", "sha256_prefix_hex", "ts_dot_body_base64"})
            for (const char* form : {"unix_seconds", "iso_z"})
                for (const char* custom_ids : {"omit", "jobs_array"}) {
                    CAPTURE(std::string(scheme));
                    CAPTURE(std::string(form));
                    hooked_peer client{
                        sending({{"A56", scheme}, {"A59", custom_ids}, {"A60", form}})};
                    client.begin();
                    for (int attempt = 0; attempt < 3; ++attempt) {
                        const webhook_attempt made = client.take_one();
                        CHECK_EQ(value_of(made, "X-SP-Signature"), by_openssl(made, scheme));
                        client.answer(made, 500);
                    }
                }
    }

    TEST_CASE("SRV-010: the time stamp is the moment of the attempt, in the form of A60")
    {
        hooked_peer client;
        client.begin();
        const webhook_attempt made = client.take_one();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(client.now);
        CHECK_EQ(
            value_of(made, "X-SP-Timestamp"), std::to_string(seconds.time_since_epoch().count())
        );
        hooked_peer iso{sending({{"A60", "iso_z"}})};
        iso.begin();
        const std::string stamp = value_of(iso.take_one(), "X-SP-Timestamp");
        CHECK(parse_iso(stamp) == seconds);
        CHECK(stamp.ends_with('Z'));
    }
}
