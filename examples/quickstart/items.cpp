#include "items.hpp"

#include <scrapingpros/model/request_rules.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <system_error>

#include "arguments.hpp"

namespace quickstart {
namespace {

namespace fs = std::filesystem;
namespace sp = scrapingpros;

constexpr std::string_view digits = "0123456789abcdef";

/// The mock finds a page by the path of its URL, so the name of the host does not matter.
std::string url_of(std::string_view path)
{
    std::string url = "https://docs.example.org/";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        if (plain) {
            url += c;
            continue;
        }
        url += '%';
        url += digits[byte >> 4];
        url += digits[byte & 15];
    }
    return url;
}

void check_ids(const std::vector<item>& items)
{
    std::map<std::string_view, const item*> known;
    for (const item& each : items) {
        const auto [at, is_new] = known.emplace(each.custom_id, &each);
        if (is_new) continue;
        const bool same = at->second->url == each.url;
        throw bad_input(
            each.place + ": the same " + (same ? "URL and custom_id" : "custom_id") + " as in " +
            at->second->place
        );
    }
}

}  // namespace

std::string sha256(std::string_view bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available in this OpenSSL");
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += digits[digest.at(i) >> 4];
        text += digits[digest.at(i) & 15];
    }
    return text;
}

std::string read_file(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::error_code ec;
    if (!in || fs::is_directory(file, ec)) throw bad_input("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<item> read_list(const fs::path& file)
{
    std::istringstream lines(read_file(file));
    std::vector<item> items;
    std::string line;
    for (unsigned number = 1; std::getline(lines, line); ++number) {
        const std::string place = file.string() + ":" + std::to_string(number);
        std::istringstream words(line);
        item each{.place = place};
        std::string surplus;
        words >> each.url >> each.custom_id >> surplus;
        if (each.url.empty() || each.url.starts_with('#')) continue;
        if (!surplus.empty()) throw bad_input(place + ": more than a URL and a custom_id");
        if (each.custom_id.empty()) each.custom_id = "line-" + std::to_string(number);
        items.push_back(std::move(each));
    }
    if (items.empty()) throw bad_input(file.string() + " names no URL");
    return items;
}

std::vector<item> find_pages(const fs::path& folder)
{
    std::vector<item> items;
    std::error_code ec;
    for (fs::recursive_directory_iterator entry(folder, ec), end; !ec && entry != end;
         entry.increment(ec)) {
        if (!entry->is_regular_file() || entry->path().extension() != ".html") continue;
        const std::string path = entry->path().lexically_relative(folder).generic_string();
        items.push_back({url_of(path), path, path, sha256(read_file(entry->path()))});
    }
    if (ec) throw bad_input("cannot read the folder " + folder.string() + ": " + ec.message());
    if (items.empty()) throw bad_input("no page (.html) in the folder " + folder.string());
    std::sort(items.begin(), items.end(), [](const item& a, const item& b) {
        return a.custom_id < b.custom_id;
    });
    return items;
}

sp::collection_draft draft_of(const std::vector<item>& items)
{
    check_ids(items);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    sp::collection_draft draft;
    draft.name = "quickstart-" +
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    for (const item& each : items)
        draft.requests.push_back(sp::scrape_request{.url = each.url, .custom_id = each.custom_id});
    // The client would refuse the same items; here it can be said where they came from.
    for (const auto& problem : sp::validate(draft))
        if (problem.level == sp::problem_level::error)
            throw bad_input(
                (problem.item ? items.at(*problem.item).place + ": " : "") + problem.field + ": " +
                problem.message
            );
    return draft;
}

}  // namespace quickstart
