#include <scrapingpros/model/ids.hpp>

#include <doctest/doctest.h>

#include <set>
#include <type_traits>
#include <unordered_set>

using namespace scrapingpros;

TEST_SUITE("model.ids")
{
    TEST_CASE("ids of different kinds do not convert into each other or from text")
    {
        CHECK_FALSE(std::is_convertible_v<run_id, job_id>);
        CHECK_FALSE(std::is_convertible_v<std::string, job_id>);
        CHECK_FALSE(std::is_constructible_v<collection_id, run_id>);
    }

    TEST_CASE("ids are equal, ordered and hashed by their text")
    {
        CHECK(job_id{"a"} == job_id{"a"});
        CHECK(job_id{"a"} < job_id{"b"});
        CHECK_EQ(std::unordered_set<job_id>{{"a"}, {"b"}, {"a"}}.size(), 2);
        CHECK_EQ(std::unordered_set<run_id>{{"a"}, {"a"}}.size(), 1);
        CHECK_EQ(std::unordered_set<collection_id>{{"a"}, {"b"}}.size(), 2);
    }

    TEST_CASE("a run is told apart by its collection too")
    {
        const std::set<run_ref> refs{{{"c1"}, {"r"}}, {{"c2"}, {"r"}}, {{"c1"}, {"r"}}};
        CHECK_EQ(refs.size(), 2);
        CHECK_EQ(refs.begin()->collection.value, "c1");
    }
}
