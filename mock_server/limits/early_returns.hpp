#ifndef SCRAPINGPROS_MOCK_EARLY_RETURNS_HPP
#define SCRAPINGPROS_MOCK_EARLY_RETURNS_HPP

#include <cstddef>

#include "limits/limit_options.hpp"
#include "limits/limits_seen.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What one bucket told clients to wait, and whether they did.
class early_book {
public:
    /// Notes a request, before it is judged: early if it comes before the wait it was told is over.
    void arrive(time_point now, const early_penalty&, bucket_counts&);
    /// A request refused at `now` was told to come back at `until`.
    void promise(time_point now, time_point until);

    /// Nothing is admitted before, whatever the bucket has room for.
    time_point blocked_until() const noexcept { return blocked_; }

private:
    void punish(time_point now, const early_penalty&, bucket_counts&);

    time_point promised_{};
    time_point first_refusal_{};  ///< of the refusals that led to the promise
    time_point blocked_{};
    std::size_t strikes_ = 0;
};

}  // namespace scrapingpros_mock

#endif
