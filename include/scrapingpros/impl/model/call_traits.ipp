#ifndef SCRAPINGPROS_IMPL_MODEL_CALL_TRAITS_IPP
#define SCRAPINGPROS_IMPL_MODEL_CALL_TRAITS_IPP

#include <scrapingpros/model/call_traits.hpp>

#include <variant>

namespace scrapingpros::inline v0 {
namespace detail {

struct bucket_of_call {
    rate_bucket operator()(const create_collection&) const noexcept { return rate_bucket::writes; }
    rate_bucket operator()(const update_collection&) const noexcept { return rate_bucket::writes; }
    rate_bucket operator()(const delete_collection&) const noexcept { return rate_bucket::writes; }
    rate_bucket operator()(const start_run&) const noexcept { return rate_bucket::writes; }
    rate_bucket operator()(const get_health&) const noexcept { return rate_bucket::none; }
    rate_bucket operator()(const get_plans&) const noexcept { return rate_bucket::none; }
    rate_bucket operator()(const fetch_body&) const noexcept { return rate_bucket::none; }
    template <class Read>
    rate_bucket operator()(const Read&) const noexcept
    {
        return rate_bucket::reads;
    }
};

struct repeatability_of_call {
    repeatability operator()(const create_collection& c) const noexcept
    {
        return c.key ? repeatability::safe : repeatability::unsafe;
    }
    repeatability operator()(const start_run&) const noexcept { return repeatability::unsafe; }
    template <class Idempotent>
    repeatability operator()(const Idempotent&) const noexcept
    {
        return repeatability::safe;
    }
};

}  // namespace detail

rate_bucket bucket_of(const call& c) noexcept
{
    return std::visit(detail::bucket_of_call{}, c);
}

request_rank rank_of(const call& c) noexcept
{
    return std::holds_alternative<get_result>(c) ? request_rank::result : request_rank::page;
}

repeatability repeatability_of(const call& c) noexcept
{
    return std::visit(detail::repeatability_of_call{}, c);
}

}  // namespace scrapingpros::inline v0

#endif
