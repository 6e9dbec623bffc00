#include "limits/early_returns.hpp"

#include <algorithm>

#include "limits/option_reader.hpp"

namespace scrapingpros_mock {

void early_book::arrive(time_point now, const early_penalty& penalty, bucket_counts& counts)
{
    if (now >= promised_) {
        strikes_ = 0;
        return;
    }
    if (penalty.grace > duration{0} && now < first_refusal_ + penalty.grace) return;
    ++counts.early_returns;
    counts.longest_early = std::max(counts.longest_early, promised_ - now);
    punish(now, penalty, counts);
}

void early_book::punish(time_point now, const early_penalty& penalty, bucket_counts& counts)
{
    using enum early_penalty::kind;
    switch (penalty.how) {
    case ignore: break;
    case extend:
        // Capped, or a client that never waits would push the end beyond all times.
        blocked_ = std::min(std::max(blocked_, promised_) + penalty.by, now + longest_option);
        break;
    case ban:
        if (++strikes_ < penalty.after) break;
        strikes_ = 0;
        ++counts.bans;
        blocked_ = std::max(blocked_, now + penalty.by);
        break;
    }
}

void early_book::promise(time_point now, time_point until)
{
    if (now >= promised_) first_refusal_ = now;
    promised_ = std::max(promised_, until);
}

}  // namespace scrapingpros_mock
