#ifndef SCRAPINGPROS_MODEL_CALL_TRAITS_HPP
#define SCRAPINGPROS_MODEL_CALL_TRAITS_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/model/call.hpp>

namespace scrapingpros::inline v0 {

/// Which of the account's rates a call is counted in (contract section 12).
enum class rate_bucket {
    /// 10,000 a minute.
    reads,
    /// The plan's rate.
    writes,
    /// Neither: no token is sent.
    none
};

/// Whether a call whose outcome is unknown may be made again without a look at the server.
enum class repeatability {
    /// Once or twice is the same to the server.
    safe,
    /// It may happen twice: a create without a key, and every start of a run.
    unsafe
};

/// How much a call brings, the most first.
enum class request_rank {
    /// A page, a status, a write: many jobs at once, or what others wait for.
    page,
    /// One result.
    result,
};

SCRAPINGPROS_DECL rate_bucket bucket_of(const call& c) noexcept;

SCRAPINGPROS_DECL request_rank rank_of(const call& c) noexcept;

SCRAPINGPROS_DECL repeatability repeatability_of(const call& c) noexcept;

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/model/call_traits.ipp>
#endif

#endif
