#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/error_body.hpp>
#include <scrapingpros/wire/page_decoder.hpp>
#include <scrapingpros/wire/result_decoder.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/decoded_page.hpp"
#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

namespace {

/// A fixed seed, or the one of the environment to repeat a failure with.
unsigned first_seed()
{
    const char* seed = std::getenv("SCRAPINGPROS_FUZZ_SEED");
    return seed ? static_cast<unsigned>(std::strtoul(seed, nullptr, 10)) : 20'260'601u;
}

/// Changes a text in a few places: bytes, words of JSON, parts doubled, cut or swapped.
std::string mutated(std::string text, std::mt19937& random)
{
    static constexpr std::array<std::string_view, 14> words{
        "null",
        "-1",
        "1e999",
        "\"\"",
        "{}",
        "[]",
        "true",
        "\\u0000",
        "\\ud800",
        "\xFF",
        "\"",
        "{",
        "]",
        ","};
    const auto below = [&random](std::size_t n) { return n == 0 ? 0 : random() % n; };
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes; ++i) {
        const std::size_t at = below(text.size());
        const std::size_t length = below(40);
        switch (below(5)) {
        case 0: text[at] = static_cast<char>(below(256)); break;
        case 1: text.insert(at, words[below(words.size())]); break;
        case 2: text.replace(at, length, words[below(words.size())]); break;
        case 3: text.insert(below(text.size()), text.substr(at, length)); break;
        default: text.erase(at, length); break;
        }
        if (text.empty()) text = "{";
    }
    return text;
}

/// A page's answer is the same whole and in pieces, and ends in one of three ways.
void feed_page(const std::string& text, std::size_t piece)
{
    const auto whole = decode_page(text, text.size());
    const auto pieces = decode_page(text, piece);
    REQUIRE(whole.rows == pieces.rows);
    REQUIRE(whole.error == pieces.error);
    const bool known = !whole.error || whole.error == errc::malformed_response ||
                       whole.error == errc::incomplete_body || whole.error == errc::body_too_large;
    REQUIRE(known);
}

void feed_result(const std::string& text, std::size_t piece)
{
    result_decoder decoder;
    error_code ec;
    for (std::size_t at = 0; at < text.size() && !ec; at += piece)
        ec = decoder.write(std::string_view(text).substr(at, piece));
    const auto read = decoder.finish();
    REQUIRE((!ec || read.has_error()));
}

void feed_small(const std::string& text)
{
    diagnostics diag;
    static_cast<void>(decode_creation(text, diag));
    static_cast<void>(decode_run(text, diag));
    static_cast<void>(decode_run_list(text, diag));
    static_cast<void>(decode_collection_list(text, diag));
    static_cast<void>(decode_webhook_event(text, diag));
    const auto reply = decode_error(404, get_result{}, {}, text);
    REQUIRE(reply.code.failed());
    REQUIRE(reply.server_text.size() <= diagnostics::max_server_text);
}

template <class Feed>
void fuzz(const std::vector<std::string>& files, unsigned rounds, Feed feed)
{
    const unsigned seed = first_seed();
    for (const auto& file : files) {
        const std::string text = fixture(file);
        for (unsigned round = 0; round < rounds; ++round) {
            std::mt19937 random(seed + round);
            CAPTURE(file);
            CAPTURE(seed + round);
            const std::string changed = mutated(text, random);
            feed(changed, 1 + random() % 100);
        }
    }
}

}  // namespace

TEST_SUITE("wire.fuzz")
{
    TEST_CASE("changed pages are read or refused, the same whole and in pieces")
    {
        fuzz(
            {"jobs_inline_200.json", "jobs_row_drift_200.json", "jobs_inline_hostile_200.json"},
            700,
            feed_page
        );
    }

    TEST_CASE("changed results are read or refused")
    {
        fuzz({"result_full_200.json", "result_soft_block_200.json"}, 1500, feed_result);
    }

    TEST_CASE("changed small replies are read or refused")
    {
        fuzz(
            {"create_201_buckets.json",
             "run_completed_200.json",
             "runs_list_200.json",
             "collections_list_200.json",
             "webhook_with_custom_ids.json",
             "error_404_result_expired.json",
             "error_422_array.json"},
            400,
            [](const std::string& text, std::size_t) { feed_small(text); }
        );
    }

    TEST_CASE("noise is refused by everything")
    {
        std::mt19937 random(first_seed());
        for (int round = 0; round < 2000; ++round) {
            CAPTURE(round);
            std::string noise(1 + random() % 64, '\0');
            for (char& c : noise)
                c = static_cast<char>(random());
            feed_page(noise, 1 + random() % 8);
            feed_small(noise);
        }
    }
}
