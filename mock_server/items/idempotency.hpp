#ifndef SCRAPINGPROS_MOCK_IDEMPOTENCY_HPP
#define SCRAPINGPROS_MOCK_IDEMPOTENCY_HPP

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "replies.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// At most 200 characters, no white space, no colon (contract 3.1).
bool is_good_key(std::string_view) noexcept;

/// What two bodies must share to be the same request (A2).
std::string payload_digest(std::string_view body, choice::idempotency_payload_match);

/// The keys of one account and what was answered to them (contract 3.4).
class key_store {
public:
    static constexpr duration lifetime{std::chrono::hours{24}};
    static constexpr duration longest_wait{std::chrono::seconds{30}};
    static constexpr duration look_interval{std::chrono::milliseconds{250}};

    struct entry {
        std::string digest;
        reply answer;
        time_point stored{};
        time_point done{};  ///< the first request is at work until then
        bool dies = false;  ///< and leaves nothing behind
    };

    /// Null for a new key: never used, expired, or left behind by a request that died.
    const entry* find(std::string_view key, time_point now) const;
    void store(std::string_view key, entry what, time_point now);

    /// How long a second request waits for the first: it looks when it comes and every 250 ms from
    /// then on, up to 30 s; nothing if it gives up.
    static std::optional<duration> wait_for(const entry&, time_point now);

    std::size_t size() const noexcept { return entries_.size(); }

private:
    std::map<std::string, entry, std::less<>> entries_;
    std::size_t sweep_at_ = 1'024;  ///< expired keys are swept out when there are so many
};

}  // namespace scrapingpros_mock

#endif
