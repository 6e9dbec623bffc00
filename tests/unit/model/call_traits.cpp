#include <scrapingpros/model/call_traits.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.call_traits")
{
    TEST_CASE("posts, puts and deletes are counted as writes, gets as reads")
    {
        CHECK(bucket_of(create_collection{}) == rate_bucket::writes);
        CHECK(bucket_of(update_collection{}) == rate_bucket::writes);
        CHECK(bucket_of(delete_collection{}) == rate_bucket::writes);
        CHECK(bucket_of(start_run{}) == rate_bucket::writes);
        CHECK(bucket_of(list_jobs{}) == rate_bucket::reads);
        CHECK(bucket_of(get_result{}) == rate_bucket::reads);
        CHECK(bucket_of(list_collections{}) == rate_bucket::reads);
        CHECK(bucket_of(get_billing{}) == rate_bucket::reads);
    }

    TEST_CASE("calls without a token are counted nowhere")
    {
        CHECK(bucket_of(get_health{}) == rate_bucket::none);
        CHECK(bucket_of(get_plans{}) == rate_bucket::none);
        CHECK(bucket_of(fetch_body{}) == rate_bucket::none);
    }

    TEST_CASE("a create is repeatable with a key and only then")
    {
        create_collection create;
        CHECK(repeatability_of(create) == repeatability::unsafe);
        create.key = *make_idempotency_key("k1");
        CHECK(repeatability_of(create) == repeatability::safe);
    }

    TEST_CASE("a start is never repeatable, everything else always is")
    {
        CHECK(repeatability_of(start_run{}) == repeatability::unsafe);
        CHECK(repeatability_of(update_collection{}) == repeatability::safe);
        CHECK(repeatability_of(delete_collection{}) == repeatability::safe);
        CHECK(repeatability_of(list_runs{}) == repeatability::safe);
        CHECK(repeatability_of(fetch_body{}) == repeatability::safe);
    }

    TEST_CASE("a single result brings less than anything else")
    {
        CHECK(rank_of(get_result{}) == request_rank::result);
        CHECK(rank_of(list_jobs{}) == request_rank::page);
        CHECK(rank_of(list_runs{}) == request_rank::page);
        CHECK(rank_of(start_run{}) == request_rank::page);
    }
}
