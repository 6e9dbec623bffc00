#include <scrapingpros/net/proxy_options.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace scrapingpros;

namespace {

using variables = std::map<std::string, std::string, std::less<>>;

environment_lookup lookup_in(variables set)
{
    return [set = std::move(set)](std::string_view name) -> std::optional<std::string> {
        const auto at = set.find(name);
        return at == set.end() ? std::nullopt : std::optional(at->second);
    };
}

endpoint https(std::string host, std::string port = "443")
{
    return {true, std::move(host), std::move(port)};
}

endpoint http(std::string host, std::string port = "80")
{
    return {false, std::move(host), std::move(port)};
}

/// `host:port` of the proxy, `-` for none, `!` for an error.
std::string chosen(const endpoint& to, const proxy_options& options, variables set = {})
{
    const auto proxy = select_proxy(to, options, lookup_in(std::move(set)));
    if (proxy.has_error()) return "!";
    return *proxy ? (*proxy)->host + ":" + (*proxy)->port : "-";
}

}  // namespace

TEST_SUITE("net.proxy_options")
{
    TEST_CASE("exceptions match hosts, domains, ports, addresses and networks")
    {
        struct row {
            endpoint to;
            const char* no_proxy;
            bool bypasses;
        };
        const row rows[] = {
            {https("example.com"), "", false},
            {https("example.com"), "*", true},
            {https("example.com"), "example.com", true},
            {https("EXAMPLE.com"), "Example.COM", true},
            {https("example.com."), "example.com", true},
            {https("api.example.com"), "example.com", true},
            {https("api.example.com"), ".example.com", true},
            {https("api.example.com"), "*.example.com", true},
            {https("example.com"), ".example.com", true},
            {https("badexample.com"), "example.com", false},
            {https("example.com.evil.net"), "example.com", false},
            {https("example.com"), "api.example.com", false},
            {https("example.com"), "other.net, example.com", true},
            {https("example.com"), " \t,, example.com ,", true},
            {https("example.com"), "other.net,another.org", false},
            {https("example.com"), "example.com:443", true},
            {https("example.com"), "example.com:8443", false},
            {https("api.example.com", "8443"), ".example.com:8443", true},
            {https("example.com"), ".", false},
            {https("example.com"), ":443", false},
            {https("10.1.2.3"), "10.1.2.3", true},
            {https("10.1.2.3"), "10.1.2.3:443", true},
            {https("10.1.2.3"), "10.1.2.3:80", false},
            {https("10.1.2.3"), "10.1.2.30", false},
            {https("10.1.2.3"), "2.3", false},
            {https("10.1.2.3"), "10.0.0.0/8", true},
            {https("11.1.2.3"), "10.0.0.0/8", false},
            {https("10.1.2.3"), "10.1.2.0/31", false},
            {https("10.1.2.3"), "10.1.2.2/31", true},
            {https("10.1.2.3"), "0.0.0.0/0", true},
            {https("10.1.2.3"), "10.0.0.0/33", false},
            {https("10.1.2.3"), "10.0.0.0/x", false},
            {https("10.1.2.3"), "10.0.0.0/", false},
            {https("example.com"), "0.0.0.0/0", false},
            {https("::1"), "::1", true},
            {https("::1"), "[::1]", true},
            {https("::1"), "[::1]:443", true},
            {https("::1"), "[::1]:80", false},
            {https("0:0:0:0:0:0:0:1"), "::1", true},
            {https("2001:db8::7"), "2001:db8::/32", true},
            {https("2001:db9::7"), "2001:db8::/32", false},
            {https("2001:db8::7"), "10.0.0.0/8", false},
            {https("::ffff:10.1.2.3"), "10.0.0.0/8", true},
            {https("example.com"), "[example.com", false},
        };
        for (const auto& row : rows) {
            CAPTURE(row.to.host);
            CAPTURE(row.to.port);
            CAPTURE(row.no_proxy);
            CHECK_EQ(bypasses_proxy(row.to, row.no_proxy), row.bypasses);
        }
    }

    TEST_CASE("the environment names a proxy for each kind of endpoint")
    {
        const proxy_options options;
        const variables all{
            {"https_proxy", "http://secure:1"},
            {"http_proxy", "http://plain:2"},
            {"all_proxy", "http://any:3"}};
        CHECK_EQ(chosen(https("a.example"), options, all), "secure:1");
        CHECK_EQ(chosen(http("a.example"), options, all), "plain:2");
        CHECK_EQ(chosen(http("a.example"), options, {{"all_proxy", "any:3"}}), "any:3");
        CHECK_EQ(chosen(https("a.example"), options, {{"ALL_PROXY", "any:3"}}), "any:3");
        CHECK_EQ(chosen(https("a.example"), options, {{"HTTPS_PROXY", "upper:4"}}), "upper:4");
        CHECK_EQ(
            chosen(https("a.example"), options, {{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:1"}}),
            "a:1"
        );
        CHECK_EQ(chosen(https("a.example"), options), "-");
        CHECK_EQ(chosen(https("a.example"), options, {{"https_proxy", ""}}), "-");
    }

    TEST_CASE(
        "HTTP_PROXY in upper case is not looked at: a web request can set it for a CGI program"
    )
    {
        CHECK_EQ(chosen(http("a.example"), {}, {{"HTTP_PROXY", "evil:1"}}), "-");
    }

    TEST_CASE("no_proxy is looked at in both spellings, the lower one first")
    {
        const std::string proxy = "http://p:1";
        CHECK_EQ(
            chosen(http("a.example"), {}, {{"http_proxy", proxy}, {"no_proxy", "a.example"}}), "-"
        );
        CHECK_EQ(
            chosen(http("a.example"), {}, {{"http_proxy", proxy}, {"NO_PROXY", "a.example"}}), "-"
        );
        CHECK_EQ(
            chosen(
                http("a.example"),
                {},
                {{"http_proxy", proxy}, {"no_proxy", "b.example"}, {"NO_PROXY", "a.example"}}
            ),
            "p:1"
        );
    }

    TEST_CASE("loopback endpoints are never reached through the environment's proxy")
    {
        const variables set{{"all_proxy", "http://p:1"}};
        for (const char* host : {"localhost", "x.localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
            CAPTURE(host);
            CHECK_EQ(chosen(http(host), {}, set), "-");
        }
        CHECK_EQ(chosen(http("localhost.example"), {}, set), "p:1");
    }

    TEST_CASE("no proxy and an explicit proxy do not look at the environment")
    {
        const variables set{{"all_proxy", "http://p:1"}, {"no_proxy", "*"}};
        proxy_options options{.mode = proxy_mode::none};
        CHECK_EQ(chosen(https("a.example"), options, set), "-");
        options = {.mode = proxy_mode::explicit_url, .url = secret("http://mine:9")};
        CHECK_EQ(chosen(https("a.example"), options, set), "mine:9");
        CHECK_EQ(chosen(https("127.0.0.1"), options, set), "mine:9");
        options.no_proxy = "a.example";
        CHECK_EQ(chosen(https("a.example"), options, set), "-");
    }

    TEST_CASE("a proxy's URL is taken apart")
    {
        struct row {
            const char* url;
            const char* host;
            const char* port;
            const char* authorization;
        };
        const row rows[] = {
            {"http://proxy:3128", "proxy", "3128", ""},
            {"HTTP://proxy:3128/", "proxy", "3128", ""},
            {"proxy:3128", "proxy", "3128", ""},
            {"http://proxy", "proxy", "80", ""},
            {"http://[::1]:3128", "::1", "3128", ""},
            {"http://[::1]", "::1", "80", ""},
            {"http://user:pass@proxy:3128", "proxy", "3128", "Basic dXNlcjpwYXNz"},
            {"http://user@proxy:3128", "proxy", "3128", "Basic dXNlcjo="},
            {"http://user:@proxy:3128", "proxy", "3128", "Basic dXNlcjo="},
            {"http://u:p%40ss%3A@proxy:1", "proxy", "1", "Basic dTpwQHNzOg=="},
            {"http://u:a@b@proxy:1", "proxy", "1", "Basic dTphQGI="},
            {"http://Aladdin:open%20sesame@p:1", "p", "1", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        };
        for (const auto& row : rows) {
            CAPTURE(row.url);
            const auto proxy = parse_proxy(row.url);
            REQUIRE(proxy.has_value());
            CHECK_EQ(proxy->host, row.host);
            CHECK_EQ(proxy->port, row.port);
            CHECK_EQ(proxy->authorization.expose(), row.authorization);
        }
    }

    TEST_CASE("what is no proxy that we can speak to is refused")
    {
        for (const char* url :
             {"",
              "http://",
              "https://proxy:1",
              "socks5://proxy:1",
              "http://:1",
              "http://proxy:0",
              "http://proxy:65536",
              "http://proxy:x",
              "http://[::1",
              "http://[::1]x",
              "http://[::1]:",
              "http://user:p%zz@proxy:1",
              "http://user:p%4@proxy:1",
              "http://us%3Aer:p@proxy:1",
              "http://pro xy:1"}) {
            CAPTURE(url);
            CHECK_EQ(parse_proxy(url).error(), errc::bad_option);
            const proxy_options options{.mode = proxy_mode::explicit_url, .url = secret(url)};
            CHECK_EQ(chosen(https("a.example"), options), "!");
        }
    }
}
