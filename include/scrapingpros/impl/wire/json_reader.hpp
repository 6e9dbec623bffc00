#ifndef SCRAPINGPROS_IMPL_WIRE_JSON_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_JSON_READER_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/wire/string_list.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// A count as JSON may spell it: 7, 7.0, never -1 or 7.5.
inline std::optional<std::uint64_t> count_of(double number) noexcept
{
    constexpr double too_large = 18'446'744'073'709'551'616.0;
    if (!(number >= 0 && number < too_large)) return {};
    const auto count = static_cast<std::uint64_t>(number);
    if (static_cast<double>(count) != number) return {};
    return count;
}

inline std::optional<int> small_number_of(double number) noexcept
{
    constexpr double limit = (std::numeric_limits<int>::max)();
    if (!(number >= -limit && number <= limit)) return {};
    const int rounded = static_cast<int>(number);
    if (static_cast<double>(rounded) != number) return {};
    return rounded;
}

inline bool assign(const boost::json::value& from, std::string& to)
{
    const auto* text = from.if_string();
    if (text) to.assign(text->data(), text->size());
    return text != nullptr;
}

inline bool assign(const boost::json::value& from, bool& to)
{
    const auto* flag = from.if_bool();
    if (flag) to = *flag;
    return flag != nullptr;
}

inline bool assign(const boost::json::value& from, double& to)
{
    if (const auto* number = from.if_double())
        to = *number;
    else if (const auto* whole = from.if_int64())
        to = static_cast<double>(*whole);
    else if (const auto* large = from.if_uint64())
        to = static_cast<double>(*large);
    else
        return false;
    return true;
}

inline bool assign(const boost::json::value& from, std::uint64_t& to)
{
    if (const auto* whole = from.if_int64()) {
        if (*whole >= 0) to = static_cast<std::uint64_t>(*whole);
        return *whole >= 0;
    }
    if (const auto* large = from.if_uint64()) {
        to = *large;
        return true;
    }
    const auto* number = from.if_double();
    const auto count = number ? count_of(*number) : std::nullopt;
    if (count) to = *count;
    return count.has_value();
}

inline bool assign(const boost::json::value& from, int& to)
{
    double number = 0;
    const auto whole = assign(from, number) ? small_number_of(number) : std::nullopt;
    if (whole) to = *whole;
    return whole.has_value();
}

/// A stamp in any form of contract section 11.
inline bool assign(const boost::json::value& from, timestamp& to)
{
    std::optional<timestamp> stamp;
    double seconds = 0;
    if (const auto* text = from.if_string())
        stamp = parse_timestamp({text->data(), text->size()});
    else if (assign(from, seconds))
        stamp = timestamp_from_unix(seconds);
    if (stamp) to = *stamp;
    return stamp.has_value();
}

/// An id of any kind: text, and not the empty one.
template <class Id>
    requires requires(Id& id) { id.value = std::string(); }
bool assign(const boost::json::value& from, Id& to)
{
    return assign(from, to.value) && !to.value.empty();
}

template <class T>
bool assign(const boost::json::value& from, std::optional<T>& to)
{
    T value{};
    if (!assign(from, value)) return false;
    to = std::move(value);
    return true;
}

/** Reads the members of one JSON object.

    The first missing required member makes `error()` stick; later calls do nothing. An optional
    member of another type is left as it is, and the first of them is named in the diagnostics. The
    reader of an object within an object only notes its error: it costs that object alone.
*/
class json_reader {
public:
    json_reader(const boost::json::value& from, diagnostics& diag, std::string path = {})
        : object_(from.if_object()), diag_(diag), path_(std::move(path))
    {
        if (!object_) fail(path_, "not a JSON object");
    }

    json_reader(const boost::json::value& from, const json_reader& parent, std::string path)
        : object_(from.if_object()), diag_(parent.diag_), path_(std::move(path)), nested_(true)
    {
        if (!object_) fail(path_, "not a JSON object");
    }

    template <class T>
    void required(std::string_view key, T& out)
    {
        const auto* member = find(key);
        if (error_ || (member && assign(*member, out))) return;
        fail(path_of(key), "missing, or of another type");
    }

    template <class T>
    void optional(std::string_view key, T& out)
    {
        const auto* member = find(key);
        if (member && !assign(*member, out)) note(path_of(key));
    }

    /// An object within this one; `read_members` of its type reads it.
    template <class T>
    void object(std::string_view key, std::optional<T>& out)
    {
        const auto* member = find(key);
        if (!member) return;
        json_reader in(*member, *this, path_of(key));
        T value{};
        read_members(in, value);
        if (!in.error()) out = std::move(value);
    }

    /// An array of objects. Returns how many could not be read and are left out.
    template <class T>
    std::size_t objects(std::string_view key, std::vector<T>& out)
    {
        std::size_t unreadable = 0;
        for_each(key, [&](const boost::json::value& element, const std::string& place) {
            json_reader in(element, *this, place);
            T value{};
            read_members(in, value);
            if (in.error())
                ++unreadable;
            else
                out.push_back(std::move(value));
        });
        return unreadable;
    }

    /// A list in any of its four forms.
    void string_list(std::string_view key, std::vector<std::string>& out)
    {
        if (const auto* member = find(key)) out = read_string_list(*member);
    }

    template <class Id>
    void id_list(std::string_view key, std::vector<Id>& out)
    {
        for_each(key, [&](const boost::json::value& element, const std::string& place) {
            Id id;
            if (assign(element, id))
                out.push_back(std::move(id));
            else
                note(place);
        });
    }

    /// Calls `read(element, place)` for the elements of an optional array.
    template <class Read>
    void for_each(std::string_view key, Read read)
    {
        const auto* member = find(key);
        if (!member) return;
        const auto* array = member->if_array();
        if (!array) return note(path_of(key));
        for (std::size_t i = 0; i < array->size(); ++i)
            read((*array)[i], path_of(key) + "[" + std::to_string(i) + "]");
    }

    /// The member, if it is there and not null.
    const boost::json::value* find(std::string_view key) const
    {
        if (error_) return nullptr;
        const auto* member = object_->if_contains({key.data(), key.size()});
        return member && !member->is_null() ? member : nullptr;
    }

    std::string path_of(std::string_view key) const
    {
        std::string path = path_;
        if (!path.empty()) path += '.';
        return path.append(key);
    }

    /// Notes a member that was passed over.
    void note(const std::string& place, const char* why = "of another type, read as absent")
    {
        if (!diag_.place.empty()) return;
        diag_.place = place;
        diag_.client_text = why;
    }

    const error_code& error() const noexcept { return error_; }

private:
    void fail(std::string place, const char* why)
    {
        error_ = errc::malformed_response;
        if (nested_) return note(place, why);
        diag_.place = std::move(place);
        diag_.client_text = why;
    }

    const boost::json::object* object_;
    diagnostics& diag_;
    std::string path_;
    bool nested_ = false;
    error_code error_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
