#ifndef SCRAPINGPROS_MOCK_CONTENT_HPP
#define SCRAPINGPROS_MOCK_CONTENT_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// A page of about that many bytes that says which draw it comes from; the same for the same
/// arguments, everywhere.
std::string generate_page(std::uint64_t draw, std::size_t bytes, bool markdown);
/// The same in valid UTF-8 that is hard on parsers and terminals.
std::string generate_hostile_page(std::uint64_t draw, std::size_t bytes, bool markdown);

/// The saved page for a URL: the URL's path under the scenario's folder, `index.html` for a path
/// that names a folder. Nothing if it is missing, too large, or would lead out of the folder.
std::optional<std::filesystem::path> find_page(const scenario&, std::string_view url);
inline bool has_page(const scenario& from, std::string_view url)
{
    return find_page(from, url).has_value();
}
std::optional<std::string> read_page(const std::filesystem::path&, std::size_t max_bytes);

/// By the file's extension.
std::string_view content_type_of(const std::filesystem::path&);

}  // namespace scrapingpros_mock

#endif
