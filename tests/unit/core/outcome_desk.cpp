#include <scrapingpros/core/outcome_desk.hpp>

#include <doctest/doctest.h>

#include <string>

#include "support/builders.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using desk = core::outcome_desk<server_verdict>;

namespace {

job_outcome an_outcome(std::string id, std::size_t bytes)
{
    return {a_job(std::move(id)), a_result(std::string(bytes, 'x')), {}};
}

}  // namespace

TEST_SUITE("core.outcome_desk")
{
    TEST_CASE("outcomes are handed out in their order, as far as there is room")
    {
        core::job_book book{checkpoint()};
        desk d({}, outcome_filter::everything);
        for (const auto* id : {"a", "b"}) {
            book.note({id}, {});
            d.offer(an_outcome(id, 1), book, {});
        }
        CHECK_FALSE(d.can_hand_out());
        d.on_demand(1);
        CHECK(d.can_hand_out());
        const auto item = d.hand_out(book);
        CHECK_EQ(item.job.id.value, "a");
        CHECK_EQ(item.verdict.value, judgement::usable);
        CHECK_EQ(book.handed(), 1u);
        CHECK_FALSE(d.can_hand_out());
        CHECK_EQ(d.room(), 0u);
        CHECK_EQ(d.held(), 1u);
    }

    TEST_CASE("one outcome may be held without room, and as many as there is room for")
    {
        core::job_book book{checkpoint()};
        desk d({}, outcome_filter::everything);
        CHECK(d.takes_more());
        d.offer(an_outcome("a", 1), book, {});
        CHECK_FALSE(d.takes_more());
        d.on_demand(2);
        CHECK(d.takes_more());
        d.offer(an_outcome("b", 1), book, {});
        CHECK_FALSE(d.takes_more());
    }

    TEST_CASE("what is not wanted is settled and not held")
    {
        core::job_book book{checkpoint()};
        desk d({}, outcome_filter::usable);
        book.note({"a"}, at());
        d.offer({a_job("a").failed(), {}, {}}, book, at());
        CHECK_EQ(d.held(), 0u);
        CHECK_EQ(book.next_step()->how, settlement::filtered);
    }

    TEST_CASE("bytes are reckoned by the largest so far, at least the longest that a page carries")
    {
        constexpr std::size_t inline_cap = 256 * 1024;
        core::job_book book{checkpoint()};
        desk d({}, outcome_filter::everything);
        CHECK_EQ(d.bytes_with(0), 0u);
        CHECK_EQ(d.bytes_with(2), 2 * inline_cap);
        d.offer(an_outcome("a", 1'000'000), book, {});
        CHECK_EQ(d.bytes_with(1), 2'000'000u);
        d.offer(an_outcome("b", 10), book, {});
        CHECK_EQ(d.bytes_with(1), 2'000'010u);
        d.on_demand(1);
        d.hand_out(book);
        CHECK_EQ(d.bytes_with(0), 10u);
        CHECK_EQ(d.clear().size(), 1u);
        CHECK_EQ(d.bytes_with(0), 0u);
        CHECK_EQ(d.held(), 0u);
    }
}
