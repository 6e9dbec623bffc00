// Histories of a batch from its submit to its last outcome, against the mock's own account.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

TEST_SUITE("batch")
{
    TEST_CASE("530 pages are submitted once and each outcome comes once")
    {
        client_fixture f;
        auto api = f.client();
        auto all = api.submit_batch(draft_of(530));
        CHECK(f.wire.seen().empty());
        test::delivery_count count;
        CHECK_FALSE(drain(f, all, count));
        const auto end = all.summary();
        MESSAGE(
            count.size() << " delivered, " << end.left.jobs.size() << " left, "
                         << f.wire.seen().size() << " requests"
        );
        CHECK(equals_ledger(f, count, end));
        CHECK_EQ(f.world.seen().summary().create, 1u);
        CHECK_EQ(f.world.seen().summary().start_run, 1u);
        CHECK_EQ(end.submitted, 530u);
        CHECK_EQ(end.queued, 530u);
        CHECK_EQ(end.stage, end.left.empty() ? batch_stage::finished : end.stage);
        // It stays at its end, and asks for nothing.
        const auto requests = f.wire.seen().size();
        CHECK_FALSE(next(f, all).value);
        CHECK_EQ(f.wire.seen().size(), requests);
    }
}
