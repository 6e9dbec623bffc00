// Every member of a checkpoint there and back; the table of members is the length.
#include <scrapingpros/wire/checkpoint_codec.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <boost/crc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/wire/checkpoint_sample.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view header = "scrapingpros-checkpoint/1\n";

/// A line with the right checksum, whatever its text is.
std::string line_of(std::string_view text)
{
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    char sum[10];
    std::snprintf(sum, sizeof sum, "%08x ", static_cast<unsigned>(crc.checksum()));
    return sum + std::string(text) + "\n";
}

std::string file_of(std::string_view snapshot, std::string_view step = {})
{
    return std::string(header) + line_of(snapshot) + (step.empty() ? "" : line_of(step));
}

std::string body_of(const collection_draft& draft)
{
    diagnostics diag;
    const auto body = encode_draft(draft, diag);
    REQUIRE_MESSAGE(body.has_value(), describe(body.error(), diag));
    return *body;
}

collection_draft kept(const collection_draft& draft)
{
    const auto back = decoded(encoded({.draft = draft}));
    REQUIRE(back.draft.has_value());
    return *back.draft;
}

/// Why a text is refused.
struct refusal_seen {
    error_code ec;
    diagnostics diag;
};

refusal_seen refusal_of(const std::string& text)
{
    refusal_seen out;
    const auto read = decode_checkpoint(text, out.diag);
    REQUIRE(read.has_error());
    out.ec = read.error();
    return out;
}

}  // namespace

