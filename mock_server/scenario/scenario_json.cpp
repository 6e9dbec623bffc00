#include "scenario/scenario_json.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <set>
#include <utility>

#include "books/assertions.hpp"
#include "clock/clock_json.hpp"
#include "limits/limit_options.hpp"
#include "limits/option_reader.hpp"
#include "operation.hpp"
#include "scenario/scenario_members.hpp"
#include "text.hpp"
#include "webhooks/webhook_options.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::uintmax_t largest_file = 64u << 20;

std::string text_of(const json::value& value)
{
    return json::serialize(value);
}

/// Their texts begin with the place, which goes apart here.
bad_scenario without_place(const std::string& path, std::string_view text)
{
    if (text.starts_with(path)) text.remove_prefix(path.size());
    while (text.starts_with(':') || text.starts_with(' '))
        text.remove_prefix(1);
    return {path, std::string(text)};
}

/// Options that have a reader of their own, with their errors in the form of ours.
template <class Options>
Options options_at(const value_in& in, Options (*read)(std::string_view, const std::string&))
{
    try {
        return read(text_of(in.raw()), in.path());
    } catch (const bad_option& bad) {
        throw without_place(bad.path, bad.what());
    } catch (const bad_webhook_options& bad) {
        throw without_place(bad.path, bad.what());
    }
}

void read_switch(const value_in& in, std::string_view name, switches& into)
{
    std::string value;
    if (in.raw().is_int64())
        value = std::to_string(in.raw().get_int64());
    else if (in.is_string())
        value = in.text();
    else
        in.fail("is no value of a switch", "a string or a whole number");
    std::vector<std::string_view> names;
    for (const switch_entry& each : known_switches()) {
        names.push_back(each.name);
        if (each.name != name) continue;
        try {
            return into.set(name, value);
        } catch (const bad_switch&) {
            in.fail("is no value of this switch", suggest(value, each.values));
        }
    }
    in.fail("is no switch", suggest(name, names));
}

switches read_contract(const value_in& in)
{
    object_in object{in, members::contract};
    switches made;
    if (const auto found = object.find("profile")) {
        const std::size_t which = found->word(members::profile_words);
        if (which == 1) made = switches::y2026_04_06();
        if (which == 2) made = switches::adversarial();
    }
    if (const auto found = object.find("switches")) {
        object_in all{*found};
        for (const auto& member : found->raw().get_object()) {
            const std::string name{member.key().data(), member.key().size()};
            read_switch(*all.find(name), name, made);
        }
    }
    return made;
}

