#include "rows/content.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>
#include <utility>

#include "items/ssrf.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace fs = std::filesystem;

/// The URL's path as a relative one, if none of its steps leads anywhere but down.
std::optional<fs::path> relative_path(std::string_view url_path)
{
    fs::path made;
    for (const std::string_view step : split(url_path, '/')) {
        if (step.empty() || step == ".") continue;
        if (step == ".." || step.find_first_of(std::string_view("\\\0", 2)) != step.npos)
            return std::nullopt;
        made /= step;
    }
    return made;
}

bool lies_under(const fs::path& inner, const fs::path& outer)
{
    const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
    return end == outer.end();
}

std::string page_of(
    const std::array<std::string_view, 8>& words,
    std::uint64_t draw,
    std::size_t bytes,
    bool markdown
)
{
    const std::string number = std::to_string(draw);
    std::string page = markdown ? "# Page " + number + "\n\n"
                                : "<!doctype html>\n<html><head><title>Page " + number +
                                      "</title></head><body><h1>Page " + number + "</h1><p>";
    const std::string_view tail = markdown ? "\n" : "</p></body></html>\n";
    page.reserve(bytes + 24);
    while (page.size() + tail.size() < bytes) {
        draw = draw * 6364136223846793005u + 1442695040888963407u;
        page += words[draw >> 61];
    }
    page += tail;
    return page;
}

}  // namespace

std::string generate_page(std::uint64_t draw, std::size_t bytes, bool markdown)
{
    static constexpr std::array<std::string_view, 8> words{
        "harbour ", "lantern ", "meadow ", "quarry ", "saddle ", "timber ", "velvet ", "willow "};
    return page_of(words, draw, bytes, markdown);
}

std::string generate_hostile_page(std::uint64_t draw, std::size_t bytes, bool markdown)
{
    using namespace std::string_view_literals;
    static constexpr std::array<std::string_view, 8> words{
        "\0\x01\x1F\x7F"sv,                    // controls
        "\"\\/\\u0041</script>"sv,             // what escapes and ends things
        "\xE2\x80\xA8\xE2\x80\xA9"sv,          // U+2028 and U+2029
        "\xF0\x9F\x98\x80\xF0\x9F\x91\xA9"sv,  // outside of the first plane
        "\xEF\xBB\xBF\xEF\xBF\xBE"sv,          // a byte order mark, a noncharacter
        "\xE2\x80\xAE\xD7\x90"sv,              // right to left
        "e\xCC\x81\xCC\x81\xCC\x81"sv,         // combining marks
        "\r\n\t \xF4\x8F\xBF\xBF"sv,           // white space, the last code point
    };
    return page_of(words, draw, bytes, markdown);
}

std::optional<fs::path> find_page(const scenario& from, std::string_view url)
{
    const auto parts = parts_of(has_scheme(url) ? std::string(url) : "https://" + std::string(url));
    const auto relative = parts ? relative_path(parts->path) : std::nullopt;
    if (!from.content || !relative) return std::nullopt;
    std::error_code error;
    const fs::path root = fs::canonical(*from.content, error);
    if (error) return std::nullopt;
    fs::path found = fs::canonical(root / *relative, error);
    // Pages are often saved with an extension that their addresses do not show.
    if (error && relative->has_filename())
        found = fs::canonical((root / *relative).concat(".html"), error);
    if (error) return std::nullopt;
    if (fs::is_directory(found, error)) found = fs::canonical(found / "index.html", error);
    if (error || !lies_under(found, root) || !fs::is_regular_file(found, error))
        return std::nullopt;
    const auto size = fs::file_size(found, error);
    if (error || size > from.max_page_bytes) return std::nullopt;
    return found;
}

std::optional<std::string> read_page(const fs::path& file, std::size_t max_bytes)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::string bytes;
    std::array<char, 65'536> piece{};
    while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
        bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (bytes.size() > max_bytes) return std::nullopt;
    }
    return bytes;
}

std::string_view content_type_of(const fs::path& file)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types{{
        {".html", "text/html; charset=utf-8"},
        {".htm", "text/html; charset=utf-8"},
        {".md", "text/markdown; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".json", "application/json"},
        {".xml", "application/xml"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".pdf", "application/pdf"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".zip", "application/zip"},
    }};
    const std::string extension = file.extension().string();
    for (const auto& [ending, type] : types)
        if (same_ignoring_case(extension, ending)) return type;
    return "application/octet-stream";
}

}  // namespace scrapingpros_mock
