#include <doctest/doctest.h>

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

using namespace mock_test;

namespace {

struct listed {
    std::string rows;  ///< a letter for each job, in the order of the pages; | between pages
    bool more = false;
    bool has_cursor = false;
    unsigned status = 200;
};

/// A finished run of six jobs, a to f, listed two by two.
struct reader : peer {
    explicit reader(const std::string& faults) : peer(steady(2s, 1))
    {
        run = run_of(6);
        finish(run);
        for (const json::value& row : rows(run, "limit=100"))
            order.push_back(text_of(row.at("job_public_id")));
        for (fault& each : parse_faults(faults))
            service.add_fault(std::move(each));
    }

    char letter(const json::value& row) const
    {
        const std::string id = text_of(row.at("job_public_id"));
        for (std::size_t i = 0; i < order.size(); ++i)
            if (order[i] == id) return static_cast<char>('a' + i);
        return '?';
    }

    json::value page(const std::string& cursor)
    {
        std::string target = run + "/jobs?limit=2";
        if (!cursor.empty()) target += "&cursor=" + encoded(cursor);
        const response_plan plan = get(target);
        if (plan.status != 200) return nullptr;
        return parse(plan.body);
    }

    static std::string encoded(const std::string& text)
    {
        constexpr std::string_view digits = "0123456789ABCDEF";
        std::string out;
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '_';
            out +=
                plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
        }
        return out;
    }

    listed list(std::size_t most_pages = 8)
    {
        listed seen;
        std::string cursor;
        for (std::size_t i = 0; i < most_pages; ++i) {
            const json::value got = page(cursor);
            if (i > 0) seen.rows += '|';
            if (got.is_null()) {
                seen.status = 400;
                return seen;
            }
            for (const json::value& row : got.at("items").as_array())
                seen.rows += letter(row);
            seen.more = got.at("has_more").as_bool();
            seen.has_cursor = got.at("cursor_next").is_string();
            if (!seen.more || !seen.has_cursor) return seen;
            cursor = text_of(got.at("cursor_next"));
        }
        return seen;
    }

    std::string run;
    std::vector<std::string> order;
};

std::string fault_on_page(const std::string& code, int page)
{
    return R"([{"on":"jobs.list","when":{"page":)" + std::to_string(page) + R"(},"do":")" + code +
           R"(","must_fire":true}])";
}

std::string rows_under(const std::string& code, int page)
{
    reader client{fault_on_page(code, page)};
    const listed seen = client.list();
    CAPTURE(code);
    CHECK(client.service.verify_faults().empty());
    return seen.rows;
}

}  // namespace

