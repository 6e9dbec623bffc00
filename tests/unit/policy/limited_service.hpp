#ifndef TESTS_UNIT_POLICY_LIMITED_SERVICE_HPP
#define TESTS_UNIT_POLICY_LIMITED_SERVICE_HPP

#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace test {

using scrapingpros::instant;
using scrapingpros::milliseconds;

/// A service that lets so many requests a minute through, in one of three ways.
class limited_service {
public:
    enum class how { window, bucket, sliding };

    limited_service(how kind, double limit, instant window_began = {})
        : kind_(kind), limit_(limit), tokens_(limit), begun_(window_began)
    {
    }

    /// Empty if the request is let through, else what the 429 asks for: whole seconds, rounded up.
    std::optional<milliseconds> ask(instant now)
    {
        constexpr auto minute = std::chrono::minutes(1);
        if (kind_ == how::bucket) {
            const std::chrono::duration<double> gone = now - filled_;
            tokens_ = (std::min)(limit_, tokens_ + (std::max)(gone.count(), 0.0) * limit_ / 60);
            filled_ = now;
            if (tokens_ < 1) return refuse((1 - tokens_) * 60 / limit_);
            tokens_ -= 1;
            ++accepted;
            return {};
        }
        if (kind_ == how::window) {
            const auto windows = (now - begun_) / minute;
            if (windows > 0) recent_.clear();
            begun_ += windows * minute;
        } else {
            while (!recent_.empty() && recent_.front() + minute <= now)
                recent_.pop_front();
        }
        if (static_cast<double>(recent_.size()) >= limit_) {
            const instant from = kind_ == how::window ? begun_ : recent_.front();
            return refuse(std::chrono::duration<double>(from + minute - now).count());
        }
        recent_.push_back(now);
        ++accepted;
        return {};
    }

    /// What the headers of a reply say.
    scrapingpros::account_limits told(instant now) const
    {
        scrapingpros::account_limits made;
        made.rate_limit = static_cast<std::uint64_t>(limit_);
        const auto used = kind_ == how::bucket ? limit_ - std::floor(tokens_)
                                               : static_cast<double>(recent_.size());
        made.rate_remaining = static_cast<std::uint64_t>((std::max)(0.0, limit_ - used));
        const instant reset =
            kind_ == how::window ? begun_ + std::chrono::minutes(1) : now + std::chrono::minutes(1);
        made.rate_reset_in = std::chrono::ceil<milliseconds>(reset - now);
        return made;
    }

    std::size_t accepted = 0;
    std::size_t refused = 0;

private:
    std::optional<milliseconds> refuse(double wait)
    {
        ++refused;
        return std::chrono::seconds((std::max)(1L, std::lround(std::ceil(wait))));
    }

    how kind_;
    double limit_;
    double tokens_;
    instant filled_{};
    instant begun_;
    std::deque<instant> recent_{};
};

}  // namespace test

#endif
