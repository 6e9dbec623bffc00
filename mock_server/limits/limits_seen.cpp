#include "limits/limits_seen.hpp"

#include <algorithm>

#include "json_out.hpp"

namespace scrapingpros_mock {
namespace {

void write(json_writer& out, const bucket_counts& counts)
{
    out.begin_object().member("accepted", counts.accepted).member("refused", counts.refused);
    out.member("early_returns", counts.early_returns).member("bans", counts.bans);
    out.member("longest_early_us", counts.longest_early.count()).end_object();
}

}  // namespace

void bucket_counts::add(const bucket_counts& other)
{
    accepted += other.accepted;
    refused += other.refused;
    early_returns += other.early_returns;
    bans += other.bans;
    longest_early = std::max(longest_early, other.longest_early);
}

std::string limits_seen::to_json() const
{
    json_writer out;
    out.begin_object().member("account", account).key("reads");
    write(out, reads);
    out.key("writes");
    write(out, writes);
    out.key("in_flight");
    write(out, in_flight);
    out.key("scopes").begin_array();
    for (const bucket_counts& each : scopes)
        write(out, each);
    out.end_array().key("quota").begin_object().member("refused", quota_refused);
    out.member("used", credits_used).member("limit", credits).end_object();
    return out.end_object().take();
}

}  // namespace scrapingpros_mock