account_plan plan_named(std::size_t which)
{
    struct preset {
        std::optional<std::uint64_t> credits;
        std::size_t write_per_minute;
    };
    static constexpr std::array<preset, 7> presets{{
        {5'000, 30},
        {1'000, 30},
        {25'000, 30},
        {100'000, 60},
        {500'000, 120},
        {2'500'000, 200},
        {std::nullopt, 2'000},
    }};
    const preset& found = presets[which];
    return {std::string(members::plan_words[which]), found.credits, found.write_per_minute};
}

tenant_options read_tenant(const value_in& in, std::size_t number)
{
    object_in object{in, members::tenant};
    tenant_options made;
    const value_in key = object.need("key");
    made.key = key.text();
    // A key travels in a header.
    const bool sendable =
        std::all_of(made.key.begin(), made.key.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (made.key.empty() || !sendable) key.fail("is no API key", "printable ASCII, no blanks");
    made.account = "client_" + std::to_string(number);
    object.read("account", made.account);
    if (made.account.empty()) object.need("account").fail("is empty");
    if (const auto found = object.find("plan"))
        made.plan = members::plan_words[found->word(members::plan_words)];
    if (const auto found = object.find("limits")) {
        if (!found->is_object()) found->fail("is no object");
        made.limits_json = text_of(found->raw());
        made.limits = options_at(*found, read_limits);
    }
    return made;
}

void read_target_data(object_in& in, std::string_view name, std::string& into)
{
    if (const auto found = in.find(name)) into = text_of(found->raw());
}

target_page read_target(const value_in& in)
{
    object_in object{in, members::target};
    target_page made;
    made.url = object.need("url").text();
    if (const auto found = object.find("custom_id")) made.custom_id = found->text();
    if (const auto found = object.find("outcome"))
        made.ends = static_cast<outcome>(found->word(members::outcome_words));
    if (const auto found = object.find("exec")) made.execution = found->time();
    if (const auto found = object.find("body")) made.body = found->text();
    if (const auto found = object.find("body_base64")) {
        if (made.body) found->fail("stands beside 'body'", "one of the two");
        const std::string coded = found->text();
        made.body = coded.empty() ? std::string() : from_base64(coded);
        if (!made.body) found->fail("is no base64");
        made.binary = true;
    }
    object.read("content_type", made.content_type);
    object.read("body_url", made.body_url);
    static constexpr std::string_view missing[] = {"missing"};
    if (const auto found = object.find("inline")) made.inline_miss = found->word(missing) == 0;
    if (const auto found = object.find("lost_after")) made.lost_after = found->time();
    object.read("error", made.error);
    read_target_data(object, "extracted_data", made.extracted_data);
    read_target_data(object, "evaluate_results", made.evaluate_results);
    read_target_data(object, "network_requests", made.network_requests);
    return made;
}

void read_service(const value_in& in, scenario& into)
{
    object_in object{in, members::service};
    object.read("health", into.health);
    object.read("public_url", into.public_url);
    if (const auto found = object.find("approved_countries"))
        for (std::string& each : found->texts())
            into.approved_countries.insert(std::move(each));
    if (const auto found = object.find("unresolvable_hosts"))
        for (std::string& each : found->texts())
            into.unresolvable_hosts.insert(std::move(each));
    if (const auto found = object.find("old_collections")) into.old_collections = found->texts();
    object.read("create_duration", into.create_duration, std::chrono::hours{24});
    object.read("create_per_item", into.create_per_item, std::chrono::minutes{1});
    object.read("enforce_limits", into.enforce_limits);
    object.read("credits_used", into.credits_used, 0, std::int64_t{1} << 53);
}

/// Reads the parts one after the other; each error goes to `fail`, which may throw it on.
class scenario_reader {
public:
    using failure = std::function<void(const bad_scenario&)>;

    scenario_reader(const std::filesystem::path& base_folder, failure fail)
        : base_(base_folder), fail_(std::move(fail))
    {
    }

    scenario read(std::string_view text)
    {
        attempt([&] { whole_ = parse_json(text); });
        if (whole_.is_null()) return {};
        const value_in in{whole_};
        attempt([&] { object_in{in, members::scenario}; });
        if (!in.is_object()) return {};
        object_in object{in};
        read_plain(object);
        part(object, "clock", [&](const value_in& each) {
            object_in{each}.need("mode");
            made_.clock = read_clock(each);
        });
        part(object, "contract", [&](const value_in& each) {
            made_.contract = read_contract(each);
        });
        part(object, "tenants", [&](const value_in& each) { read_tenants(each); });
        part(object, "runs", [&](const value_in& each) { read_runs(each); });
        part(object, "targets", [&](const value_in& all) {
            for (const value_in& each : all.elements())
                attempt([&] { made_.targets.push_back(read_target(each)); });
        });
        part(object, "content", [&](const value_in& each) { read_content(each); });
        part(object, "service", [&](const value_in& each) { read_service(each, made_); });
        part(object, "faults", [&](const value_in& each) { read_faults(each); });
        part(object, "webhook", [&](const value_in& each) {
            made_.webhook_json = text_of(each.raw());
            made_.webhooks = options_at(each, parse_webhook_options);
        });
        part(object, "expect", [&](const value_in& each) {
            made_.expect = read_expectations(each);
            made_.expect_json = text_of(each.raw());
        });
        return std::move(made_);
    }

private:
    template <class Reading>
    void attempt(Reading&& reading)
    {
        try {
            reading();
        } catch (const bad_scenario& bad) {
            fail_(bad);
        }
    }

    template <class Reading>
    void part(object_in& in, std::string_view name, Reading&& reading)
    {
        attempt([&] {
            if (const auto found = in.find(name)) reading(*found);
        });
    }

    void read_plain(object_in& in)
    {
        attempt([&] {
            const value_in format = in.need("format");
            if (format.text() != members::format_name)
                format.fail("is unknown", "\"" + std::string(members::format_name) + "\"");
        });
        part(in, "name", [&](const value_in& each) { made_.name = each.text(); });
        part(in, "seed", [&](const value_in& each) { made_.seed = each.unsigned_number(); });
    }

    void read_tenants(const value_in& in)
    {
        made_.tokens.clear();
        std::set<std::string> keys;
        for (const value_in& each : in.elements())
            attempt([&] {
                tenant_options tenant = read_tenant(each, made_.tenants.size() + 1);
                if (!keys.insert(tenant.key).second) each.fail("has the key of another tenant");
                made_.tokens.emplace(tenant.key, tenant.account);
                made_.tenants.push_back(std::move(tenant));
            });
        if (in.elements().empty()) in.fail("is empty", "leave it out for the default tenant");
        for (std::size_t i = 0; i < members::plan_words.size(); ++i)
            if (!made_.tenants.empty() && made_.tenants.front().plan == members::plan_words[i])
                made_.plan = plan_named(i);
    }

    void read_runs(const value_in& in)
    {
        const auto elements = in.elements();
        for (std::size_t i = 0; i < elements.size(); ++i)
            attempt([&] {
                run_shape made = read_run_shape(elements[i], base_, made_.seed);
                const bool matches_all = elements[i].raw().get_object().count("match") == 0;
                if (!matches_all) {
                    made_.runs.push_back(std::move(made));
                    return;
                }
                if (i + 1 < elements.size())
                    elements[i].fail(
                        "hides the runs behind it", "only the last one may do without 'match'"
                    );
                made_.jobs = std::move(made);
            });
    }

    void read_content(const value_in& in)
    {
        object_in object{in, members::content};
        const value_in folder = object.need("folder");
        const std::filesystem::path relative{folder.text()};
        for (const auto& step : relative)
            if (relative.is_absolute() || step == "..")
                folder.fail("leads out of the scenario's folder", "a relative path");
        if (base_.empty()) folder.fail("names a folder", "this scenario comes without one");
        std::error_code error;
        if (!std::filesystem::is_directory(base_ / relative, error)) folder.fail("is no folder");
        made_.content = base_ / relative;
        made_.content_folder = relative.generic_string();
        if (const auto found = object.find("max_page_bytes"))
            made_.max_page_bytes = found->size(1u << 30);
    }

    void read_faults(const value_in& in)
    {
        if (!in.is_array()) in.fail("is no array");
        made_.faults_json = text_of(in.raw());
        try {
            made_.faults = parse_faults(made_.faults_json);
        } catch (const bad_fault& bad) {
            // Its path begins at the array: "$[0].effect.kind".
            const std::string_view what{bad.what()};
            const std::size_t place = bad.path.size();
            throw bad_scenario{
                in.path() + (bad.path.empty() ? "" : bad.path.substr(1)),
                std::string(what.size() > place ? what.substr(place + 1) : what)};
        }
    }

    const std::filesystem::path& base_;
    failure fail_;
    json::value whole_;
    scenario made_;
};

}  // namespace

scenario read_scenario(std::string_view text, const std::filesystem::path& base_folder)
{
    return scenario_reader{base_folder, [](const bad_scenario& bad) { throw bad; }}.read(text);
}

std::vector<bad_scenario> validate_scenario(
    std::string_view text, const std::filesystem::path& base_folder
)
{
    std::vector<bad_scenario> found;
    scenario_reader{base_folder, [&](const bad_scenario& bad) { found.push_back(bad); }}.read(text);
    return found;
}

scenario load_scenario(const std::filesystem::path& file)
{
    const std::string name = file.filename().string();
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error) throw bad_scenario{name, "cannot be read"};
    if (size > largest_file) throw bad_scenario{name, "is too large", "at most 64 MiB"};
    std::ifstream in{file, std::ios::binary};
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size)))
        throw bad_scenario{name, "cannot be read"};
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
    try {
        return read_scenario(text, folder);
    } catch (const bad_scenario& bad) {
        throw bad_scenario{name + ": " + bad.path, bad.message, bad.hint};
    }
}

}  // namespace scrapingpros_mock
