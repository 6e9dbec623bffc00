#ifndef SCRAPINGPROS_TESTS_MOCK_WORLD_SWITCHES_OBSERVABLE_HPP
#define SCRAPINGPROS_TESTS_MOCK_WORLD_SWITCHES_OBSERVABLE_HPP

// SRV-021: each switch is turned to each of its values, and no two of them look the same to a client.

#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

namespace mock_test {

/// Does what brings a switch out and returns what a client saw of it.
using switch_probe = std::string (*)(const switches&);

/// All switches that a SWITCH_CASE is about, by name.
std::map<std::string_view, switch_probe>& switch_probes();
struct adds_switch_probe {
    adds_switch_probe(std::string_view name, switch_probe probe)
    {
        switch_probes().emplace(name, probe);
    }
};

/// The values that are told apart: those of the switch's table, and one more where it names but one
/// of a number's.
std::vector<std::string> values_to_tell_apart(std::string_view name);
void check_each_value_shows(std::string_view name, switch_probe);

/// `steady` under that contract.
scenario under(const switches&);
/// Status, headers, body and ending of an answer; the date is left out.
std::string seen(const response_plan&);
/// In a list the order of the calls is the order of the text.
std::string joined(std::initializer_list<std::string> parts);
/// What a create answers to this body.
std::string post(peer&, const std::string& body, const std::string& key = {});
/// A body of a create with these items.
std::string with_items(std::string_view list);
/// The path of the collection that a run belongs to.
std::string collection_of(const std::string& run_path);

inline const std::string collections_path = "/v1/async/collections";

}  // namespace mock_test

#define SWITCH_CASE_NAMED(name, probe)                                                             \
    static std::string probe(const scrapingpros_mock::switches&);                                  \
    static const mock_test::adds_switch_probe DOCTEST_ANONYMOUS(adds_){name, probe};               \
    TEST_CASE("SRV-021: every value of " name " shows")                                            \
    {                                                                                              \
        mock_test::check_each_value_shows(name, probe);                                            \
    }                                                                                              \
    static std::string probe(const scrapingpros_mock::switches& contract)

/// The test of one switch: what follows is the body of its probe, with `contract` to serve under.
#define SWITCH_CASE(name) SWITCH_CASE_NAMED(name, DOCTEST_ANONYMOUS(switch_probe_))

#endif
