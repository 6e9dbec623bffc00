#ifndef SCRAPINGPROS_MOCK_OBJECT_READER_HPP
#define SCRAPINGPROS_MOCK_OBJECT_READER_HPP

// Private to the readers of faults.

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/faults.hpp"
#include "faults/near_word.hpp"
#include "text.hpp"

namespace scrapingpros_mock {

namespace json = boost::json;

/// What is shown of a hostile value.
inline std::string shown(std::string_view text)
{
    return "'" + std::string(text.substr(0, 64)) + "'";
}

/// One object of the input. Members that nobody asked for are errors: a misspelt member in a
/// test must not pass for a default.
class object_reader {
public:
    object_reader(const json::value& value, std::string path) : path_(std::move(path))
    {
        if (!value.is_object()) throw bad_fault{path_, "is no object"};
        object_ = &value.get_object();
    }

    const json::value* find(std::string_view name)
    {
        asked_.emplace_back(name);
        return object_->if_contains(json::string_view(name.data(), name.size()));
    }
    std::string path_of(std::string_view name) const { return path_ + "." + std::string(name); }

    std::string text(std::string_view name, std::string fallback)
    {
        const json::value* found = find(name);
        if (found == nullptr) return fallback;
        if (!found->is_string()) throw bad_fault{path_of(name), "is no string"};
        return std::string(std_view(found->get_string()));
    }

    bool truth(std::string_view name, bool fallback)
    {
        const json::value* found = find(name);
        if (found == nullptr) return fallback;
        if (!found->is_bool()) throw bad_fault{path_of(name), "is neither true nor false"};
        return found->get_bool();
    }

    std::uint64_t number(std::string_view name, std::uint64_t fallback)
    {
        const json::value* found = find(name);
        if (found == nullptr) return fallback;
        boost::system::error_code error;
        const auto value = found->to_number<std::uint64_t>(error);
        if (error) throw bad_fault{path_of(name), "is no whole number from 0 on"};
        return value;
    }

    std::vector<std::string> texts(std::string_view name)
    {
        const json::value* found = find(name);
        std::vector<std::string> out;
        if (found == nullptr || !found->is_array()) throw bad_fault{path_of(name), "is no array"};
        for (const json::value& each : found->get_array()) {
            if (!each.is_string()) throw bad_fault{path_of(name), "holds more than strings"};
            out.emplace_back(std_view(each.get_string()));
        }
        return out;
    }

    template <class Enum>
    Enum word(std::string_view name, std::map<std::string, Enum, std::less<>> words, Enum fallback)
    {
        if (object_->if_contains(json::string_view(name.data(), name.size())) == nullptr)
            return fallback;
        const std::string value = text(name, "");
        const auto found = words.find(value);
        if (found == words.end()) {
            std::vector<std::string_view> known;
            for (const auto& [word, meaning] : words)
                known.emplace_back(word);
            throw bad_fault{
                path_of(name), "is unknown: " + shown(value), near_word_hint(value, known)};
        }
        return found->second;
    }

    void finish() const
    {
        for (const auto& member : *object_) {
            const std::string_view name = std_view(member.key());
            if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
                throw bad_fault{path_of(name), "is unknown", near_word_hint(name, asked_)};
        }
    }

private:
    const json::object* object_ = nullptr;
    std::string path_;
    std::vector<std::string> asked_;
};

/// The `effect` of a fault in the older form: `{"kind":"cut","at":10}`.
fault_effect read_effect_object(object_reader& fault_object);

}  // namespace scrapingpros_mock

#endif
