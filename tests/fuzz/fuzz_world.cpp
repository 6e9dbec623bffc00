// Damaged requests, control routes among them, against the service's behaviour without sockets.

#include <boost/json/parse.hpp>

#include <chrono>
#include <string>

#include "books/journal_json.hpp"
#include "books/verdicts.hpp"
#include "corpus.hpp"
#include "guard.hpp"
#include "switches.hpp"

namespace {

using namespace fuzz;
namespace json = boost::json;

constexpr int requests_in_an_episode = 150;

mock::scenario draw_scenario(mutator& draw)
{
    auto made = draw.one_in(2) ? mock::scenario::lifelike() : mock::scenario{};
    made.seed = draw.next();
    made.tokens = {{std::string(token_a), "client_a"}, {std::string(token_b), "client_b"}};
    made.enforce_limits = draw.one_in(4);
    if (draw.one_in(4)) made.plan.credits = 1 + draw.below(100);
    if (draw.one_in(3)) made.contract = mock::switches::adversarial();
    if (draw.one_in(6)) made.contract = mock::switches::y2026_04_06();
    if (draw.one_in(2))
        for (const auto& each : mock::known_switches())
            if (draw.one_in(4)) made.contract.set(each.name, draw.pick(each.values));
    return made;
}

bool is_json(std::string_view text)
{
    json::parse_options options;
    options.max_depth = 200;
    boost::system::error_code error;
    json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    return !error;
}

class history {
public:
    history(std::uint64_t seed, notes& said)
        : draw_(seed), said_(said), with_faults_(draw_.one_in(4)),
          seeds_(seed_requests(with_faults_)), service_(draw_scenario(draw_))
    {
    }

    void play()
    {
        plant(service_, now_, known_);
        for (int i = 0; i < requests_in_an_episode; ++i)
            step();
        check_books();
    }

private:
    void step()
    {
        const bool owner = draw_.one_in(10);
        mock::request in = draw_request(owner);
        now_ +=
            std::chrono::microseconds{draw_.below(draw_.one_in(20) ? 4'000'000'000u : 3'000'000u)};
        said_.trying(text_of(in));
        const mock::response_plan plan = service_.handle(in, now_);
        if (!owner) check_foreign(plan);
        if (!with_faults_) check_form(plan);
        known_.learn(plan.body);
        mock::exchange_end end{.bytes_written = draw_.below(1'000), .how = {}};
        service_.finished(draw_.one_in(10) ? draw_.next() : plan.ordinal, end, now_);
    }

    mock::request draw_request(bool owner)
    {
        const seed_request& from = draw_.pick(seeds_);
        auto in = make_request(
            from.method, known_.fill_in(from.target, draw_), owner ? token_a : token_b, from.body
        );
        if (draw_.one_in(4))
            in.headers.push_back({"Idempotency-Key", "key-" + std::to_string(draw_.below(4))});
        if (draw_.one_in(3)) return in;
        switch (draw_.below(8)) {
        case 0:
            in.method = draw_.one_in(2) ? draw_.damage(in.method) : draw_.pick(seeds_).method;
            break;
        case 1:
        case 2:
        case 3: in.target = draw_.damage(in.target); break;
        case 4: damage_header(in); break;
        case 5:
            if (in.body.empty()) in.body = draw_.pick(seeds_).body;
            [[fallthrough]];
        default: in.body = draw_.damage(in.body); break;
        }
        return in;
    }

    void damage_header(mock::request& in)
    {
        mock::header& one = in.headers[draw_.below(in.headers.size())];
        switch (draw_.below(4)) {
        case 0: one.name = draw_.damage(one.name); break;
        case 1: in.headers.push_back(one); break;
        case 2: in.headers.erase(in.headers.begin()); break;
        default: one.value = draw_.damage(one.value); break;
        }
    }

    static std::string text_of(const mock::request& in)
    {
        std::string out = in.method + " " + in.target + "\n";
        for (const auto& each : in.headers)
            out += each.name + ": " + each.value + "\n";
        return out + "\n" + in.body;
    }

    static void check_foreign(const mock::response_plan& plan)
    {
        check_unmarked(plan.body);
        for (const auto& each : plan.headers)
            check_unmarked(each.value);
    }

    /// Of a reply that no fault has touched.
    static void check_form(const mock::response_plan& plan)
    {
        if (plan.status < 200 || plan.status >= 500)
            throw finding{"status " + std::to_string(plan.status) + ": " + plan.body};
        bool says_json = false;
        for (const auto& each : plan.headers) {
            for (const char c : each.name + each.value)
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                    throw finding{"a control character in the header " + each.name};
            says_json = says_json || each.value == "application/json";
        }
        if (says_json && !is_json(plan.body)) throw finding{"no JSON: " + plan.body};
    }

    void check_books()
    {
        const std::pair<const char*, std::string> books[] = {
            {"ledger", mock::ledger_json(service_.state(), {}, now_)},
            {"journal", mock::journal_json(service_.requests(), {})},
            {"faults", service_.faults().to_json()}};
        for (const auto& [name, text] : books) {
            said_.trying(name);
            if (!is_json(text)) throw finding{std::string(name) + " is no JSON"};
            if (text.find(token_a) != text.npos)
                throw finding{std::string(name) + " shows a token"};
        }
    }

    mutator draw_;
    notes& said_;
    bool with_faults_;
    std::vector<seed_request> seeds_;
    mock::world service_;
    mock::time_point now_ = mock::scenario{}.start;
    known_ids known_;
};

}  // namespace

int main(int argc, char** argv)
{
    return run_episodes(argc, argv, [](std::uint64_t seed, notes& said) {
        history{seed, said}.play();
    });
}