TEST_SUITE("wire.checkpoint_codec")
{
    TEST_CASE("the text form is this one, and version 1 stays readable")
    {
        const checkpoint c{
            .stage = batch_stage::running,
            .name = "tours",
            .idempotency_key = "k1",
            .submitted = 2,
            .target = run_ref{{"c1"}, {"r1"}},
            .high_water_mark = timestamp(1'780'272'000'000'001us)};
        const std::string text =
            "scrapingpros-checkpoint/1\n"
            R"(24970392 {"stage":"running","name":"tours","idempotency_key":"k1","submitted":2,)"
            R"("target":{"collection":"c1","run":"r1"},"mark":1780272000000001})"
            "\n";
        const settled_job step{
            .id = {"j1"},
            .how = settlement::missing,
            .high_water_mark = timestamp(1s),
            .missing =
                shortfall{.id = {"j1"}, .cause = shortfall_cause::lost, .ec = errc::result_lost}};
        const std::string step_text =
            R"(46379492 {"id":"j1","how":"missing","mark":1000000,"missing":{"id":"j1",)"
            R"("cause":"lost","ec":{"category":"scrapingpros","value":5}}})"
            "\n";
        CHECK_EQ(encoded(c), text);
        CHECK_EQ(encode_step(step), step_text);
        checkpoint later = c;
        apply(later, step);
        CHECK(decoded(text) == c);
        CHECK(decoded(text + step_text) == later);
    }

    TEST_CASE("the checksum is CRC-32 as everybody computes it")
    {
        CHECK_EQ(line_of("123456789"), "cbf43926 123456789\n");  // the check value of the catalogue
        CHECK_EQ(encode_step({.id = {"a"}}), line_of(R"({"id":"a","how":"usable"})"));
    }

    TEST_CASE("a checkpoint with everything in it comes back as it was")
    {
        const checkpoint c = full_checkpoint();
        CHECK(decoded(encoded(c)) == c);
        CHECK(decoded(encoded({})) == checkpoint{});
    }

    TEST_CASE("an engaged member differs from an empty one, even at its default")
    {
        const checkpoint c{
            .first_create_at = timestamp(),
            .draft = collection_draft{.callback_url = ""},
            .created = creation{.replayed = false},
            .callback_url = "",
            .start = start_attempt{},
            .target = run_ref{},
            .total = 0,
            .high_water_mark = timestamp(),
            .missing = {shortfall{.url = "", .custom_id = "", .completed_at = timestamp()}}};
        CHECK(decoded(encoded(c)) == c);
    }

    TEST_CASE("numbers and stamps are kept to the last bit")
    {
        constexpr auto most = (std::numeric_limits<std::uint64_t>::max)();
        for (const auto mark : {(timestamp::min)(), (timestamp::max)(), timestamp(-1us)}) {
            const checkpoint c{
                .submitted = most,
                .total = most - 1,
                .counts = {most, 0, 1, most, 0, 1ull << 63, (1ull << 63) - 1},
                .high_water_mark = mark};
            CHECK(decoded(encoded(c)) == c);
        }
    }

    TEST_CASE("texts are kept byte for byte, whatever the service sent")
    {
        std::string bytes;
        for (int i = 0; i < 256; ++i)
            bytes += static_cast<char>(i);
        for (const std::string& text :
             {bytes,
              std::string("\0\n\r\"\\", 5),
              std::string("\xED\xA0\x80"),
              std::string("\xFF")}) {
            checkpoint c{
                .name = text,
                .draft = collection_draft{.name = text},
                .created = creation{.id = {text}, .duplicate_urls = {text, ""}},
                .missing = {shortfall{.id = {text}, .url = text}}};
            c.settled.insert({text});
            const std::string line = encoded(c);
            CHECK(decoded(line) == c);
            CHECK_EQ(line.find('\n', header.size()), line.size() - 1);
            const settled_job step{.id = {text + "2"}};
            apply(c, step);
            CHECK(decoded(line + encode_step(step)) == c);
        }
    }

    TEST_CASE("steps are applied in their order, and a known one changes nothing")
    {
        checkpoint c = full_checkpoint();
        std::string text = encoded(c);
        for (const auto& step : sample_steps()) {
            text += encode_step(step);
            apply(c, step);
            CHECK(decoded(text) == c);
        }
        CHECK(decoded(text + text.substr(text.rfind('\n', text.size() - 2) + 1)) == c);
    }

    TEST_CASE("members and causes of a later time")
    {
        SUBCASE("a member that is not known is passed over")
        {
            const auto c = decoded(file_of(
                R"({"stage":"created","later":{"a":[1,2]},"name":"n"})",
                R"({"id":"a","how":"failed","why":null})"
            ));
            CHECK_EQ(c.name, "n");
            CHECK_EQ(c.counts.failed, 1);
        }
        SUBCASE("a stage that is not known is damage, not a guess")
        {
            const auto [ec, diag] = refusal_of(file_of(R"({"stage":"paused"})"));
            CHECK(ec == errc::checkpoint_unreadable);
            CHECK_EQ(diag.place, "line 2: stage");
        }
    }

    TEST_CASE("codes of this library and of the system come back, others come back empty")
    {
        const auto back = [](error_code ec) {
            return decoded(encoded({.missing = {shortfall{.ec = ec}}})).missing.at(0).ec;
        };
        const error_code system(104, boost::system::system_category());
        const error_code generic(2, boost::system::generic_category());
        CHECK_EQ(back(errc::result_expired), error_code(errc::result_expired));
        CHECK_EQ(back(system), system);
        CHECK_EQ(back(generic), generic);
        CHECK_EQ(back(error_code()), error_code());
        const error_code of_a_later_version(99'999, error_code(errc::throttled).category());
        CHECK_EQ(back(of_a_later_version), of_a_later_version);
        CHECK_EQ(
            decoded(
                file_of(
                    R"({"stage":"running","missing":[{"id":"a","cause":"lost","ec":{"category":"asio.ssl","value":7}}]})"
                )
            )
                .missing.at(0)
                .ec,
            error_code()
        );
    }

    TEST_CASE("a newer version is named, with the one that can be read")
    {
        const std::string rest = encoded({}).substr(header.size());
        for (const char* version : {"2", "10", "4294967295"}) {
            const auto [ec, diag] =
                refusal_of("scrapingpros-checkpoint/" + std::string(version) + "\nanything" + rest);
            CHECK(ec == errc::checkpoint_too_new);
            CHECK_NE(diag.client_text.find(std::string("version ") + version), std::string::npos);
            CHECK_NE(diag.client_text.find("reads version 1"), std::string::npos);
        }
        for (const char* version :
             {"",
              "0",
              "00",
              "01",
              "-1",
              "+1",
              " 1",
              "1 ",
              "1\r",
              "x",
              "1.0",
              "99999999999999999999"}) {
            CAPTURE(version);
            const auto [ec, diag] =
                refusal_of("scrapingpros-checkpoint/" + std::string(version) + "\n" + rest);
            CHECK(ec == errc::checkpoint_unreadable);
            CHECK_EQ(diag.place, "line 1");
        }
    }

    TEST_CASE("what is no checkpoint is refused by its first line")
    {
        for (const std::string text :
             {"",
              "\n",
              "{}",
              "{}\n",
              "SCRAPINGPROS-CHECKPOINT/1\n",
              " scrapingpros-checkpoint/1\n"}) {
            CAPTURE(text);
            const auto [ec, diag] = refusal_of(text);
            CHECK(ec == errc::checkpoint_unreadable);
            CHECK_EQ(diag.place, "line 1");
            CHECK_FALSE(diag.client_text.empty());
        }
    }

    TEST_CASE("damage is named by line and member")
    {
        const std::string good = R"({"stage":"running"})";
        for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
                 {std::string(header), "line 2"},
                 {std::string(header) + "\n", "line 2"},
                 {std::string(header) + "0\n", "line 2"},
                 {std::string(header) + "00000000\n", "line 2"},
                 {std::string(header) + "00000000 {}\n", "line 2"},
                 {file_of(""), "line 2"},
                 {file_of("{"), "line 2"},
                 {file_of("[]"), "line 2"},
                 {file_of("null"), "line 2"},
                 {file_of("{}"), "line 2: stage"},
                 {file_of("{} {}"), "line 2"},
                 {file_of(std::string(100'000, '[')), "line 2"},
                 {file_of(R"({"stage":3})"), "line 2: stage"},
                 {file_of(R"({"stage":null})"), "line 2: stage"},
                 {file_of(R"({"stage":"running","submitted":-1})"), "line 2: submitted"},
                 {file_of(R"({"stage":"running","submitted":1.0})"), "line 2: submitted"},
                 {file_of(R"({"stage":"running","submitted":18446744073709551616})"),
                  "line 2: submitted"},
                 {file_of(R"({"stage":"running","mark":"2026-05-04"})"), "line 2: mark"},
                 {file_of(R"({"stage":"running","mark":9223372036854775808})"), "line 2: mark"},
                 {file_of(R"({"stage":"running","settled":["a",7]})"), "line 2: settled[1]"},
                 {file_of(R"({"stage":"running","draft":{"requests":[{}]}})"),
                  "line 2: draft.requests[0]"},
                 {file_of(R"({"stage":"running","created":{"replayed":"yes"}})"),
                  "line 2: created.replayed"},
                 {file_of(
                      R"({"stage":"running","created":{"blocked_urls":[{"reason":"other","index":-1}]}})"
                  ),
                  "line 2: created.blocked_urls[0].index"},
                 {file_of(R"({"stage":"running","missing":[{"id":"a"}]})"),
                  "line 2: missing[0].cause"},
                 {file_of(
                      R"({"stage":"running","missing":[{"id":"a","cause":"lost","ec":{"value":1}}]})"
                  ),
                  "line 2: missing[0].ec"},
                 {file_of(
                      R"({"stage":"running","missing":[{"id":"a","cause":"lost","ec":{"category":"x","value":2147483648}}]})"
                  ),
                  "line 2: missing[0].ec"},
                 {file_of(good, "{}"), "line 3: id"},
                 {file_of(good, R"({"id":"a"})"), "line 3: how"},
                 {file_of(good, R"({"id":"a","how":"maybe"})"), "line 3: how"},
                 {file_of(good, R"({"id":"a","how":""})"), "line 3: how"},
                 {file_of(good) + "\n", "line 3"},
                 {file_of(good) + file_of(good), "line 3"},
             }) {
            CAPTURE(text.substr(0, 200));
            const auto [ec, diag] = refusal_of(text);
            CHECK(ec == errc::checkpoint_unreadable);
            CHECK_EQ(diag.place, place);
            CHECK_FALSE(diag.client_text.empty());
        }
    }

    TEST_CASE("the body of create is the same to the byte, whatever its items are")
    {
        const collection_draft draft = full_draft();
        const std::string body = body_of(draft);
        const collection_draft once = kept(draft);
        CHECK_EQ(body_of(once), body);
        CHECK_EQ(once.requests.size(), draft.requests.size());
        const collection_draft twice = kept(once);
        CHECK_EQ(body_of(twice), body);
        CHECK(twice == once);
    }

    TEST_CASE("so is that of 50,000 URLs")
    {
        collection_draft draft{
            .name = "many", .callback_url = "https://hook.example/?a=1&b=\u00e9"};
        for (int i = 0; i < 50'000; ++i)
            draft.requests.push_back(scrape_request{
                .url = "https://shop.example/" + std::to_string(i)});
        CHECK(body_of(kept(draft)) == body_of(draft));
    }

    TEST_CASE("a draft without items stays one")
    {
        const collection_draft draft{.name = ""};
        CHECK(kept(draft) == draft);
    }

    TEST_CASE("an item that could not be sent is not kept either")
    {
        const scrape_request good{.url = "https://a.example"};
        for (const auto& [bad, place] : std::vector<std::pair<request_item, std::string>>{
                 {raw_item{"{"}, "draft.requests[1]"},
                 {scrape_request{.url = "\xFF"}, "draft.requests[1].url"},
                 {scrape_request{.http_method = target_post{"nope"}},
                  "draft.requests[1].http_method.payload"},
             }) {
            diagnostics diag;
            const auto text = encode_checkpoint(
                {.draft = collection_draft{.requests = {good, bad, raw_item{"]"}}}}, diag
            );
            REQUIRE(text.has_error());
            CHECK(text.error() == errc::bad_request_item);
            CHECK_EQ(diag.place, place);
            CHECK_FALSE(diag.client_text.empty());
        }
    }

    TEST_CASE("50,000 steps make the checkpoint that they were steps of")
    {
        checkpoint c{.stage = batch_stage::running, .total = 50'000};
        std::string text = encoded(c);
        for (int i = 0; i < 50'000; ++i) {
            const settled_job step{
                .id = {numbered_uuid(i)},
                .how = i % 10 == 0 ? settlement::failed : settlement::usable,
                .high_water_mark = timestamp(std::chrono::milliseconds(i))};
            text += encode_step(step);
            apply(c, step);
        }
        const checkpoint back = decoded(text);
        CHECK(back == c);
        CHECK_EQ(back.counts, settlement_counts{.usable = 45'000, .failed = 5'000});
        MESSAGE("50,000 steps: ", text.size(), " bytes; as a snapshot: ", encoded(c).size());
    }
}
