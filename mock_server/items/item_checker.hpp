#ifndef SCRAPINGPROS_MOCK_ITEM_CHECKER_HPP
#define SCRAPINGPROS_MOCK_ITEM_CHECKER_HPP

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "items/items.hpp"
#include "text.hpp"

namespace scrapingpros_mock {

inline boost::json::string_view json_view(std::string_view text)
{
    return {text.data(), text.size()};
}

using word_list = std::initializer_list<std::string_view>;

/// Asks one object for its members and notes what is wrong, as the service's validator would.
class checker {
public:
    checker(const boost::json::object& object, std::string prefix, std::vector<item_error>& errors)
        : object_(object), prefix_(std::move(prefix)), errors_(errors)
    {
    }

    /// Null counts as absent: every optional member of an item may be null.
    const boost::json::value* find(std::string_view name) const
    {
        const boost::json::value* found = object_.if_contains(json_view(name));
        return found == nullptr || found->is_null() ? nullptr : found;
    }

    void fail(std::string_view name, std::string type, std::string message)
    {
        errors_.push_back({prefix_ + std::string(name), std::move(type), std::move(message)});
    }

    const boost::json::value* required(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found == nullptr) fail(name, "missing", "Field required");
        return found;
    }

    std::optional<std::string_view> text(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found == nullptr) return std::nullopt;
        if (found->is_string()) return std_view(found->get_string());
        fail(name, "string_type", "Input should be a valid string");
        return std::nullopt;
    }

    void required_text(std::string_view name)
    {
        if (required(name) != nullptr) text(name);
    }

    bool truth(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found == nullptr) return false;
        if (found->is_bool()) return found->get_bool();
        fail(name, "bool_type", "Input should be a valid boolean");
        return false;
    }

    /// One of the words, case as given.
    std::optional<std::string_view> word(std::string_view name, word_list allowed)
    {
        const auto value = text(name);
        if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end())
            return value;
        std::string list;
        for (const std::string_view each : allowed)
            list += (list.empty() ? "'" : ", '") + std::string(each) + "'";
        fail(name, "literal_error", "Input should be one of " + list);
        return std::nullopt;
    }

    void whole_number(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found != nullptr && !found->is_int64() && !found->is_uint64())
            fail(name, "int_type", "Input should be a valid integer");
    }

    const boost::json::object* object(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found == nullptr) return nullptr;
        if (found->is_object()) return &found->get_object();
        fail(name, "dict_type", "Input should be a valid dictionary");
        return nullptr;
    }

    const boost::json::array* array(std::string_view name)
    {
        const boost::json::value* found = find(name);
        if (found == nullptr) return nullptr;
        if (found->is_array()) return &found->get_array();
        fail(name, "list_type", "Input should be a valid list");
        return nullptr;
    }

    void texts(std::string_view name, word_list allowed = {})
    {
        const boost::json::array* found = array(name);
        if (found == nullptr) return;
        for (std::size_t i = 0; i < found->size(); ++i) {
            const std::string where = std::string(name) + "." + std::to_string(i);
            if (!(*found)[i].is_string())
                fail(where, "string_type", "Input should be a valid string");
            else if (allowed.size() > 0 &&
                     std::find(allowed.begin(), allowed.end(), std_view((*found)[i].get_string())) ==
                         allowed.end())
                fail(where, "literal_error", "Input is no known resource type");
        }
    }

    const boost::json::object& members() const { return object_; }
    const std::string& prefix() const { return prefix_; }
    std::vector<item_error>& errors() { return errors_; }

private:
    const boost::json::object& object_;
    std::string prefix_;
    std::vector<item_error>& errors_;
};

}  // namespace scrapingpros_mock

#endif
