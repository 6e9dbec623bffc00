#include <scrapingpros/blocking_batch.hpp>
#include <scrapingpros/blocking_client.hpp>

#include <doctest/doctest.h>

#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;

namespace {

/// The blocking client's part, on the fixture's context instead of its own.
struct client_of_fixture {
    client_fixture& f;
    diagnostics report{};

    template <class T, class Begin>
    result<T> try_perform(Begin begin)
    {
        auto api = f.client();
        auto got = f.run<T>([&](auto h) { begin(api, std::move(h)); });
        if (got.ec) return got.ec;
        return std::move(got.value);
    }
    const diagnostics& details() const { return report; }
};

using fixture_batch = basic_blocking_batch<client_of_fixture>;
static_assert(std::input_iterator<fixture_batch::iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, fixture_batch::iterator>);

}  // namespace

TEST_SUITE("blocking_batch")
{
    TEST_CASE("a loop that is left goes on with the next outcome when it is entered again")
    {
        client_fixture f;
        client_of_fixture service{f};
        fixture_batch all(service, f.client().submit_batch(draft_of(7)));
        CHECK_FALSE(all.submit().run.value.empty());
        test::delivery_count count;
        for (auto& item : all) {
            ++count[item.job.id.value];
            if (count.size() == 3) break;
        }
        for (auto& item : all) {
            ++count[item.job.id.value];
            const job_outcome kept = std::move(item);  // it may be moved from
            CHECK_FALSE(kept.job.id.value.empty());
        }
        CHECK(equals_ledger(f, count, all.summary()));
        for (auto& item : all)
            FAIL("given twice: " << item.job.id.value);
        CHECK_FALSE(all.next());
    }

    TEST_CASE("what the callback throws comes out as it is, and its outcome comes again")
    {
        client_fixture f;
        client_of_fixture service{f};
        fixture_batch all(service, f.client().submit_batch(draft_of(3)));
        std::string thrown_at;
        const auto refuse = [&](const job_outcome& item) {
            thrown_at = item.job.id.value;
            throw std::out_of_range("no more");
        };
        CHECK_THROWS_AS(all.for_each(refuse), std::out_of_range);
        test::delivery_count count;
        const auto end = all.for_each([&](const job_outcome& item) { ++count[item.job.id.value]; });
        CHECK_EQ(count.count(thrown_at), 1u);
        CHECK(equals_ledger(f, count, end));
    }

    TEST_CASE("an error is a code in one spelling and an exception in the other")
    {
        client_fixture f;
        client_of_fixture service{f};
        fixture_batch none(service, f.client().resume_batch({}));
        const auto got = none.try_next();
        REQUIRE(got.has_error());
        CHECK_EQ(got.error(), errc::checkpoint_missing);
        CHECK_THROWS_AS(none.next(), api_error);
        CHECK_THROWS_AS(none.begin(), api_error);
        CHECK_THROWS_AS(none.submit(), api_error);
        CHECK_THROWS_AS(none.for_each([](const job_outcome&) {}), api_error);
    }

    TEST_CASE("the blocking client makes batches, and its details tell why one does not begin")
    {
        client_options o;
        o.base_url = "http://127.0.0.1:9";  // nothing listens there
        o.token = secret("test_token_a");
        o.connection.proxy.mode = proxy_mode::none;
        blocking_client service(o);
        auto none = service.resume_batch({});
        CHECK_THROWS_AS(none.next(), api_error);
        CHECK_EQ(service.details().place, "checkpoint");
        auto bad = service.submit_batch({.name = "bad", .requests = {scrape_request{}}});
        CHECK_EQ(bad.try_submit().error(), errc::bad_request_item);
        CHECK_EQ(service.details().place, "requests[0].url");
        auto late = service.submit_batch(draft_of(1), {.timeout = 20ms});
        CHECK_EQ(late.try_submit().error(), errc::wait_timed_out);
        auto attached = service.attach_batch({{"c"}, {"r"}}, {.timeout = 20ms});
        CHECK_EQ(attached.try_next().error(), errc::wait_timed_out);
    }
}
