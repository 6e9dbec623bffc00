#include "earlier.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "exit_code.hpp"

namespace cli {
namespace {

namespace json = boost::json;
namespace sp = scrapingpros;

/// The service cuts longer ones in its listings (contract 7.4).
constexpr std::size_t longest_listed_url = 2048;

std::optional<std::string> text_of(const json::object& line, std::string_view name)
{
    const auto* value = line.if_contains(name);
    if (!value || !value->is_string()) return {};
    return std::string(value->get_string());
}

class done_items {
public:
    void add(const json::object& line)
    {
        const auto url = text_of(line, "url");
        const auto custom_id = text_of(line, "custom_id");
        if (url)
            known_.insert({*url, custom_id});
        else if (custom_id)
            by_custom_id_.insert(*custom_id);
    }

    bool has(const sp::scrape_request& item) const
    {
        if (item.custom_id && by_custom_id_.count(*item.custom_id)) return true;
        return known_.count({item.url.substr(0, longest_listed_url), item.custom_id}) > 0;
    }

private:
    std::set<std::pair<std::string, std::optional<std::string>>> known_{};
    std::set<std::string> by_custom_id_{};
};

done_items read_done(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw bad_input("cannot read " + file);
    done_items done;
    std::string line;
    for (unsigned number = 1; std::getline(in, line); ++number) {
        json::error_code ec;
        const auto value = json::parse(line, ec);
        if (ec && in.eof()) break;  // torn by a crash
        const auto* object = ec ? nullptr : value.if_object();
        const auto verdict = object ? text_of(*object, "verdict") : std::nullopt;
        if (!verdict)
            throw bad_input(file + ":" + std::to_string(number) + ": not a line of this program");
        const bool failed = *verdict == "not_usable";
        if (!failed || text_of(*object, "stop_reason")) done.add(*object);
    }
    return done;
}

}  // namespace

bool leave_only_failed(batch_input& in, const std::string& file)
{
    const auto done = read_done(file);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < in.items.size(); ++i) {
        if (done.has(std::get<sp::scrape_request>(in.items[i]))) continue;
        if (kept != i) in.items[kept] = std::move(in.items[i]);
        in.lines[kept++] = in.lines[i];
    }
    std::cerr << kept << " of " << in.items.size() << " pages to run again\n";
    in.items.resize(kept);
    in.lines.resize(kept);
    recount(in);
    return kept > 0;
}

}  // namespace cli
