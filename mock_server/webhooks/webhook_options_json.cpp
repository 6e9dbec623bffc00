#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <utility>

#include "json_out.hpp"
#include "text.hpp"
#include "webhooks/webhook_options.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;
using milliseconds = std::chrono::milliseconds;

std::int64_t whole_number(const json::value& from, const std::string& path)
{
    boost::system::error_code bad;
    const auto number = from.to_number<std::int64_t>(bad);
    if (bad) throw bad_webhook_options{path, "expected a whole number"};
    return number;
}

/// Far beyond what `complaint` lets pass, and far from an overflow in microseconds.
duration milliseconds_in(const json::value& from, const std::string& path)
{
    static constexpr std::int64_t most = 1'000'000'000'000;
    const std::int64_t number = whole_number(from, path);
    if (number < -most || number > most)
        throw bad_webhook_options{path, "expected milliseconds, at most a year of them"};
    return milliseconds{number};
}

std::uint64_t count_in(const json::value& from, const std::string& path, std::int64_t most)
{
    const std::int64_t number = whole_number(from, path);
    if (number < 0 || number > most)
        throw bad_webhook_options{path, "expected a number from 0 to " + std::to_string(most)};
    return static_cast<std::uint64_t>(number);
}

std::string word_in(const json::value& from, const std::string& path)
{
    if (!from.is_string()) throw bad_webhook_options{path, "expected a string"};
    return std::string(std_view(from.get_string()));
}

/// Calls `use(value, path)` with each element.
template <class Use>
void each_in(const json::value& from, const std::string& path, Use use)
{
    static constexpr std::size_t most = 1'000;
    if (!from.is_array()) throw bad_webhook_options{path, "expected an array"};
    const json::array& list = from.get_array();
    if (list.size() > most) throw bad_webhook_options{path, "has more than 1000 elements"};
    for (std::size_t i = 0; i < list.size(); ++i)
        use(list[i], path + "[" + std::to_string(i) + "]");
}

template <class Read>
auto named(Read read, const json::value& from, const std::string& path)
{
    try {
        return read(word_in(from, path));
    } catch (const bad_webhook_word& bad) {
        throw bad_webhook_options{path, bad.what()};
    }
}

using reader = void (*)(webhook_options&, const json::value&, const std::string& path);

constexpr std::array<std::pair<std::string_view, reader>, 9> members{{
    {"delivery",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         into.delivery = named(webhook_delivery_named, from, path);
     }},
    {"schedule_ms",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         each_in(from, path, [&](const json::value& each, const std::string& where) {
             into.schedule.push_back(milliseconds_in(each, where));
         });
     }},
    {"damage",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         each_in(from, path, [&](const json::value& each, const std::string& where) {
             into.damage.push_back(named(webhook_damage_named, each, where));
         });
     }},
    {"damaged_attempts",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         if (from.is_null()) return;
         into.damaged_attempts = static_cast<unsigned>(count_in(from, path, 1'000'000));
     }},
    {"honour_410",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         if (!from.is_bool()) throw bad_webhook_options{path, "expected true or false"};
         into.honour_410 = from.get_bool();
     }},
    {"stale_by_ms",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         into.stale_by = milliseconds_in(from, path);
     }},
    {"skew_ms",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         into.skew = milliseconds_in(from, path);
     }},
    {"early_by_ms",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         into.early_by = milliseconds_in(from, path);
     }},
    {"huge_body_bytes",
     [](webhook_options& into, const json::value& from, const std::string& path) {
         into.huge_body_bytes = count_in(from, path, 256'000'000);
     }},
}};

std::string known_members()
{
    std::string text = "is unknown; there are";
    for (const auto& [name, read] : members)
        text.append(" ").append(name);
    return text;
}

std::int64_t count_of(duration what)
{
    return std::chrono::duration_cast<milliseconds>(what).count();
}

}  // namespace

bad_webhook_options::bad_webhook_options(std::string where, const std::string& why)
    : std::invalid_argument(where + ": " + why), path(std::move(where))
{
}

webhook_options parse_webhook_options(std::string_view text, const std::string& root)
{
    boost::system::error_code bad;
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()), bad);
    if (bad || !parsed.is_object()) throw bad_webhook_options{root, "expected a JSON object"};
    webhook_options made;
    for (const auto& member : parsed.get_object()) {
        const std::string name(std_view(member.key()));
        const std::string path = root + "." + name;
        const auto known = std::find_if(members.begin(), members.end(), [&](const auto& each) {
            return each.first == name;
        });
        if (known == members.end()) throw bad_webhook_options{path, known_members()};
        known->second(made, member.value(), path);
    }
    if (const auto complaint = made.complaint()) throw bad_webhook_options{root, *complaint};
    return made;
}

std::string to_json(const webhook_options& options)
{
    json_writer out;
    out.begin_object().member("delivery", name_of(options.delivery));
    out.key("schedule_ms").begin_array();
    for (const duration each : options.schedule)
        out.value(count_of(each));
    out.end_array().key("damage").begin_array();
    for (const webhook_damage each : options.damage)
        out.value(name_of(each));
    out.end_array().member("damaged_attempts", options.damaged_attempts);
    out.member("honour_410", options.honour_410).member("stale_by_ms", count_of(options.stale_by));
    out.member("skew_ms", count_of(options.skew));
    out.member("early_by_ms", count_of(options.early_by));
    return out.member("huge_body_bytes", options.huge_body_bytes).end_object().take();
}

}  // namespace scrapingpros_mock
