#ifndef SCRAPINGPROS_MOCK_DRAWS_HPP
#define SCRAPINGPROS_MOCK_DRAWS_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include "runs/distributions.hpp"

namespace scrapingpros_mock {

/// A UUID as text.
using id_text = std::array<char, 36>;
inline std::string_view view(const id_text& id)
{
    return {id.data(), id.size()};
}

/// Numbers that depend on where they are used, never on what was drawn before: adding a request
/// or a job shifts no other draw. One stream name per purpose.
class draws {
public:
    draws(std::uint64_t seed, std::string_view salt);

    std::uint64_t number(std::string_view stream, std::uint64_t a, std::uint64_t b = 0) const;
    bool permille(std::string_view stream, unsigned parts, std::uint64_t a, std::uint64_t b) const
    {
        return number(stream, a, b) % 1000 < parts;
    }
    bool happens(share chance, std::string_view stream, std::uint64_t a, std::uint64_t b) const
    {
        return chance.parts != 0 && chance.of != 0 &&
               number(stream, a, b) % chance.of < chance.parts;
    }
    template <class Distribution>
    std::int64_t from(
        const Distribution& points, std::string_view stream, std::uint64_t a, std::uint64_t b
    ) const
    {
        return value_at(points, number(stream, a, b));
    }
    /// Even between the two, both included.
    duration between(
        duration low, duration high, std::string_view stream, std::uint64_t a, std::uint64_t b
    ) const;
    id_text id(std::string_view stream, std::uint64_t a, std::uint64_t b = 0) const;

private:
    std::uint64_t key_;
};

}  // namespace scrapingpros_mock

#endif
