#ifndef SCRAPINGPROS_CLI_INPUT_HPP
#define SCRAPINGPROS_CLI_INPUT_HPP

#include <scrapingpros/model/collection.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace cli {

enum class input_form {
    /// By the file's name: `.csv`, `.jsonl` and `.ndjson`; all else is text.
    by_name,
    text,
    csv,
    jsonl,
};

/// The pages to scrape, checked.
struct batch_input {
    std::vector<scrapingpros::request_item> items{};
    /// Of the line where each item stands.
    std::vector<std::uint32_t> lines{};
    /// For messages: the file's name, or `stdin`.
    std::string name{};
    /// SHA-256 of what is to be sent: the same input always has the same.
    std::string digest{};
    /// Items whose (url, custom_id) has occurred before; the service keeps the first.
    std::uint64_t duplicates = 0;
    /// Items that want a browser.
    std::uint64_t with_browser = 0;

    std::string place_of(std::size_t item) const
    {
        return name + ":" + std::to_string(lines.at(item));
    }
};

/** Reads and checks an input; `-` is the standard input.

    Text: a URL a line, with a `custom_id` behind it if you like; empty lines and lines that begin with
    `#` are passed over. CSV: the first line names the columns; without a column `url` there, the first
    column is the URL and the second one the `custom_id`. JSONL: a request object a line.

    Throws `bad_input`, with file and line, for the first thing that is wrong.
*/
batch_input read_input(const std::string& path, input_form form);

/// The same for an open text, by any name; `most_items` is a guess.
batch_input read_input(
    std::istream& in, const std::string& name, input_form form, std::size_t most_items
);

/// After items were left out: digest and counts of those that remain.
void recount(batch_input& in);

}  // namespace cli

#endif
