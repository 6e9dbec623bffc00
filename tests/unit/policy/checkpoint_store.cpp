#include <scrapingpros/policy/checkpoint_store.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace scrapingpros;

namespace {

/// Counts its calls, and refuses every one of them.
struct refusing_store {
    int* calls;
    result<std::optional<checkpoint>> load()
    {
        ++*calls;
        return error_code(errc::checkpoint_unreadable);
    }
    error_code save(const checkpoint&)
    {
        ++*calls;
        return errc::checkpoint_in_use;
    }
    error_code append(const settled_job&)
    {
        ++*calls;
        return errc::checkpoint_too_new;
    }
};

checkpoint named(std::string name)
{
    return {.name = std::move(name)};
}

}  // namespace

TEST_SUITE("policy.checkpoint_store")
{
    TEST_CASE("no checkpoint takes everything and gives nothing")
    {
        no_checkpoint store;
        CHECK_FALSE(store.save(named("a")));
        CHECK_FALSE(store.append({.id = {"1"}}));
        CHECK_FALSE(store.load().value().has_value());
    }

    TEST_CASE("memory gives what was saved, with the steps since")
    {
        memory_checkpoint_store store;
        CHECK_FALSE(store.load().value().has_value());
        CHECK_FALSE(store.save(named("a")));
        CHECK_FALSE(store.append({.id = {"1"}}));
        CHECK_FALSE(store.append({.id = {"2"}, .how = settlement::failed}));
        CHECK_FALSE(store.append({.id = {"1"}}));
        const auto kept = store.load().value();
        REQUIRE(kept.has_value());
        CHECK_EQ(kept->name, "a");
        CHECK_EQ(kept->settled.size(), 2);
        CHECK_EQ(kept->counts, settlement_counts{.usable = 1, .failed = 1});
    }

    TEST_CASE("a save forgets the steps before it")
    {
        memory_checkpoint_store store;
        CHECK_FALSE(store.save(named("a")));
        CHECK_FALSE(store.append({.id = {"1"}}));
        CHECK_FALSE(store.save(named("b")));
        CHECK_EQ(store.load().value(), named("b"));
    }

    TEST_CASE("copies are handles to one store, and two stores share nothing")
    {
        memory_checkpoint_store store;
        memory_checkpoint_store copy = store;
        memory_checkpoint_store other;
        CHECK_FALSE(copy.save(named("a")));
        CHECK_EQ(store.load().value(), named("a"));
        CHECK_FALSE(other.load().value().has_value());

        any_checkpoint_store any = store;
        any_checkpoint_store any_copy = any;
        CHECK_FALSE(any_copy.append({.id = {"1"}}));
        CHECK(store.load().value()->settled.contains({"1"}));
    }

    TEST_CASE("a store of any type keeps nothing unless told otherwise")
    {
        any_checkpoint_store store;
        CHECK_FALSE(store.save(named("a")));
        CHECK_FALSE(store.load().value().has_value());
    }

    TEST_CASE("a store of any type hands every call on, and every error back")
    {
        int calls = 0;
        any_checkpoint_store store = refusing_store{&calls};
        CHECK(store.load().error() == errc::checkpoint_unreadable);
        CHECK(store.save({}) == errc::checkpoint_in_use);
        CHECK(store.append({}) == errc::checkpoint_too_new);
        CHECK_EQ(calls, 3);
    }
}
