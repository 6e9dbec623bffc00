// Damaged requests against the control API with its tenants and clocks, without sockets, mixed with
// the service's own.

#include <boost/json/parse.hpp>

#include <string>
#include <vector>

#include "control/control.hpp"
#include "corpus.hpp"
#include "guard.hpp"
#include "server/host.hpp"

namespace {

using namespace fuzz;
namespace json = boost::json;

constexpr int requests_in_an_episode = 150;
constexpr std::string_view control = "/__mock/v1";
constexpr std::string_view other_tenant = "/tenants/client_b";

/// Of a tenant: with and without its name in front.
const std::vector<seed_request>& control_requests()
{
    static const std::vector<seed_request> seeds{
        {"GET", "/health", ""},
        {"GET", "/version", ""},
        {"GET", "/openapi.json", ""},
        {"POST", "/shutdown", ""},
        {"GET", "/tenants", ""},
        {"POST",
         "/tenants",
         R"({"name":"fresh","key":"k","clock":{"mode":"manual"},"switches":{"late_rows":"on"}})"},
        {"POST", "/tenants", "{}"},
        {"PUT", "/tenants/again", R"({"clock":{"mode":"per_request","step":"next_change"}})"},
        {"DELETE", "/tenants/fresh", ""},
        {"GET", "/tenants/client_b", ""},
    };
    return seeds;
}

const std::vector<seed_request>& tenant_requests()
{
    static const std::vector<seed_request> seeds{
        {"POST", "/reset", ""},
        {"GET", "/switches", ""},
        {"PUT", "/switches", R"({"late_rows":"on","A38":"body_bytes","read_per_minute":"100"})"},
        {"GET", "/clock", ""},
        {"PUT", "/clock", R"({"mode":"auto","max_real_block":"10s","serial":true})"},
        {"PUT", "/clock", R"({"mode":"per_request","step":"800ms","classes":["get_run"]})"},
        {"PUT", "/clock", R"({"mode":"manual","start":"2026-06-01T10:00:00Z","scale":2.5})"},
        {"POST", "/clock/advance", R"({"by":"5s"})"},
        {"POST", "/clock/advance", R"({"to":"2026-06-01T12:00:00Z"})"},
        {"POST", "/clock/next", ""},
        {"POST", "/clock/hold", R"({"name":"lock","lease":"10s"})"},
        {"POST", "/clock/release", R"({"name":"lock"})"},
        {"POST", "/clock/join", R"({"name":"me","lease":"10s"})"},
        {"POST", "/clock/sleep", R"({"name":"me","for":"5s"})"},
        {"POST", "/clock/sleep", R"({"name":"me","until":"2026-06-01T12:00:00Z"})"},
        {"POST", "/clock/wake", R"({"name":"me"})"},
        {"POST", "/clock/leave", R"({"name":"me"})"},
        {"GET", "/faults", ""},
        {"GET", "/ledger", ""},
        {"GET", "/ledger/summary", ""},
        {"GET", "/ledger/efficiency", ""},
        {"GET", "/journal?after=3", ""},
        {"GET", "/runs", ""},
        {"GET", "/runs/1", ""},
        {"POST", "/runs/1/jobs/1/finish", "{}"},
        {"POST", "/runs/1/terminate", "{}"},
        {"GET", "/webhooks", ""},
        {"POST", "/verify", ""},
    };
    return seeds;
}

mock::scenario make_scenario(std::uint64_t seed)
{
    mock::scenario made;
    made.seed = seed;
    made.clock.mode = mock::clock_mode::manual;
    made.tokens = {{std::string(token_a), "client_a"}, {std::string(token_b), "client_b"}};
    return made;
}

class history {
public:
    history(std::uint64_t seed, notes& said)
        : draw_(seed), said_(said), service_(seed_requests(false)), host_(make_scenario(seed)),
          api_(host_)
    {
    }

    void play()
    {
        plant_all();
        for (int i = 0; i < requests_in_an_episode; ++i) {
            if (draw_.one_in(3))
                ask_service();
            else
                ask_control();
        }
    }

private:
    void plant_all()
    {
        for (const std::string_view token : {token_a, token_b}) {
            for (const auto& each : host_.all())
                if (each->key() == token)
                    each->with_world([&](mock::world& w) {
                        mock::time_point now = each->clock().now();
                        plant_for(token, token == token_a ? marker : "plain", w, now, known_);
                    });
        }
    }

    void ask_service()
    {
        const seed_request& from = draw_.pick(service_);
        auto in = make_request(from.method, known_.fill_in(from.target, draw_), token_b, from.body);
        if (draw_.one_in(2)) in.target = draw_.damage(in.target);
        if (mock::control_api::is_meant(in)) return;
        const auto plan = answer(in, [&] { return host_.answer(in); });
        check_unmarked(plan.body);
    }

    void ask_control()
    {
        const bool own = draw_.one_in(4);
        const seed_request& from = draw_.pick(own ? control_requests() : tenant_requests());
        const bool other = !own && draw_.one_in(2);
        std::string target(control);
        if (other) target += other_tenant;
        auto in = make_request(from.method, target + from.target, "none", from.body);
        if (!draw_.one_in(3)) {
            switch (draw_.below(4)) {
            case 0: in.target = target + draw_.damage(from.target); break;
            case 1: in.method = draw_.damage(in.method); break;
            default: in.body = draw_.damage(in.body); break;
            }
        }
        const auto plan = answer(in, [&] { return api_.answer(in); });
        if (in.target.starts_with(target + "/") && other && in.target.find("..") == in.target.npos)
            check_unmarked(plan.body);
    }

    template <class Ask>
    mock::response_plan answer(const mock::request& in, Ask ask)
    {
        said_.trying(in.method + " " + in.target + "\n\n" + in.body);
        mock::exchange out = ask();
        if (out.later) out.plan = out.later(mock::service_clock::wait_state::over);
        const mock::response_plan& plan = out.plan;
        known_.learn(plan.body);
        if (plan.status < 200 || plan.status >= 500)
            throw finding{"status " + std::to_string(plan.status) + ": " + plan.body};
        for (const auto& each : plan.headers)
            if (each.value == "application/json") check_json(plan.body);
        return plan;
    }

    static void check_json(const std::string& body)
    {
        json::parse_options options;
        options.max_depth = 200;
        boost::system::error_code error;
        json::parse(json::string_view(body.data(), body.size()), error, {}, options);
        if (error) throw finding{"no JSON: " + body.substr(0, 2'000)};
    }

    mutator draw_;
    notes& said_;
    std::vector<seed_request> service_;
    mock::mock_host host_;
    mock::control_api api_;
    known_ids known_;
};

}  // namespace

int main(int argc, char** argv)
{
    return run_episodes(argc, argv, [](std::uint64_t seed, notes& said) {
        history{seed, said}.play();
    });
}
