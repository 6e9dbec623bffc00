#include "limits/retention_options.hpp"

#include <boost/json/array.hpp>

#include "json_out.hpp"
#include "limits/option_reader.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr number_range permille{0, 1000};

void check_life(const std::string& path, const std::optional<duration>& life)
{
    if (life) check_range(path, *life, std::chrono::milliseconds{1}, longest_option);
}

void check(const lives& what, const std::string& path)
{
    check_life(path + ".content_ms", what.content);
    check_life(path + ".metadata_ms", what.metadata);
}

lives read_lives(option_reader& in)
{
    lives made;
    made.content = in.milliseconds("content_ms");
    made.metadata = in.milliseconds("metadata_ms");
    return made;
}

void read_accounts(option_reader& in, retention_options& into)
{
    const json::value* found = in.find("accounts");
    if (found == nullptr) return;
    const std::string path = in.path_of("accounts");
    if (!found->is_object()) throw bad_option{path, "must be an object"};
    for (const auto& member : found->get_object()) {
        std::string name(member.key().data(), member.key().size());
        option_reader each{member.value(), path + "." + name};
        into.accounts[std::move(name)] = read_lives(each);
        each.finish();
    }
}

job_life read_job(const json::value& value, const std::string& path)
{
    option_reader in{value, path};
    const auto url = in.text("url");
    if (!url || url->empty()) throw bad_option{in.path_of("url"), "is missing"};
    job_life made{*url, in.text("custom_id"), {}};
    const auto life = in.milliseconds("content_ms");
    if (!life) throw bad_option{in.path_of("content_ms"), "is missing"};
    made.content = *life;
    in.finish();
    return made;
}

void write_lives(json_writer& out, const lives& what)
{
    const auto write = [&](const char* name, const std::optional<duration>& life) {
        if (life)
            out.member(name, std::chrono::duration_cast<std::chrono::milliseconds>(*life).count());
    };
    write("content_ms", what.content);
    write("metadata_ms", what.metadata);
}

}  // namespace

void check(const retention_options& what, const std::string& path)
{
    check(what.of_all, path);
    for (const auto& [name, each] : what.accounts)
        check(each, path + ".accounts." + name);
    for (std::size_t i = 0; i < what.jobs.size(); ++i) {
        const std::string place = path + ".jobs[" + std::to_string(i) + "]";
        if (what.jobs[i].url.empty()) throw bad_option{place + ".url", "is missing"};
        check_life(place + ".content_ms", what.jobs[i].content);
    }
    check_range(path + ".unclassified", what.unclassified, permille);
}

retention_options read_retention(std::string_view text, const std::string& path)
{
    const json::value parsed = parse_options(text, path);
    option_reader in{parsed, path};
    retention_options made;
    made.of_all = read_lives(in);
    read_accounts(in, made);
    for (const json::value& each : in.array("jobs"))
        made.jobs.push_back(
            read_job(each, in.path_of("jobs") + "[" + std::to_string(made.jobs.size()) + "]")
        );
    if (const auto parts = in.number("unclassified", permille))
        made.unclassified = static_cast<unsigned>(*parts);
    in.finish();
    check(made, path);
    return made;
}

std::string to_json(const retention_options& what)
{
    json_writer out;
    out.begin_object();
    write_lives(out, what.of_all);
    out.key("accounts").begin_object();
    for (const auto& [name, each] : what.accounts) {
        out.key(name).begin_object();
        write_lives(out, each);
        out.end_object();
    }
    out.end_object().key("jobs").begin_array();
    for (const job_life& each : what.jobs) {
        out.begin_object().member("url", each.url);
        if (each.custom_id) out.member("custom_id", each.custom_id);
        write_lives(out, {each.content, {}});
        out.end_object();
    }
    return out.end_array().member("unclassified", what.unclassified).end_object().take();
}

}  // namespace scrapingpros_mock
