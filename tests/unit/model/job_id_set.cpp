#include <scrapingpros/model/job_id_set.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <new>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace scrapingpros;

namespace {

std::size_t heap_now = 0;
std::size_t heap_peak = 0;

}  // namespace

// Counts what this program has on the heap.
void* operator new(std::size_t size)
{
    void* block = std::malloc(size);
    if (!block) throw std::bad_alloc();
    heap_now += malloc_usable_size(block);
    heap_peak = (std::max)(heap_peak, heap_now);
    return block;
}

void operator delete(void* block) noexcept
{
    heap_now -= malloc_usable_size(block);
    std::free(block);
}

void operator delete(void* block, std::size_t) noexcept
{
    operator delete(block);
}

namespace {

constexpr const char* nil = "00000000-0000-0000-0000-000000000000";

std::string uuid_of(std::uint64_t high, std::uint64_t low)
{
    char text[37];
    std::snprintf(
        text,
        sizeof text,
        "%08x-%04x-%04x-%04x-%012llx",
        static_cast<unsigned>(high >> 32),
        static_cast<unsigned>(high >> 16 & 0xFFFF),
        static_cast<unsigned>(high & 0xFFFF),
        static_cast<unsigned>(low >> 48),
        static_cast<unsigned long long>(low & 0xFFFF'FFFF'FFFF)
    );
    return text;
}

/// Few different numbers, so that ids come again.
std::string any_id(std::mt19937_64& random)
{
    std::string id = uuid_of(random() % 40, random() % 10);
    const std::size_t at = random() % id.size();
    switch (random() % 12) {
    case 0: return nil;
    case 1: return {};
    case 2: return std::to_string(random() % 100);
    case 3: return std::string(random() % 80, 'a');
    case 4: return uuid_of(0xABCDEF01ABCDEF01, random() % 10);
    case 5: {
        id = uuid_of(0xABCDEF01ABCDEF01, random() % 10);
        std::transform(id.begin(), id.end(), id.begin(), [](char c) {
            return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        return id;
    }
    case 6: id[at] = static_cast<char>(random() % 256); return id;
    case 7: id[at] = '-'; return id;
    case 8: id.erase(at, 1); return id;
    case 9: id.insert(at, 1, '0'); return id;
    default: return id;
    }
}

std::vector<std::string> all_of(const job_id_set& ids)
{
    std::vector<std::string> out;
    ids.for_each([&](const job_id& id) { out.push_back(id.value); });
    return out;
}

}  // namespace

TEST_SUITE("model.job_id_set")
{
    TEST_CASE("it is a set of texts, whatever the texts look like")
    {
        constexpr unsigned first_seed = 20'260'701;
        for (unsigned seed = first_seed; seed < first_seed + 40; ++seed) {
            CAPTURE(seed);
            std::mt19937_64 random(seed);
            job_id_set ids;
            std::set<std::string> model;
            for (int step = 0; step < 3'000; ++step) {
                const std::string id = any_id(random);
                CAPTURE(id);
                REQUIRE_EQ(ids.contains({id}), model.count(id) != 0);
                if (random() % 3 == 0) continue;
                REQUIRE_EQ(ids.insert({id}), model.insert(id).second);
                REQUIRE(ids.contains({id}));
                REQUIRE_EQ(ids.size(), model.size());
            }
            auto held = all_of(ids);
            std::sort(held.begin(), held.end());
            CHECK(held == std::vector<std::string>(model.begin(), model.end()));
        }
    }

    TEST_CASE("texts that are almost one UUID are ids of their own")
    {
        const std::string uuid = "0190f3b2-5c7e-7abc-8def-0123456789ab";
        const std::vector<std::string> almost{
            uuid,
            "0190F3B2-5C7E-7ABC-8DEF-0123456789AB",
            "0190f3b2-5c7e-7abc-8def-0123456789aB",
            "0190f3b25c7e7abc8def0123456789ab",
            "{" + uuid + "}",
            uuid + " ",
            " " + uuid,
            uuid.substr(0, 35),
            uuid.substr(0, 35) + "g",
            uuid.substr(0, 35) + "-",
            uuid.substr(0, 35) + std::string(1, '\0'),
            "0190f3b25-c7e-7abc-8def-0123456789ab",
            "0190f3b2_5c7e-7abc-8def-0123456789ab",
            "------------------------------------",
            nil,
            "",
        };
        job_id_set ids;
        for (const auto& id : almost) {
            CAPTURE(id);
            CHECK_FALSE(ids.contains({id}));
            CHECK(ids.insert({id}));
            CHECK_FALSE(ids.insert({id}));
        }
        CHECK_EQ(ids.size(), almost.size());
        auto held = all_of(ids);
        for (const auto& id : almost)
            CHECK_EQ(std::count(held.begin(), held.end(), id), 1);
    }

    TEST_CASE("an empty set holds nothing and takes nothing")
    {
        const job_id_set none;
        CHECK(none.empty());
        CHECK_FALSE(none.contains({nil}));
        CHECK_FALSE(none.contains({uuid_of(1, 2)}));
        CHECK_EQ(none.table_bytes(), 0);
        CHECK_EQ(none.longest_probe(), 0);
        CHECK_EQ(none, job_id_set());
        CHECK(all_of(none).empty());
    }

    TEST_CASE("sets are equal whatever the order and the history")
    {
        job_id_set one;
        job_id_set other;
        for (std::uint64_t i = 0; i < 300; ++i)
            one.insert({i % 3 == 0 ? std::to_string(i) : uuid_of(i, i)});
        for (std::uint64_t i = 300; i-- > 0;) {
            CHECK_NE(one, other);
            other.insert({i % 3 == 0 ? std::to_string(i) : uuid_of(i, i)});
        }
        CHECK_EQ(one, other);
        const job_id_set copy = one;
        one.insert({"another"});
        other.insert({"yet another"});
        CHECK_NE(one, other);
        CHECK_NE(one, copy);
        CHECK_FALSE(copy.contains({"another"}));
    }

    TEST_CASE("50,000 UUIDs take 2 MB at most, growth included")
    {
        std::mt19937_64 random(20'260'702);
        std::vector<job_id> given;
        for (int i = 0; i < 50'000; ++i)
            given.push_back({uuid_of(random(), random())});
        const std::size_t before = heap_peak = heap_now;
        job_id_set ids;
        for (const auto& id : given)
            ids.insert(id);
        const std::size_t peak = heap_peak - before;
        const std::size_t kept = heap_now - before;
        MESSAGE("50,000 UUIDs: ", kept, " bytes, at the peak of the growth ", peak, " bytes");
        REQUIRE_EQ(ids.size(), 50'000);
        CHECK_GE(kept, ids.table_bytes());
        CHECK_LE(peak, 2'000'000);
    }

    TEST_CASE("ids that only count up are found as fast as random ones")
    {
        struct family {
            std::string name;
            std::function<std::string(std::uint64_t)> id;
        };
        std::mt19937_64 random(20'260'703);
        for (const auto& [name, id] : std::vector<family>{
                 {"random", [&](std::uint64_t) { return uuid_of(random(), random()); }},
                 {"last digits", [](std::uint64_t i) { return uuid_of(0, i); }},
                 {"first digits", [](std::uint64_t i) { return uuid_of(i << 32, 0); }},
                 {"both ends", [](std::uint64_t i) { return uuid_of(i << 32, i); }},
                 {"both halves", [](std::uint64_t i) { return uuid_of(i, i); }},
                 {"opposite halves", [](std::uint64_t i) { return uuid_of(i, ~i); }},
                 {"steps of 65,536", [](std::uint64_t i) { return uuid_of(1, i << 16); }},
                 {"version 7",
                  [](std::uint64_t i) {
                      return uuid_of(
                          0x0190f3b25c7e7000 + (i / 4'096 << 16) + i % 4'096, 1ull << 63
                      );
                  }},
             }) {
            CAPTURE(name);
            job_id_set ids;
            for (std::uint64_t i = 1; i <= 57'344; ++i)  // as full as the table gets
                ids.insert({id(i)});
            REQUIRE_EQ(ids.size(), 57'344);
            REQUIRE_EQ(ids.table_bytes(), 1 << 20);
            MESSAGE(name, ": longest probe ", ids.longest_probe());
            CHECK_LE(ids.longest_probe(), 1'000);
        }
    }
}
