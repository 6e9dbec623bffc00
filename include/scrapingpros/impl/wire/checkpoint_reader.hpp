#ifndef SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_READER_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/wire/checkpoint_members.hpp>
#include <scrapingpros/model/job_id_set.hpp>
#include <scrapingpros/time.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/** Reads what the writer wrote. Unlike the readers of replies it takes nothing for absent: a member
    of another type is damage, since nobody but this library writes them. Returns false then.
*/
class checkpoint_reader {
public:
    using value = boost::json::value;

    /// Where reading ended, `created.blocked_urls[3].url`.
    const std::string& place() const noexcept { return place_; }

    bool read(const value& from, std::string& to)
    {
        const auto* text = from.if_string();
        if (text) to.assign(text->data(), text->size());
        return text != nullptr;
    }

    bool read(const value& from, bool& to)
    {
        const auto* flag = from.if_bool();
        if (flag) to = *flag;
        return flag != nullptr;
    }

    bool read(const value& from, std::uint64_t& to)
    {
        const auto* small_count = from.if_int64();
        const auto* large_count = from.if_uint64();
        if (small_count && *small_count >= 0) to = static_cast<std::uint64_t>(*small_count);
        if (large_count) to = *large_count;
        return large_count || (small_count && *small_count >= 0);
    }

    bool read(const value& from, timestamp& to)
    {
        const auto* micros = from.if_int64();
        if (micros) to = timestamp(std::chrono::microseconds(*micros));
        return micros != nullptr;
    }

    bool read(const value& from, error_code& to)
    {
        const auto* object = from.if_object();
        const auto* category = object ? object->if_contains("category") : nullptr;
        const auto* number = object ? object->if_contains("value") : nullptr;
        std::string name;
        if (!category || !read(*category, name)) return false;
        constexpr std::int64_t limit = (std::numeric_limits<int>::max)();
        const auto* wide = number ? number->if_int64() : nullptr;
        if (!wide || *wide > limit || *wide < -limit - 1) return false;
        const int code = static_cast<int>(*wide);
        if (name == errc_category_instance.name())
            to = {code, errc_category_instance};
        else if (name == boost::system::system_category().name())
            to = {code, boost::system::system_category()};
        else if (name == boost::system::generic_category().name())
            to = {code, boost::system::generic_category()};
        else
            to = {};
        return true;
    }

    template <class E>
        requires std::is_enum_v<E>
    bool read(const value& from, E& to)
    {
        std::string name;
        if (!read(from, name)) return false;
        for (int i = 0; !name_of(static_cast<E>(i)).empty(); ++i)
            if (name == name_of(static_cast<E>(i))) {
                to = static_cast<E>(i);
                return true;
            }
        return false;
    }

    template <class Id>
        requires requires(Id& id) { id.value = std::string(); }
    bool read(const value& from, Id& to)
    {
        return read(from, to.value);
    }

    template <class T>
    bool read(const value& from, std::optional<T>& to)
    {
        return read(from, to.emplace());
    }

    template <class T>
    bool read(const value& from, std::vector<T>& to)
    {
        if (const auto* list = from.if_array()) to.reserve(list->size());
        return each(from, [&](const value& element) { return read(element, to.emplace_back()); });
    }

    bool read(const value& from, request_list& to)
    {
        std::vector<request_item> items;
        if (!read(from, items)) return false;
        to = std::move(items);
        return true;
    }

    bool read(const value& from, job_id_set& to)
    {
        return each(from, [&](const value& element) {
            job_id id;
            if (!read(element, id)) return false;
            to.insert(id);
            return true;
        });
    }

    bool read(const value& from, request_item& to)
    {
        return read(from, to.emplace<raw_item>().json);
    }

    template <has_kept_members T>
    bool read(const value& from, T& to)
    {
        const auto* object = from.if_object();
        const auto read_one = [&](const auto& m) {
            const auto* found = object->if_contains({m.name.data(), m.name.size()});
            if (found ? read(*found, to.*m.place) : !m.required) return true;
            const bool inner_is_member = !place_.empty() && place_.front() != '[';
            place_ = std::string(m.name) + (inner_is_member ? "." : "") + place_;
            return false;
        };
        return object &&
               std::apply(
                   [&](const auto&... m) { return (read_one(m) && ...); }, members_of<T>::list
               );
    }

private:
    template <class Read>
    bool each(const value& from, Read read_element)
    {
        const auto* list = from.if_array();
        if (!list) return false;
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (read_element((*list)[i])) continue;
            const bool inner_is_member = !place_.empty() && place_.front() != '[';
            place_ = "[" + std::to_string(i) + "]" + (inner_is_member ? "." : "") + place_;
            return false;
        }
        return true;
    }

    std::string place_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
