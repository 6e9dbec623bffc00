#include <scrapingpros/net/tls_options.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "fetch.hpp"
#include "raw_server.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;
using scrapingpros_mock::certificate_kind;

namespace {

/// One authority for all cases: making keys is slow.
const scrapingpros_mock::test_ca& authority()
{
    static const scrapingpros_mock::test_ca ca;
    return ca;
}

struct tls_server : scrapingpros_mock::server {
    explicit tls_server(certificate_kind kind)
        : server({.tls = authority().issue(kind)}, [](const scrapingpros_mock::request&) {
              scrapingpros_mock::response_plan plan;
              plan.body = "secret";
              return plan;
          })
    {
    }
};

transport_options trusting(std::string ca_pem)
{
    auto options = plain_options();
    options.tls.ca_pem = std::move(ca_pem);
    return options;
}

/// A file with that text, removed in the end.
struct temporary_file {
    explicit temporary_file(const std::string& text)
        : path((std::filesystem::temp_directory_path() / "scrapingpros-test-XXXXXX").string())
    {
        ::close(::mkstemp(path.data()));
        std::ofstream(path) << text;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::remove(path.c_str()); }

    std::string path;
};

}  // namespace

TEST_SUITE("net.tls_options")
{
    TEST_CASE("a server whose certificate is in order is spoken to, by address and by name")
    {
        tls_server server(certificate_kind::good);
        asio::io_context context;
        auto transport = make_transport(context, trusting(authority().ca_pem()));
        for (const char* host : {"127.0.0.1", "localhost"}) {
            CAPTURE(host);
            fetch one(transport, get_tls(std::to_string(server.port()), host));
            run(context);
            CHECK_MESSAGE(one.is_complete(), one.ec.message());
            CHECK_EQ(one.body, "secret");
        }
        CHECK_EQ(server.stats().handshakes, 2u);
    }

    TEST_CASE("a server whose certificate is not in order learns nothing of the request")
    {
        const std::pair<certificate_kind, const char*> rows[] = {
            {certificate_kind::expired, "certificate has expired"},
            {certificate_kind::wrong_host, "IP address mismatch"},
            {certificate_kind::unknown_root, "unable to get local issuer certificate"},
            {certificate_kind::self_signed, "self-signed certificate"},
        };
        for (const auto& [kind, reason] : rows) {
            CAPTURE(reason);
            tls_server server(kind);
            asio::io_context context;
            auto transport = make_transport(context, trusting(authority().ca_pem()));
            fetch one(transport, get_tls(std::to_string(server.port())));
            run(context);
            CHECK(is_tls_error(one.ec));
            CHECK_EQ(
                one.ec.message(), std::string("the server's certificate was refused: ") + reason
            );
            CHECK_EQ(one.progress().phase, call_phase::handshake);
            CHECK_FALSE(one.progress().request_sent);
            server.stop();
            CHECK_EQ(server.stats().bytes_received, 0u);
            CHECK_EQ(server.stats().requests, 0u);
            CHECK_EQ(transport.metrics(), transport_metrics{});
        }
    }

    TEST_CASE("a name is checked like an address")
    {
        tls_server server(certificate_kind::wrong_host);
        asio::io_context context;
        auto transport = make_transport(context, trusting(authority().ca_pem()));
        fetch one(transport, get_tls(std::to_string(server.port()), "localhost"));
        run(context);
        CHECK_EQ(one.ec.message(), "the server's certificate was refused: hostname mismatch");
    }

    TEST_CASE("an authority that is not named is not trusted, system's roots or not")
    {
        tls_server server(certificate_kind::good);
        for (const bool system_roots : {true, false}) {
            asio::io_context context;
            auto options = plain_options();
            options.tls.system_roots = system_roots;
            auto transport = make_transport(context, options);
            fetch one(transport, get_tls(std::to_string(server.port())));
            run(context);
            CHECK(is_tls_error(one.ec));
        }
    }

    TEST_CASE("any certificate is accepted only by the option that says so")
    {
        for (const auto kind : {certificate_kind::self_signed, certificate_kind::wrong_host}) {
            tls_server server(kind);
            asio::io_context context;
            auto options = plain_options();
            options.tls.verify = tls_verify::danger_accept_any_certificate;
            auto transport = make_transport(context, options);
            fetch one(transport, get_tls(std::to_string(server.port())));
            run(context);
            CHECK(one.is_complete());
        }
    }

    TEST_CASE("roots may come from a file, and a client may show a certificate of its own")
    {
        tls_server server(certificate_kind::good);
        const auto own = authority().issue(certificate_kind::good);
        const temporary_file roots(authority().ca_pem());
        const temporary_file certificate(own.certificate_pem);
        const temporary_file key(own.key_pem);
        asio::io_context context;
        auto options = plain_options();
        options.tls.ca_file = roots.path;
        options.tls.certificate_file = certificate.path;
        options.tls.key_file = key.path;
        auto transport = make_transport(context, options);
        fetch one(transport, get_tls(std::to_string(server.port())));
        run(context);
        CHECK(one.is_complete());
    }

    TEST_CASE("a certificate or key that cannot be read is named")
    {
        const auto own = authority().issue(certificate_kind::good);
        const auto other = authority().issue(certificate_kind::good);
        const temporary_file certificate(own.certificate_pem);
        const temporary_file other_key(other.key_pem);
        const temporary_file nonsense("nonsense");
        const std::string missing = "no/such/file.pem";
        const std::pair<tls_options, std::string> rows[] = {
            {{.ca_file = missing}, "tls.ca_file: cannot read " + missing},
            {{.ca_file = nonsense.path}, "tls.ca_file: cannot read " + nonsense.path},
            {{.ca_pem = "nonsense"}, "tls.ca_pem: no readable certificate in the text"},
            {{.ca_pem = authority().ca_pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n"},
             "tls.ca_pem: no readable certificate in the text"},
            {{.certificate_file = missing, .key_file = missing},
             "tls.certificate_file: cannot read " + missing},
            {{.certificate_file = certificate.path, .key_file = nonsense.path},
             "tls.key_file: cannot read " + nonsense.path},
            {{.certificate_file = certificate.path, .key_file = other_key.path},
             "tls.key_file: cannot read " + other_key.path},
        };
        for (const auto& [tls, text] : rows) {
            CAPTURE(text);
            asio::io_context context;
            auto options = plain_options();
            options.tls = tls;
            diagnostics diag;
            const auto made = make_beast_transport(context.get_executor(), options, diag);
            REQUIRE(made.has_error());
            CHECK_EQ(made.error(), errc::bad_certificate_file);
            CHECK_EQ(diag.place + ": " + diag.client_text, text);
        }
    }

    TEST_CASE("the name is sent in the clear for the server to choose by, an address is not")
    {
        for (const char* host : {"localhost", "127.0.0.1"}) {
            std::string hello;
            raw_server server([&](raw_connection& connection) { hello = connection.read_some(); });
            asio::io_context context;
            auto transport = make_transport(context);
            fetch one(transport, get_tls(server.port(), host));
            run(context);
            CHECK_NE(one.ec, error_code());
            server.stop();  // its thread is over before what it wrote is read
            CHECK_EQ(hello.find(host) != std::string::npos, host == std::string("localhost"));
        }
    }

    TEST_CASE("a connection over TLS is kept, whatever tickets the server sends meanwhile")
    {
        tls_server server(certificate_kind::good);
        asio::io_context context;
        auto transport = make_transport(context, trusting(authority().ca_pem()));
        for (int i = 0; i < 3; ++i) {
            fetch one(transport, get_tls(std::to_string(server.port())));
            run(context);
            CHECK(one.is_complete());
            CHECK_EQ(one.progress().reused_connection, i > 0);
        }
        CHECK_EQ(transport.metrics().opened, 1u);
        CHECK_EQ(transport.metrics().idle, 1u);
    }
}
