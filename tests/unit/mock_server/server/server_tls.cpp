#include <openssl/x509_vfy.h>

#include <doctest/doctest.h>

#include <string>

#include "raw_client.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"
#include "tls_client.hpp"

using namespace scrapingpros_mock;

namespace {

response_plan hello(const request&)
{
    response_plan plan;
    plan.body = "hello";
    return plan;
}

server showing(const test_ca& authority, certificate_kind kind, server::handler handle = hello)
{
    return server{{.tls = authority.issue(kind)}, std::move(handle)};
}

}  // namespace

TEST_SUITE("mock_server.server.tls")
{
    TEST_CASE("a good certificate is accepted by a client that trusts the root")
    {
        const test_ca authority;
        const auto subject = showing(authority, certificate_kind::good);
        const auto got =
            tls_exchange(subject.port(), authority.ca_pem(), get("/", "Connection: close\r\n"));
        CHECK(got.handshake);
        CHECK_EQ(body_of(got.reply), "hello");
        CHECK(got.said_goodbye);
        CHECK_EQ(subject.stats().handshakes, 1);
        CHECK_EQ(subject.stats().failed_handshakes, 0);
        CHECK_EQ(subject.base_url(), "https://127.0.0.1:" + std::to_string(subject.port()));
    }

    TEST_CASE("bad certificates end the handshake before a byte of HTTP is said")
    {
        struct row {
            certificate_kind kind;
            long error;
        };
        const test_ca authority;
        for (const auto& [kind, error] : {
                 row{certificate_kind::expired, X509_V_ERR_CERT_HAS_EXPIRED},
                 row{certificate_kind::wrong_host, X509_V_ERR_IP_ADDRESS_MISMATCH},
                 row{certificate_kind::unknown_root, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
                 row{certificate_kind::self_signed, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
             }) {
            CAPTURE(error);
            auto subject = showing(authority, kind);
            const auto got = tls_exchange(subject.port(), authority.ca_pem(), get("/"));
            CHECK_FALSE(got.handshake);
            CHECK_EQ(got.verify_error, error);
            subject.stop();
            CHECK_EQ(subject.stats().connections, 1);
            CHECK_EQ(subject.stats().handshakes, 0);
            CHECK_EQ(subject.stats().bytes_received, 0);
            CHECK_EQ(subject.stats().requests, 0);
        }
    }

    TEST_CASE("the root of another authority is not trusted")
    {
        const test_ca authority;
        const test_ca stranger;
        const auto subject = showing(authority, certificate_kind::good);
        CHECK_FALSE(tls_exchange(subject.port(), stranger.ca_pem(), get("/")).handshake);
    }

    TEST_CASE("plain HTTP on a TLS port gets no HTTP answer")
    {
        const test_ca authority;
        auto subject = showing(authority, certificate_kind::good);
        raw_client client{subject.port()};
        client.send(get("/"));
        CHECK_EQ(client.read_to_end().bytes.find("HTTP/"), std::string::npos);
        subject.stop();
        CHECK_EQ(subject.stats().failed_handshakes, 1);
        CHECK_EQ(subject.stats().requests, 0);
    }

    TEST_CASE("a cut over TLS comes after exactly n bytes and without goodbye")
    {
        const test_ca authority;
        for (const auto ending : {wire_ending::close, wire_ending::reset}) {
            const auto subject =
                showing(authority, certificate_kind::good, [ending](const request& what) {
                    auto plan = hello(what);
                    plan.ending = ending;
                    plan.cut_at = 20;
                    return plan;
                });
            const auto got = tls_exchange(subject.port(), authority.ca_pem(), get("/"));
            CHECK(got.handshake);
            CHECK_EQ(got.reply, "HTTP/1.1 200 OK\r\nCon");
            CHECK_FALSE(got.said_goodbye);
        }
    }
}
