#include "input.hpp"

#include <scrapingpros/model/request_rules.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <utility>
#include <variant>

#include "csv.hpp"
#include "exit_code.hpp"
#include "line_reader.hpp"
#include "request_json.hpp"
#include "sha256.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

void add(batch_input& to, sp::scrape_request item, std::uint32_t line)
{
    to.items.emplace_back(std::move(item));
    to.lines.push_back(line);
}

void read_text(line_reader& lines, batch_input& to)
{
    for (std::string line; lines.next(line);) {
        std::istringstream words(line);
        sp::scrape_request item;
        std::string id, surplus;
        words >> item.url >> id >> surplus;
        if (item.url.empty() || item.url.starts_with('#')) continue;
        if (!surplus.empty())
            throw bad_input(lines.place() + ": more than a URL and a custom_id on one line");
        if (!id.empty()) item.custom_id = std::move(id);
        add(to, std::move(item), lines.number());
    }
}

void read_jsonl(line_reader& lines, batch_input& to)
{
    for (std::string line; lines.next(line);)
        if (line.find_first_not_of(" \t") != line.npos)
            add(to, request_from_json(line, lines.place()), lines.number());
}

/// The columns that are not members of a request are named once, and left out.
void tell_unused(const csv_reader& records, const std::vector<std::string>& columns)
{
    for (const auto& column : columns) {
        sp::scrape_request unused;
        if (!set_from_text(unused, column, "", records.place()))
            std::cerr << records.place() << ": the column \"" << column << "\" is not used\n";
    }
}

void read_csv(line_reader& lines, batch_input& to)
{
    csv_reader records(lines);
    std::vector<std::string> columns, fields;
    if (!records.next(columns)) return;
    const bool named = std::find(columns.begin(), columns.end(), "url") != columns.end();
    if (named) tell_unused(records, columns);
    if (!named) fields = std::exchange(columns, {"url", "custom_id"});
    for (bool more = !named || records.next(fields); more; more = records.next(fields)) {
        if (named && fields.size() != columns.size())
            throw bad_input(
                records.place() + ": " + std::to_string(fields.size()) + " fields, and " +
                std::to_string(columns.size()) + " columns"
            );
        sp::scrape_request item;
        for (std::size_t i = 0; i < (std::min)(columns.size(), fields.size()); ++i)
            set_from_text(item, columns[i], fields[i], records.place());
        add(to, std::move(item), records.number());
    }
}

input_form form_of(const std::string& path)
{
    for (const char* ending : {".jsonl", ".ndjson"})
        if (path.ends_with(ending)) return input_form::jsonl;
    return path.ends_with(".csv") ? input_form::csv : input_form::text;
}

/// What the service, or the client, would refuse; here it can be said where it stands.
void check(const batch_input& in)
{
    if (in.items.empty()) throw bad_input(in.name + " names no URL");
    const sp::validation_options rules{.duplicates = sp::problem_level::off};
    for (std::size_t i = 0; i < in.items.size(); ++i)
        for (const auto& problem : sp::validate(std::get<sp::scrape_request>(in.items[i]), rules))
            if (problem.level == sp::problem_level::error)
                throw bad_input(in.place_of(i) + ": " + problem.field + ": " + problem.message);
}

}  // namespace

void recount(batch_input& in)
{
    sha256 digest;
    in.duplicates = in.with_browser = 0;
    // A digest each, since so many URLs would take several times as much.
    std::vector<std::string> seen;
    for (std::size_t i = 0; i < in.items.size(); ++i) {
        const auto& item = std::get<sp::scrape_request>(in.items[i]);
        sp::diagnostics why;
        const auto text = sp::encode_item(in.items[i], why);
        if (!text) throw bad_input(in.place_of(i) + ": " + describe(text.error(), why));
        digest.add(*text);
        digest.add("\n");
        in.with_browser += item.browser ? 1 : 0;
        const auto key = item.url + (item.custom_id ? '\n' + *item.custom_id : std::string());
        seen.push_back(sha256_of(key).substr(0, 15));
    }
    in.digest = digest.digits();
    std::sort(seen.begin(), seen.end());
    const auto different = std::unique(seen.begin(), seen.end()) - seen.begin();
    in.duplicates = seen.size() - static_cast<std::size_t>(different);
}

batch_input read_input(
    std::istream& in, const std::string& name, input_form form, std::size_t most_items
)
{
    batch_input out;
    // A list that grows is there twice for a moment, and an item takes some 700 bytes.
    out.items.reserve(most_items);
    out.name = name;
    line_reader lines(in, name);
    if (form == input_form::by_name) form = form_of(name);
    if (form == input_form::csv)
        read_csv(lines, out);
    else if (form == input_form::jsonl)
        read_jsonl(lines, out);
    else
        read_text(lines, out);
    if (in.bad()) throw bad_input("cannot read " + name);
    check(out);
    recount(out);
    return out;
}

batch_input read_input(const std::string& path, input_form form)
{
    if (path == "-") return read_input(std::cin, "stdin", form, 0);
    std::ifstream in(path, std::ios::binary);
    // A folder can be opened, and not read.
    if (!in || (in.peek() == std::char_traits<char>::eof() && in.bad()))
        throw bad_input("cannot read " + path);
    in.clear();
    std::size_t lines = 1;
    if (std::filesystem::is_regular_file(path)) {
        using bytes = std::istreambuf_iterator<char>;
        lines += static_cast<std::size_t>(std::count(bytes(in), bytes(), '\n'));
        in.seekg(0);
    }
    return read_input(in, path, form, (std::min)(lines, std::size_t(100'000)));
}

}  // namespace cli
