#ifndef SCRAPINGPROS_IMPL_WIRE_VALUE_COLLECTOR_HPP
#define SCRAPINGPROS_IMPL_WIRE_VALUE_COLLECTOR_HPP

#include <scrapingpros/impl/wire/json_events.hpp>
#include <scrapingpros/impl/wire/json_reader.hpp>
#include <scrapingpros/impl/wire/string_list.hpp>
#include <scrapingpros/model/utf8.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

// The conversions of `json_reader`, for values that never were a document. A null leaves the target
// empty and is no mismatch; false means that the value has another type.

inline bool assign(const json_scalar& from, std::optional<std::string>& to)
{
    if (from.kind != json_scalar::type::text || !count_code_points(from.text)) return false;
    to.emplace(from.text);
    return true;
}

inline bool assign(const json_scalar& from, std::optional<bool>& to)
{
    if (from.kind != json_scalar::type::boolean) return false;
    to = from.flag;
    return true;
}

inline bool assign(const json_scalar& from, std::optional<int>& to)
{
    if (from.kind == json_scalar::type::number) to = small_number_of(from.number);
    return to.has_value();
}

inline bool assign(const json_scalar& from, std::optional<std::uint64_t>& to)
{
    if (from.kind == json_scalar::type::number) to = count_of(from.number);
    return to.has_value();
}

inline bool assign(const json_scalar& from, std::optional<timestamp>& to)
{
    if (from.kind == json_scalar::type::text) to = parse_timestamp(from.text);
    if (from.kind == json_scalar::type::number) to = timestamp_from_unix(from.number);
    return to.has_value();
}

/// A list as JSON text or CSV.
inline bool assign_list(const json_scalar& from, std::vector<std::string>& to)
{
    if (from.kind != json_scalar::type::text || !count_code_points(from.text)) return false;
    to = read_string_list(from.text);
    return true;
}

/// A span in units of so many microseconds; negative or absurd ones are refused.
inline bool assign_span(
    const json_scalar& from, double unit, std::optional<std::chrono::microseconds>& to
)
{
    constexpr double limit = 1e15;
    const double span = from.number * unit;
    if (from.kind != json_scalar::type::number || !(span >= 0 && span < limit)) return false;
    to = std::chrono::microseconds(static_cast<std::int64_t>(span + 0.5));
    return true;
}

/// Whatever the reader of one object keeps is paid for here.
struct byte_budget {
    std::size_t limit = 0;
    std::size_t used = 0;

    /// Goes on counting beyond the limit, so that the size can be named.
    bool pay(std::size_t bytes) noexcept
    {
        used += bytes;
        return used <= limit;
    }
    bool overdrawn() const noexcept { return used > limit; }
};

/// Writes JSON again, compact, from its events.
class raw_json_writer {
public:
    void start() { text_.clear(); }
    std::string take() { return std::move(text_); }
    std::size_t size() const noexcept { return text_.size(); }

    void key(std::string_view name)
    {
        separate();
        text_ += quoted(name) + ':';
    }
    void open(bool is_array)
    {
        separate();
        text_ += is_array ? '[' : '{';
    }
    void close(bool is_array) { text_ += is_array ? ']' : '}'; }
    void word(std::string_view spelling)
    {
        separate();
        text_ += spelling;
    }
    void text_begin()
    {
        separate();
        text_ += '"';
    }
    void text_piece(std::string_view piece)
    {
        const std::string whole = quoted(piece);
        text_.append(whole, 1, whole.size() - 2);
    }
    void text_end() { text_ += '"'; }

private:
    static std::string quoted(std::string_view text)
    {
        return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
    }
    void separate()
    {
        constexpr std::string_view no_comma_after = "[{:";
        if (!text_.empty() && no_comma_after.find(text_.back()) == no_comma_after.npos)
            text_ += ',';
    }

    std::string text_{};
};

/// Takes one array or object in: as its strings, as JSON text, or not at all.
class nested_value {
public:
    enum class mode { skip, strings, raw };

    void begin(mode m, bool is_array, byte_budget& budget)
    {
        mode_ = m;
        budget_ = &budget;
        strings_.clear();
        raw_.start();
        paid_ = 0;
        open(is_array);
    }

    bool active() const noexcept { return !arrays_.empty(); }
    mode kind() const noexcept { return mode_; }
    std::vector<std::string> take_strings() { return std::move(strings_); }
    std::string take_raw() { return raw_.take(); }

    void open(bool is_array)
    {
        arrays_.push_back(is_array);
        if (writing()) raw_.open(is_array);
        settle();
    }
    /// True if that was the end of the value.
    bool close()
    {
        if (writing()) raw_.close(arrays_.back());
        arrays_.pop_back();
        settle();
        return arrays_.empty();
    }
    void key(std::string_view name)
    {
        if (writing()) raw_.key(name);
        settle();
    }
    void scalar(const json_scalar& value)
    {
        if (writing()) raw_.word(value.text);
        settle();
    }
    void text_begin()
    {
        text_.clear();
        if (writing()) raw_.text_begin();
    }
    void text_piece(std::string_view piece)
    {
        if (writing()) raw_.text_piece(piece);
        if (listing() && budget_->pay(piece.size())) text_ += piece;
        settle();
    }
    void text_end()
    {
        if (writing()) raw_.text_end();
        if (listing() && budget_->pay(sizeof(std::string)) && count_code_points(text_))
            strings_.push_back(text_);
        settle();
    }

private:
    bool writing() const noexcept { return mode_ == mode::raw && !budget_->overdrawn(); }
    bool listing() const noexcept
    {
        return mode_ == mode::strings && arrays_.size() == 1 && !budget_->overdrawn();
    }
    /// Pays for what the writer has grown by.
    void settle()
    {
        if (mode_ != mode::raw) return;
        if (raw_.size() > paid_) budget_->pay(raw_.size() - paid_);
        paid_ = raw_.size();
    }

    mode mode_ = mode::skip;
    byte_budget* budget_ = nullptr;
    std::vector<bool> arrays_{};
    std::size_t paid_ = 0;
    std::string text_{};
    std::vector<std::string> strings_{};
    raw_json_writer raw_{};
};

/// Place of a member's name in a table, found at once if members come in the table's order.
template <std::size_t N>
std::size_t find_member(const std::string_view (&names)[N], std::string_view name, std::size_t last)
{
    const std::size_t guess = last + 1 < N ? last + 1 : 0;
    if (names[guess] == name) return guess;
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return i;
    return N;
}

}  // namespace scrapingpros::inline v0::detail

#endif
