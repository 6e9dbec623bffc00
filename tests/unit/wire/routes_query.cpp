#include <scrapingpros/wire/routes.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/builders.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using scrapingpros::tests::at;

namespace {

const run_ref target{{"c1"}, {"r1"}};

result<http_request> request_of(const call& c)
{
    return encode(c, {{true, "api.scrapingpros.com", "443"}, "/base"}, secret("t"));
}

/// What stands behind the question mark.
std::string query(const call& c)
{
    const auto request = request_of(c);
    REQUIRE(request.has_value());
    const auto mark = request->target.find('?');
    return mark == std::string::npos ? "" : request->target.substr(mark + 1);
}

}  // namespace

TEST_SUITE("wire.routes")
{
    TEST_CASE("the hot listing is the official client's, byte for byte")
    {
        const list_jobs listing{
            .target = target,
            .statuses = {job_status::completed, job_status::failed, job_status::timeout},
            .order_by = job_order::completed_at,
            .completed_since = at(-28 * 24h - 10h + 123ms),
            .results = inline_results::include};
        CHECK_EQ(
            request_of(listing)->target,
            "/base/v1/async/collections/c1/runs/r1/jobs?limit=100&status_filter=completed%2Cfailed"
            "%2Ctimeout&order_by=completed_at&order_dir=asc&since_completed_at=2026-05-04T00%3A00%"
            "3A"
            "00.123&include_results=true"
        );
    }

    TEST_CASE("a listing always names its limit and order")
    {
        CHECK_EQ(query(list_jobs{target}), "limit=100&order_by=id&order_dir=asc");
        CHECK_EQ(
            query(list_jobs{
                .target = target, .limit = 1000, .order_dir = sort_direction::descending}),
            "limit=1000&order_by=id&order_dir=desc"
        );
    }

    TEST_CASE("a cursor goes back as it came, whatever it holds")
    {
        CHECK_EQ(
            query(list_jobs{.target = target, .limit = 4, .cursor = "a+b/c==&x=1"}),
            "limit=4&cursor=a%2Bb%2Fc%3D%3D%26x%3D1&order_by=id&order_dir=asc"
        );
    }

    TEST_CASE("filters of collections are encoded and left out if empty")
    {
        CHECK_EQ(query(list_collections{}), "");
        CHECK_EQ(
            query(list_collections{.name = "a b&c", .name_prefix = "C\xC3\xB3", .since = at()}),
            "name=a%20b%26c&name_prefix=C%C3%B3&since=2026-06-01T10%3A00%3A00.000Z"
        );
        CHECK_EQ(query(list_collections{.name = ""}), "name=");
    }

    TEST_CASE("runs are filtered by one status")
    {
        CHECK_EQ(query(list_runs{{"c1"}, {}}), "");
        CHECK_EQ(query(list_runs{{"c1"}, run_status::in_progress}), "status_filter=in_progress");
    }

    TEST_CASE("billing is asked for by month and detail")
    {
        using namespace std::chrono;
        CHECK_EQ(
            query(get_billing{year_month(year(2026), month(6)), billing_detail::urls}),
            "month=2026-06&detail=urls"
        );
        CHECK(
            request_of(get_billing{year_month(year(2026), month(13))}).error() == errc::bad_option
        );
    }

    TEST_CASE("values that have no spelling are refused before anything is sent")
    {
        CHECK(request_of(list_jobs{.target = target, .limit = 0}).error() == errc::bad_option);
        CHECK(request_of(list_jobs{.target = target, .limit = 1001}).error() == errc::bad_option);
        CHECK(
            request_of(list_jobs{.target = target, .statuses = {job_status::unknown}}).error() ==
            errc::bad_option
        );
        CHECK(request_of(list_runs{{"c1"}, run_status::unknown}).error() == errc::bad_option);
    }
}
