#ifndef SCRAPINGPROS_MODEL_JOB_ID_SET_HPP
#define SCRAPINGPROS_MODEL_JOB_ID_SET_HPP

#include <scrapingpros/model/ids.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0 {

/** A set of job ids, exact and compact.

    An id that is a UUID in the spelling of the service (36 characters, lower case) takes 16 bytes in
    an open-addressing table that is at most seven eighths full: 50,000 of them take 1 MiB. Any other
    text is kept as it is.
*/
class job_id_set {
public:
    /// False if the id was there already.
    bool insert(const job_id& id)
    {
        const auto key = key_of(id.value);
        if (!key) return others_.insert(id.value).second;
        if (8 * (used_ + 1) > 7 * table_.size()) grow();
        auto& slot = table_[find(table_, *key)];
        if (slot == *key) return false;
        slot = *key;
        ++used_;
        return true;
    }

    bool contains(const job_id& id) const
    {
        const auto key = key_of(id.value);
        if (!key) return others_.count(id.value) != 0;
        return !table_.empty() && table_[find(table_, *key)] == *key;
    }

    std::size_t size() const noexcept { return used_ + others_.size(); }
    bool empty() const noexcept { return size() == 0; }

    /// Calls `f(const job_id&)` for each id; the order depends on nothing but the ids and their history.
    template <class F>
    void for_each(F f) const
    {
        for (const uuid& k : table_)
            if (k != vacant) f(job_id{text_of(k)});
        for (const std::string& id : others_)
            f(job_id{id});
    }

    /// Bytes on the heap for the compact ids.
    std::size_t table_bytes() const noexcept { return table_.capacity() * sizeof(uuid); }

    /// Places looked at to find the compact id that lies farthest from where it belongs.
    std::size_t longest_probe() const noexcept
    {
        std::size_t longest = 0;
        for (std::size_t at = 0; at < table_.size(); ++at) {
            if (table_[at] == vacant) continue;
            const std::size_t home = home_of(table_[at], table_.size());
            longest = (std::max)(longest, ((at - home) & (table_.size() - 1)) + 1);
        }
        return longest;
    }

    friend bool operator==(const job_id_set& a, const job_id_set& b)
    {
        if (a.size() != b.size()) return false;
        bool same = true;
        a.for_each([&](const job_id& id) { same = same && b.contains(id); });
        return same;
    }

private:
    struct uuid {
        std::uint64_t high;
        std::uint64_t low;
        friend bool operator==(const uuid&, const uuid&) = default;
    };
    /// The nil UUID marks a free place, so as an id it goes with the others.
    static constexpr uuid vacant{0, 0};

    static std::optional<uuid> key_of(std::string_view text)
    {
        if (text.size() != 36) return {};
        std::array<std::uint64_t, 2> halves{};
        int digits = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') return {};
                continue;
            }
            const bool decimal = c >= '0' && c <= '9';
            if (!decimal && !(c >= 'a' && c <= 'f')) return {};
            const auto value = static_cast<std::uint64_t>(decimal ? c - '0' : c - 'a' + 10);
            auto& half = halves[digits++ < 16 ? 0 : 1];
            half = half << 4 | value;
        }
        const uuid made{halves[0], halves[1]};
        if (made == vacant) return {};
        return made;
    }

    static std::string text_of(const uuid& k)
    {
        std::string text;
        text.reserve(36);
        for (int digit = 0; digit < 32; ++digit) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
            const std::uint64_t half = digit < 16 ? k.high : k.low;
            text += "0123456789abcdef"[half >> (60 - 4 * (digit % 16)) & 15];
        }
        return text;
    }

    /// The finaliser of SplitMix64: every bit of the input has a say in every bit of the result.
    static constexpr std::uint64_t mixed(std::uint64_t x) noexcept
    {
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        return x ^ x >> 31;
    }

    /// The halves are mixed one after the other: a counter that stands in both must not cancel out.
    static constexpr std::size_t home_of(const uuid& k, std::size_t places) noexcept
    {
        return static_cast<std::size_t>(mixed(mixed(k.high) + k.low)) & (places - 1);
    }

    /// Where the key is, or the free place where it would go. Needs a table with a free place.
    static std::size_t find(const std::vector<uuid>& table, const uuid& k) noexcept
    {
        std::size_t at = home_of(k, table.size());
        while (table[at] != k && table[at] != vacant)
            at = (at + 1) & (table.size() - 1);
        return at;
    }

    /// The set is as it was if there is no memory.
    void grow()
    {
        std::vector<uuid> larger(table_.empty() ? 16 : 2 * table_.size(), vacant);
        for (const uuid& k : table_)
            if (k != vacant) larger[find(larger, k)] = k;
        table_ = std::move(larger);
    }

    /// Its size is a power of two, or 0.
    std::vector<uuid> table_{};
    std::size_t used_ = 0;
    std::set<std::string> others_{};
};

}  // namespace scrapingpros::inline v0

#endif
