#ifndef SCRAPINGPROS_TESTS_MOCK_WORLD_SUPPORT_HPP
#define SCRAPINGPROS_TESTS_MOCK_WORLD_SUPPORT_HPP

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "world.hpp"

namespace mock_test {

using namespace scrapingpros_mock;
using namespace std::chrono_literals;
namespace json = boost::json;

/// 2026-06-01T10:00:00Z, where all histories begin.
extern const time_point start;

/// A client without sockets: it speaks to a world of its own, at the time that `now` says.
class peer {
public:
    explicit peer(scenario from = {}) : service(std::move(from)) {}

    response_plan send(
        std::string_view method, std::string target, std::string body = {}, std::vector<header> = {}
    );
    response_plan get(std::string target) { return send("GET", std::move(target)); }
    /// The JSON of a success.
    json::value read(std::string target);
    json::value ledger();

    /// Creates a collection of those items (JSON) and returns its id.
    std::string create(std::string_view items, std::string_view name = "tours");
    /// Starts a run and returns its path: /v1/async/collections/…/runs/….
    std::string start_run(const std::string& collection);
    /// Both at once.
    std::string run_of(std::string_view items) { return start_run(create(items)); }
    std::string run_of(std::size_t jobs);

    /// Moves to the moment when a run's status has turned and all its rows can be listed.
    void finish(const std::string& run_path);
    /// The rows of all pages.
    json::array rows(const std::string& run_path, const std::string& query);

    world service;
    time_point now = start;
    std::string token = "test_token_a";
};

std::optional<std::string> header_of(const response_plan&, std::string_view name);
json::value parse(const std::string& text);
std::string text_of(const json::value&);
std::string id_in(const std::string& path);

/// So many plain items as JSON.
std::string items(std::size_t count);

/// A scenario in which each job takes as long as it says and nothing is drawn.
scenario steady(duration execution = 2s, std::size_t slots = 20);
/// `steady` with switches set by name.
scenario with(std::initializer_list<std::pair<const char*, const char*>> set);

fault make_fault(
    operation on, fault_effect effect, fault_phase phase = fault_phase::before, occurrence when = {}
);

/// The contract's examples.
std::string fixture_text(const std::string& file);
json::value fixture(const std::string& file);
json::object fixture_entry(const std::string& file);

/// Checks that the answer has the fixture's status, header names and body: the same members with
/// the same JSON types, and the same values but for ids, stamps, counters and prose.
void check_emits(const response_plan&, const std::string& file);
/// The same of a body alone.
void check_same_shape(
    const json::value& made, const json::value& expected, const std::string& path
);

/// The service of the fixtures: one run of 7 jobs out of 13 items.
scenario shop();

/// The contract's example answers that some EMITS_CASE is about.
std::set<std::string>& emitted_fixtures();
struct emits_fixture {
    explicit emits_fixture(const char* file) { emitted_fixtures().insert(file); }
};

}  // namespace mock_test

/// The test of one example of the contract: the mock gives that answer.
#define EMITS_CASE(file, sentence)                                                                 \
    static const mock_test::emits_fixture DOCTEST_ANONYMOUS(emits_)(file);                         \
    TEST_CASE("SRV-029: mock emits " file sentence)

#endif
