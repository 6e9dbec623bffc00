#ifndef SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_WRITER_HPP
#define SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_WRITER_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/wire/checkpoint_members.hpp>
#include <scrapingpros/model/job_id_set.hpp>
#include <scrapingpros/time.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// Makes the JSON of a checkpoint and of its parts. The first item that cannot be written sticks.
class checkpoint_writer {
public:
    using value = boost::json::value;

    value of(std::string_view text) { return boost::json::string(text.data(), text.size()); }
    value of(bool flag) { return flag; }
    value of(std::uint64_t count) { return count; }
    value of(timestamp when) { return std::int64_t{when.time_since_epoch().count()}; }

    value of(const error_code& ec)
    {
        return {{"category", ec.category().name()}, {"value", ec.value()}};
    }

    template <class E>
        requires std::is_enum_v<E>
    value of(E e)
    {
        return of(name_of(e));
    }

    template <class Id>
        requires requires(const Id& id) { id.value.data(); }
    value of(const Id& id)
    {
        return of(std::string_view(id.value));
    }

    template <class T>
    value of(const std::optional<T>& some)
    {
        return some ? of(*some) : value();
    }

    template <class T>
    value of(const std::vector<T>& list)
    {
        boost::json::array out;
        out.reserve(list.size());
        for (const auto& element : list)
            out.push_back(of(element));
        return out;
    }

    value of(const request_list& list) { return of(list.items()); }

    value of(const job_id_set& ids)
    {
        boost::json::array out;
        out.reserve(ids.size());
        ids.for_each([&](const job_id& id) { out.push_back(of(id)); });
        return out;
    }

    value of(const request_item& item)
    {
        const std::size_t index = items_++;
        if (error_) return {};
        diagnostics why;
        const auto text = encode_item(item, why);
        if (text) return of(std::string_view(*text));
        error_ = text.error();
        diag_ = why;
        diag_.place = "draft.requests[" + std::to_string(index) + "]";
        if (!why.place.empty()) diag_.place += "." + why.place;
        return {};
    }

    template <has_kept_members T>
    value of(const T& whole)
    {
        const T defaults{};
        boost::json::object out;
        const auto write = [&](const auto& m) {
            const auto& part = whole.*m.place;
            if (m.required || part != defaults.*m.place)
                out[{m.name.data(), m.name.size()}] = of(part);
        };
        std::apply([&](const auto&... m) { (write(m), ...); }, members_of<T>::list);
        return out;
    }

    const error_code& error() const noexcept { return error_; }
    const diagnostics& details() const noexcept { return diag_; }

private:
    std::size_t items_ = 0;
    error_code error_{};
    diagnostics diag_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
