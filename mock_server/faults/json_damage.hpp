#ifndef SCRAPINGPROS_MOCK_JSON_DAMAGE_HPP
#define SCRAPINGPROS_MOCK_JSON_DAMAGE_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros_mock {

/// One thing that is wrong with a JSON body. The length in the head tells the truth about it.
struct json_damage {
    enum class kind {
        cut,             ///< only the first half is there
        tail,            ///< something follows the document
        dup_key,         ///< the first member comes twice, with another value
        nan,             ///< a member that is NaN
        deep,            ///< a member that is `number` arrays deep
        bad_utf8,        ///< a member with a byte that is no UTF-8
        lone_surrogate,  ///< a member with half a surrogate pair
        bom,             ///< a byte order mark in front
        extra,           ///< members that nobody knows, in the document and in its rows
        null,            ///< the value at `path` is null
        drop,            ///< the member at `path` is missing
        type,            ///< the value at `path` is of another type
        bigint,          ///< the value at `path` is a whole number of 40 digits
        less,            ///< the whole number at `path` is one less
        text,            ///< the value at `path` is `word`
    };
    kind what = kind::cut;
    /// `total_jobs`, `items[0].status`, `items[*].url`, `items[last]`.
    std::string path{};
    std::size_t number = 0;
    std::string word{};
};

/// A member of listing rows that is not of its documented type (contract 7.4).
struct row_drift {
    enum class form { text, csv, null, floating };

    std::string member;
    form as = form::text;
    std::optional<std::size_t> row{};  ///< none: all rows
};

/// False if the text is no path of that form.
bool is_json_path(std::string_view text);

/// These change the body, or return false if there is nothing in it to damage. Where a value at a
/// path is concerned, the document is written anew: same members, same order, no white space.
bool apply(const json_damage&, std::string& body);
bool apply(const row_drift&, std::string& body);

}  // namespace scrapingpros_mock

#endif
