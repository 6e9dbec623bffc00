#ifndef QUICKSTART_ITEMS_HPP
#define QUICKSTART_ITEMS_HPP

#include <scrapingpros/model/collection.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace quickstart {

/// One page to scrape.
struct item {
    std::string url{};
    /// Tells the results apart, so no two items have the same.
    std::string custom_id{};
    /// For messages: where the item came from.
    std::string place{};
    /// Hexadecimal digest of the page on disk; empty if there is none to compare with.
    std::string sha256{};
};

/// Lines `URL` or `URL custom_id`; empty ones and those that begin with # are passed over. An item
/// without a custom_id is called by the number of its line. Throws `bad_input`.
std::vector<item> read_list(const std::filesystem::path& file);

/// Every .html page below a folder, with its digest. Throws `bad_input`.
std::vector<item> find_pages(const std::filesystem::path& folder);

/// What is submitted. Throws `bad_input` if an item breaks a rule of the service.
scrapingpros::collection_draft draft_of(const std::vector<item>& items);

/// In hexadecimal digits.
std::string sha256(std::string_view bytes);

std::string read_file(const std::filesystem::path& file);

}  // namespace quickstart

#endif
