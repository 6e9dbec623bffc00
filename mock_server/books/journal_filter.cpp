#include "books/journal_filter.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include "books/journal.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::array<std::string_view, 4> endings{"complete", "planned", "client_left", "open"};

std::string digits(std::uint64_t value)
{
    return std::to_string(value);
}

std::string word(bool value)
{
    return value ? "true" : "false";
}

std::string ending_of(const journal_entry& entry)
{
    return entry.end ? name_of(entry.end->how) : "open";
}

class differ {
public:
    template <class Text>
    void compare(const char* name, const std::optional<Text>& wanted, const std::string& is)
    {
        if (wanted && *wanted != is) add(name, is, std::string(*wanted));
    }
    void add(std::string_view name, std::string_view is, std::string_view wanted)
    {
        found.push_back(
            std::string(name) + " is " + std::string(is) + ", not " + std::string(wanted)
        );
    }

    std::vector<std::string> found;
};

template <class Value, class Text>
std::optional<std::string> as_text(const std::optional<Value>& value, Text text)
{
    return value ? std::optional{std::string(text(*value))} : std::nullopt;
}

bool has_status(const std::string& wanted, unsigned status)
{
    const std::string is = digits(status);
    return wanted.ends_with("xx") ? is.front() == wanted.front() : is == wanted;
}

void compare_query(differ& into, const journal_filter& what, const journal_entry& entry)
{
    if (what.query.empty()) return;
    const auto members = entry.query();
    for (const auto& [name, wanted] : what.query) {
        const auto found = std::find_if(members.begin(), members.end(), [&](const auto& each) {
            return each.first == name;
        });
        const std::string is = found == members.end() ? "absent" : "'" + found->second + "'";
        const std::string should = wanted ? "'" + *wanted + "'" : "absent";
        if (is != should) into.add("query." + name, is, should);
    }
}

std::string read_status(const value_in& in)
{
    if (in.is_number()) return digits(static_cast<std::uint64_t>(in.integer(100, 599)));
    const std::string text = in.text();
    const bool is_class =
        text.size() == 3 && text.front() >= '1' && text.front() <= '5' && text.ends_with("xx");
    if (!is_class) in.fail("is no status", R"(a number, or a class like "5xx")");
    return text;
}

operation read_operation(const value_in& in)
{
    if (const auto found = operation_named(in.text())) return *found;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < operation_count; ++i)
        names.push_back(dotted_name_of(static_cast<operation>(i)));
    in.fail("is no operation", suggest(in.text(), names));
}

request_class read_class(const value_in& in)
{
    if (const auto found = request_class_named(in.text())) return *found;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < request_class_count; ++i)
        names.push_back(name_of(static_cast<request_class>(i)));
    in.fail("is no class of requests", suggest(in.text(), names));
}

}  // namespace

journal_filter read_journal_filter(const value_in& value)
{
    object_in in{value};
    journal_filter made;
    if (const auto op = in.find("op")) made.op = read_operation(*op);
    if (made.op == operation::any) made.op.reset();
    if (const auto kind = in.find("class")) made.kind = read_class(*kind);
    if (const auto method = in.find("method")) made.method = method->text();
    if (const auto path = in.find("path")) made.path = path->text();
    if (const auto query = in.find("query")) {
        if (!query->is_object()) query->fail("is no object");
        for (const auto& member : query->raw().get_object()) {
            const std::string name(member.key().data(), member.key().size());
            const value_in wanted{member.value(), query->path() + "." + name};
            made.query[name] = wanted.is_null() ? std::nullopt : std::optional{wanted.text()};
        }
    }
    if (const auto account = in.find("account")) made.account = account->text();
    if (const auto connection = in.find("connection"))
        made.connection = connection->unsigned_number();
    if (const auto attempt = in.find("attempt"))
        made.attempt = static_cast<std::uint64_t>(attempt->integer(1));
    if (const auto status = in.find("status")) made.status = read_status(*status);
    if (const auto ended = in.find("ended"))
        made.ended = std::string(endings[ended->word(endings)]);
    if (const auto effect = in.find("effect")) made.effect = effect->truth();
    if (const auto faulted = in.find("faulted")) made.faulted = faulted->truth();
    in.finish();
    return made;
}

std::vector<std::string> differences(const journal_filter& what, const journal_entry& entry)
{
    differ into;
    // Asked for each entry: no texts are made for what agrees.
    if (what.op && *what.op != entry.what)
        into.add("op", dotted_name_of(entry.what), dotted_name_of(*what.op));
    if (what.kind && *what.kind != entry.kind)
        into.add("class", name_of(entry.kind), name_of(*what.kind));
    if (what.method && *what.method != entry.method())
        into.add("method", entry.method(), *what.method);
    if (what.path && *what.path != entry.path()) into.add("path", entry.path(), *what.path);
    compare_query(into, what, entry);
    into.compare("account", what.account, entry.account);
    into.compare("connection", as_text(what.connection, digits), digits(entry.connection));
    into.compare("attempt", as_text(what.attempt, digits), digits(entry.attempt));
    if (what.status && !has_status(*what.status, entry.status))
        into.add("status", digits(entry.status), *what.status);
    if (what.ended) into.compare("ended", what.ended, ending_of(entry));
    into.compare("effect", as_text(what.effect, word), word(entry.effect));
    into.compare("faulted", as_text(what.faulted, word), word(!entry.faults.empty()));
    return std::move(into.found);
}

}  // namespace scrapingpros_mock
