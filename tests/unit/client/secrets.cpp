// A planted token must not come out of any error, event or text, whatever the server does.

#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

constexpr const char* planted = "PLANTED-7f3a-token";

/// Keeps every text that an observer is shown.
struct listener {
    std::string* heard;
    void on_attempt(const attempt_event& e) { *heard += e.route; }
    void on_reply(const reply_event& e) { *heard += e.route; }
    void on_retry(const retry_event& e) { (*heard += e.route) += e.failure.ec.message(); }
    void on_drift(const drift_event& e) { (*heard += e.route) += e.place; }
};

}  // namespace

TEST_SUITE("client.secrets")
{
    TEST_CASE(
        "a planted token is in no error text, diagnostics or event, even if the server echoes it"
    )
    {
        const std::string echo = std::string("Bearer ") + planted;
        const std::vector<mock::response_plan> answers{
            test::reply(R"({"detail":"bad token )" + echo + R"("})", 401),
            test::reply(R"({"message":")" + echo + R"("})", 422),
            test::reply(
                R"({"detail":[{"loc":["body",")" + echo + R"("],"msg":")" + echo + R"("}]})", 422
            ),
            test::reply("<html>" + echo + "</html>", 500),
            test::reply("<html>" + echo + "</html>"),
            test::reply(
                R"({"detail":{"error_code":")" + echo + R"(","message":")" + echo + R"("}})", 404
            ),
            test::reply(echo, 302),
        };
        for (const auto& answer : answers) {
            CAPTURE(answer.body);
            std::string heard;
            client_fixture f;
            f.before = [&](const auto&, auto) { return answer; };
            auto o = f.options();
            o.token = secret(planted);
            diagnostics diag;
            auto api = f.client_with(
                            f.policies().with_observer(listener{&heard}).with_retry(no_retry{}), o
            )
                           .with_diagnostics(diag);
            const auto got = f.run<run>([&](auto h) { api.async_get_run({{"c"}, {"r"}}, h); });
            CHECK(got.ec);
            const std::string all = heard + describe(got.ec, diag) + api_error(got.ec, diag).what();
            CHECK_EQ(all.find(planted), std::string::npos);
            CHECK_NE(diag.server_text.find("[redacted]"), std::string::npos);
        }
    }

    TEST_CASE("a token that no header may carry is refused without being shown")
    {
        client_fixture f;
        auto o = f.options();
        o.token = secret(std::string(planted) + "\r\nX-Evil: 1");
        try {
            auto api = f.client_with(f.policies(), o);
            FAIL("it was taken");
        } catch (const api_error& e) {
            CHECK_EQ(e.code(), errc::bad_token);
            CHECK_EQ(std::string(e.what()).find(planted), std::string::npos);
        }
    }
}
