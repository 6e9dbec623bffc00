#ifndef TESTS_SUPPORT_FIXTURE_HPP
#define TESTS_SUPPORT_FIXTURE_HPP

// The contract's example bodies.

#include <scrapingpros/wire/http_message.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace scrapingpros::tests {

inline std::string fixture(const std::string& file)
{
    std::ifstream in(std::string(SCRAPINGPROS_FIXTURES_DIR) + "/" + file, std::ios::binary);
    REQUIRE_MESSAGE(in.good(), "no fixture ", file);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline boost::json::object fixture_index()
{
    return boost::json::parse(fixture("index.json")).as_object();
}

/// The response headers that the index gives for a file.
inline http_fields fixture_headers(const std::string& file)
{
    http_fields fields;
    const auto index = fixture_index();
    if (const auto* headers = index.at(file).as_object().if_contains("headers"))
        for (const auto& [name, value] : headers->as_object())
            fields.add(std::string(name), std::string(value.as_string()));
    return fields;
}

/// The fixtures that some test case is about.
inline std::set<std::string>& covered_fixtures()
{
    static std::set<std::string> files;
    return files;
}

struct covers_fixture {
    explicit covers_fixture(const char* file) { covered_fixtures().insert(file); }
};

}  // namespace scrapingpros::tests

/// A test case that is named after a fixture and counts as its test.
#define FIXTURE_CASE(file, sentence)                                                               \
    static const scrapingpros::tests::covers_fixture DOCTEST_ANONYMOUS(covers_)(file);             \
    TEST_CASE(file " " sentence)

#endif