TEST_SUITE("mock.page_hazards")
{
    TEST_CASE(
        "SRV-016: a page with a cursor of the fault's own has as many bytes however often it comes"
    )
    {
        reader client{R"([{"on":"jobs.list","do":"same-cursor","times":"unlimited"}])"};
        const std::size_t first = client.get(client.run + "/jobs?limit=2").body.size();
        for (int i = 0; i < 1'200; ++i) {
            client.now += 1s;
            REQUIRE_EQ(client.get(client.run + "/jobs?limit=2").body.size(), first);
        }
    }

    TEST_CASE("without a hazard six rows come two by two")
    {
        const listed seen = reader{"[]"}.list();
        CHECK_EQ(seen.rows, "ab|cd|ef");
        CHECK_FALSE(seen.has_cursor);
    }

    TEST_CASE("rows come twice, in a page or across pages")
    {
        CHECK_EQ(rows_under("dup-row", 2), "ab|cdc|ef");
        CHECK_EQ(rows_under("dup-row-across", 2), "ab|bcd|ef");
    }

    TEST_CASE("rows change places, in a page or across pages, and none is lost")
    {
        CHECK_EQ(rows_under("reorder-in-page", 2), "ab|dc|ef");
        CHECK_EQ(rows_under("reorder-across", 1), "a|cdb|ef");
    }

    TEST_CASE("pages are empty, short, too long or lack a row")
    {
        CHECK_EQ(rows_under("empty-page-with-more", 1), "|ab|cd|ef");
        CHECK_EQ(rows_under("empty-page-with-more", 2), "ab||cd|ef");
        CHECK_EQ(rows_under("last-page-empty", 3), "ab|cd|ef|");
        CHECK_EQ(rows_under("short-page", 2), "ab|c|de|f");
        CHECK_EQ(rows_under("over-long-page", 1), "abcdef");
        CHECK_EQ(rows_under("row-disappears", 2), "ab|d|ef");
    }

    TEST_CASE("the end of a page contradicts itself")
    {
        reader with_cursor{fault_on_page("cursor-on-last", 3)};
        const listed last = with_cursor.list();
        CHECK_EQ(last.rows, "ab|cd|ef");
        CHECK_FALSE(last.more);
        CHECK(last.has_cursor);
        reader without{fault_on_page("has-more-null-cursor", 2)};
        const listed null = without.list();
        CHECK_EQ(null.rows, "ab|cd");
        CHECK(null.more);
        CHECK_FALSE(null.has_cursor);
    }

    TEST_CASE("a cursor leads to the same page or to the one before")
    {
        CHECK_EQ(rows_under("same-cursor", 1), "ab|ab|cd|ef");
        CHECK_EQ(rows_under("same-cursor", 2), "ab|cd|cd|ef");
        CHECK_EQ(rows_under("cycle-2", 2), "ab|cd|ab|cd|ef");
        reader endless{R"([{"on":"jobs.list","do":"same-cursor","times":"unlimited"}])"};
        CHECK_EQ(endless.list(4).rows, "ab|ab|ab|ab");
        reader cycling{R"([{"on":"jobs.list","do":"cycle-2","times":"unlimited"}])"};
        CHECK_EQ(cycling.list(7).rows, "ab|cd|ab|cd|ab|cd|ab");
    }

    TEST_CASE("a cursor is hard to send back, and leads on all the same")
    {
        for (const char* code : {"odd-cursor", "long-cursor"}) {
            CHECK_EQ(rows_under(code, 1), "ab|cd|ef");
            CHECK_EQ(rows_under(code, 2), "ab|cd|ef");
            reader always{
                R"([{"on":"jobs.list","do":")" + std::string(code) + R"(","times":"unlimited"}])"};
            CHECK_EQ(always.list().rows, "ab|cd|ef");
        }
        reader odd{fault_on_page("odd-cursor", 1)};
        const std::string cursor = text_of(odd.page("").at("cursor_next"));
        CHECK_NE(cursor.find(" +/=&%?#"), cursor.npos);
        // Unencoded it is another cursor, which nobody has given.
        CHECK_EQ(odd.get(odd.run + "/jobs?limit=2&cursor=" + cursor.substr(0, 13)).status, 400);
        reader with_length{fault_on_page("long-cursor", 1)};
        CHECK_EQ(text_of(with_length.page("").at("cursor_next")).size(), 2'000);
    }

    TEST_CASE("a cursor expires once and is good again")
    {
        reader client{fault_on_page("cursor-expires", 2)};
        CHECK_EQ(client.list().status, 400);
        CHECK_EQ(client.list().rows, "ab|cd|ef");
    }

    TEST_CASE("a row changes its status or bears one that nobody knows")
    {
        reader client{fault_on_page("row-changes-status", 1)};
        CHECK_EQ(client.page("").at("items").at(0).at("status"), "failed");
        CHECK_EQ(client.page("").at("items").at(0).at("status"), "completed");
        reader unknown{fault_on_page("unknown-status", 1)};
        CHECK_EQ(unknown.page("").at("items").at(0).at("status"), "cancelled");
    }

    TEST_CASE("a hazard that finds nothing to damage is no hit")
    {
        reader empty{R"([{"on":"jobs.list","do":"dup-row","must_fire":true}])"};
        empty.run = empty.run_of(1);
        CHECK_EQ(empty.list().rows, "");
        CHECK_EQ(empty.service.faults().account(0).nothing_to_damage, 1);
        CHECK_EQ(empty.service.verify_faults().size(), 1);
        CHECK(empty.service.faults().is_armed(0));
        reader first{R"([{"on":"jobs.list","do":"cursor-expires","must_fire":true}])"};
        CHECK_EQ(first.list().rows, "ab|");
    }
}
