#include "items/idempotency.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

/// The order of members does not count in a canonical form.
void sort_members(json::value& value)
{
    if (value.is_array())
        for (json::value& each : value.get_array())
            sort_members(each);
    if (!value.is_object()) return;
    std::map<std::string, json::value> sorted;
    for (auto& member : value.get_object()) {
        sort_members(member.value());
        sorted.emplace(member.key(), std::move(member.value()));
    }
    json::object made;
    for (auto& [key, inner] : sorted)
        made.emplace(key, std::move(inner));
    value = std::move(made);
}

bool is_free(const key_store::entry& used, time_point now)
{
    return now >= used.stored + key_store::lifetime || (used.dies && now >= used.done);
}

}  // namespace

bool is_good_key(std::string_view key) noexcept
{
    static constexpr std::string_view forbidden = ": \t\r\n\v\f";
    return !key.empty() && key.size() <= 200 && key.find_first_of(forbidden) == key.npos;
}

std::string payload_digest(std::string_view body, choice::idempotency_payload_match how)
{
    if (how == choice::idempotency_payload_match::raw_bytes) return sha256(body);
    boost::system::error_code error;
    json::value parsed = json::parse(json::string_view(body.data(), body.size()), error);
    if (error) return sha256(body);
    sort_members(parsed);
    return sha256(json::serialize(parsed));
}

const key_store::entry* key_store::find(std::string_view key, time_point now) const
{
    const auto found = entries_.find(key);
    if (found == entries_.end() || is_free(found->second, now)) return nullptr;
    return &found->second;
}

void key_store::store(std::string_view key, entry what, time_point now)
{
    if (entries_.size() >= sweep_at_) {
        std::erase_if(entries_, [&](const auto& each) { return is_free(each.second, now); });
        sweep_at_ = std::max<std::size_t>(1'024, 2 * entries_.size());
    }
    entries_.insert_or_assign(std::string(key), std::move(what));
}

std::optional<duration> key_store::wait_for(const entry& first, time_point now)
{
    if (now >= first.done) return duration{0};
    const duration rest = first.done - now;
    const duration looks = (rest + look_interval - duration{1}) / look_interval * look_interval;
    if (looks > longest_wait) return std::nullopt;
    return looks;
}

}  // namespace scrapingpros_mock
