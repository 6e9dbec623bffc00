#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/unit/wire/checkpoint_sample.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::string_view_literals;

namespace {

/// A fixed seed, or the one of the environment to repeat a failure with.
unsigned first_seed()
{
    const char* seed = std::getenv("SCRAPINGPROS_FUZZ_SEED");
    return seed ? static_cast<unsigned>(std::strtoul(seed, nullptr, 10)) : 20'260'704u;
}

std::string sample_file()
{
    std::string text = encoded(full_checkpoint());
    for (const auto& step : sample_steps())
        text += encode_step(step);
    return text;
}

/// What a text gives: a checkpoint, or the reason why not, which must be one of two.
std::optional<checkpoint> outcome_of(std::string_view text)
{
    diagnostics diag;
    const auto read = decode_checkpoint(text, diag);
    if (read) return *read;
    const bool typed =
        read.error() == errc::checkpoint_unreadable || read.error() == errc::checkpoint_too_new;
    REQUIRE(typed);
    REQUIRE(diag.place.starts_with("line "));
    return {};
}

std::size_t end_of_snapshot(std::string_view text)
{
    return text.find('\n', text.find('\n') + 1) + 1;
}

/// The text without its last line.
std::string_view without_last_line(std::string_view text)
{
    return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

}  // namespace

TEST_SUITE("wire.checkpoint_codec")
{
    TEST_CASE("cut anywhere, it is what its whole lines say, or it is refused")
    {
        const std::string text = sample_file();
        const std::size_t end = end_of_snapshot(text);
        for (std::size_t size = 0; size < text.size(); ++size) {
            CAPTURE(size);
            const std::string_view cut = std::string_view(text).substr(0, size);
            const auto read = outcome_of(cut);
            REQUIRE_EQ(read.has_value(), size >= end);
            if (read) REQUIRE(*read == outcome_of(cut.substr(0, cut.rfind('\n') + 1)));
        }
    }

    TEST_CASE("with any one bit flipped, at most the last step is lost")
    {
        std::string text = sample_file();
        const auto shorter = outcome_of(without_last_line(text));
        std::size_t accepted = 0;
        for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
            CAPTURE(bit);
            const auto flip = static_cast<char>(1 << bit % 8);
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ flip);
            if (const auto read = outcome_of(text)) {
                REQUIRE(read == shorter);
                ++accepted;
            }
            text[bit / 8] = static_cast<char>(text[bit / 8] ^ flip);
        }
        CHECK_EQ(accepted, 8);  // those of the newline at the very end
    }

    TEST_CASE("zeros in the place of the end, as a power cut leaves them, cost the steps there")
    {
        const std::string text = sample_file();
        for (std::size_t from = end_of_snapshot(text); from < text.size(); ++from) {
            const std::string zeroed = text.substr(0, from) + std::string(text.size() - from, '\0');
            CAPTURE(from);
            REQUIRE(outcome_of(zeroed) == outcome_of(text.substr(0, from)));
        }
    }

    TEST_CASE("changed at random, it is never read as what nobody wrote")
    {
        static constexpr std::array<std::string_view, 8> words{
            "\n", "\0\n"sv, "00000000 {}\n", "{", "\"", "\xFF", "scrapingpros-checkpoint/1\n", "9"};
        const std::string original = sample_file();
        const auto whole = outcome_of(original);
        std::size_t accepted = 0;
        for (unsigned seed = first_seed(), end = seed + 20'000; seed != end; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            const auto below = [&random](std::size_t n) { return n == 0 ? 0 : random() % n; };
            std::string text = original;
            for (std::size_t i = 1 + below(3); i > 0; --i) {
                const std::size_t at = below(text.size() + 1);
                const std::size_t length = below(120);
                switch (below(5)) {
                case 0: text.insert(at, words[below(words.size())]); break;
                case 1: text.replace(at, length, words[below(words.size())]); break;
                case 2: text.insert(below(text.size() + 1), text.substr(at, length)); break;
                case 3: text.resize(at); break;
                default: text.erase(at, length); break;
                }
            }
            const auto read = outcome_of(text);
            if (!read) continue;
            ++accepted;
            // Lines are steps of their own: some may be gone, none may be another.
            checkpoint rebuilt = full_checkpoint();
            for (const auto& step : sample_steps())
                if (read->settled.contains(step.id)) apply(rebuilt, step);
            REQUIRE(read->settled == rebuilt.settled);
            REQUIRE_EQ(read->counts, rebuilt.counts);
            REQUIRE_EQ(read->missing, rebuilt.missing);
            REQUIRE_EQ(read->created, rebuilt.created);
            REQUIRE(read->draft == rebuilt.draft);
        }
        MESSAGE("accepted ", accepted, " of 20,000");
        CHECK_GT(accepted, 0);
        REQUIRE(whole.has_value());
    }
}
