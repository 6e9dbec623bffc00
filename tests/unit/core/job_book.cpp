#include <scrapingpros/core/job_book.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

#include "support/builders.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::job_book;

TEST_SUITE("core.job_book")
{
    TEST_CASE("a job is new once")
    {
        job_book book{checkpoint()};
        CHECK(book.is_new({"a"}));
        CHECK(book.note({"a"}, at(1s)));
        CHECK_FALSE(book.is_new({"a"}));
        CHECK_FALSE(book.note({"a"}, at(2s)));
        CHECK_EQ(book.seen(), 1u);
        CHECK_EQ(book.open(), 1u);
    }

    TEST_CASE("what was handed out is settled by its acknowledgement, once")
    {
        job_book book{checkpoint()};
        book.note({"a"}, at(1s));
        CHECK_FALSE(book.acknowledge({"a"}, {}));
        book.hand_out({"a"}, settlement::failed);
        CHECK_EQ(book.handed(), 1u);
        CHECK_EQ(book.counts().failed, 1u);
        CHECK_FALSE(book.next_step());
        CHECK(book.acknowledge({"a"}, at(5s)));
        CHECK_EQ(book.handed(), 0u);
        CHECK_EQ(book.counts().failed, 1u);
        const auto step = book.next_step();
        REQUIRE(step);
        CHECK_EQ(step->id.value, "a");
        CHECK_EQ(step->how, settlement::failed);
        CHECK(step->high_water_mark == at(5s));
        CHECK_FALSE(book.next_step());
        CHECK_FALSE(book.acknowledge({"a"}, {}));
        CHECK_FALSE(book.acknowledge({"b"}, {}));
        book.hand_out({"b"}, settlement::failed);
        CHECK_EQ(book.handed(), 0u);
    }

    TEST_CASE("a job that is handed out again is one")
    {
        job_book book{checkpoint()};
        book.note({"a"}, {});
        book.hand_out({"a"}, settlement::failed);
        book.hand_out({"a"}, settlement::usable);
        CHECK_EQ(book.handed(), 1u);
        CHECK_EQ(book.counts().usable, 1u);
        CHECK_EQ(book.counts().failed, 0u);
    }

    TEST_CASE("the mark of a checkpoint stays behind every job that is not settled")
    {
        job_book book{checkpoint()};
        CHECK_FALSE(book.safe_mark({}));
        CHECK(book.safe_mark(at(9s)) == at(9s));
        book.note({"a"}, at(1s));
        book.note({"b"}, at(2s));
        book.note({"c"}, at(2s));
        book.note({"n"}, {});
        CHECK(book.safe_mark(at(9s)) == at(1s));
        CHECK_FALSE(book.safe_mark({}));
        book.settle({"a"}, settlement::filtered, at(9s));
        CHECK(book.safe_mark(at(9s)) == at(2s));
        book.settle({"b"}, settlement::filtered, at(9s));
        CHECK(book.safe_mark(at(9s)) == at(2s));
        book.settle({"c"}, settlement::filtered, at(9s));
        CHECK(book.safe_mark(at(9s)) == at(9s));
        book.settle({"c"}, settlement::filtered, at(9s));
        CHECK_EQ(book.counts().filtered, 3u);
    }

    TEST_CASE("what is gone for good is settled, the rest can be taken up again, and is open")
    {
        job_book book{checkpoint()};
        for (const auto* id : {"a", "b"})
            book.note({id}, at(1s));
        book.give_up({{"a"}, shortfall_cause::lost, {}, {}, {}, errc::result_lost}, at(9s));
        book.give_up({{"b"}, shortfall_cause::unreachable, {}, {}, {}, errc::server_error}, at(9s));
        book.give_up({{"c"}, shortfall_cause::lost, {}, {}, {}, {}}, at(9s));
        CHECK_EQ(book.open(), 1u);
        REQUIRE_EQ(book.missing().size(), 1u);
        REQUIRE_EQ(book.left().size(), 1u);
        const auto step = book.next_step();
        REQUIRE(step);
        CHECK_EQ(step->how, settlement::missing);
        CHECK_EQ(step->missing->cause, shortfall_cause::lost);
        CHECK_FALSE(book.next_step());
        CHECK_EQ(book.take_up().size(), 1u);
        CHECK(book.left().empty());
        book.hand_out({"b"}, settlement::usable);
        CHECK(book.acknowledge({"b"}, {}));
    }

    TEST_CASE("a checkpoint has the settled jobs, and those alone come not again")
    {
        job_book book{checkpoint()};
        for (const auto* id : {"a", "b", "c"})
            book.note({id}, at(1s));
        book.hand_out({"a"}, settlement::usable);
        book.hand_out({"b"}, settlement::usable);
        book.acknowledge({"a"}, at(9s));
        checkpoint c;
        book.write_to(c, at(9s));
        CHECK(c.settled.contains({"a"}));
        CHECK_EQ(c.settled.size(), 1u);
        CHECK_EQ(c.counts.usable, 1u);
        CHECK(c.high_water_mark == at(1s));
        const job_book later{c};
        CHECK_FALSE(later.is_new({"a"}));
        CHECK(later.is_new({"b"}));
        CHECK_EQ(later.counts().usable, 1u);
    }

    TEST_CASE("the steps alone bring a checkpoint to where the book is")
    {
        job_book book{checkpoint()};
        checkpoint appended;
        for (int i = 0; i < 50; ++i) {
            const job_id id{std::to_string(i)};
            book.note(id, at(i * 1s));
            if (i % 5 == 0)
                book.give_up({id, shortfall_cause::expired, {}, {}, {}, {}}, at(i * 1s));
            else if (i % 5 == 1)
                book.settle(id, settlement::filtered, at(i * 1s));
            else if (i % 5 < 4)
                book.hand_out(id, settlement::usable);
            book.acknowledge(id, at(i * 1s));
        }
        while (const auto step = book.next_step())
            apply(appended, *step);
        checkpoint written;
        book.write_to(written, at(49s));
        CHECK(appended.settled == written.settled);
        CHECK(appended.counts == written.counts);
        CHECK(appended.missing == written.missing);
        CHECK(appended.high_water_mark == written.high_water_mark);
        CHECK(written.high_water_mark == at(4s));
    }
}
