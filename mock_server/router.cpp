#include "router.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace urls = boost::urls;

struct pattern {
    std::string_view method;
    /// `{c}`, `{r}`, `{j}` and `{n}` stand for one step each.
    std::string_view path;
    operation what;
};

constexpr std::array<pattern, 23> patterns{{
    {"POST", "v1/async/collections", operation::create},
    {"GET", "v1/async/collections", operation::list_collections},
    {"GET", "v1/async/collections/{c}", operation::get_collection},
    {"PUT", "v1/async/collections/{c}", operation::update_collection},
    {"DELETE", "v1/async/collections/{c}", operation::delete_collection},
    {"POST", "v1/async/collections/{c}/run", operation::start_run},
    {"GET", "v1/async/collections/{c}/runs", operation::list_runs},
    {"GET", "v1/async/collections/{c}/runs/{r}", operation::get_run},
    {"POST", "v1/async/collections/{c}/runs/{r}/cancel", operation::cancel_run},
    {"DELETE", "v1/async/collections/{c}/runs/{r}", operation::cancel_run},
    {"GET", "v1/async/collections/{c}/runs/{r}/jobs", operation::list_jobs},
    {"GET", "v1/async/collections/{c}/runs/{r}/jobs/{j}/result", operation::get_result},
    {"GET", "v1/health", operation::health},
    {"GET", "v1/plans", operation::plans},
    {"GET", "v1/sync/billing", operation::billing},
    {"GET", "v1/sync/client-metrics", operation::billing},
    {"GET", "v1/sync/metrics", operation::billing},
    {"GET", "__mock/v1/ledger", operation::control},
    {"GET", "__mock/v1/journal", operation::control},
    {"GET", "__mock/v1/faults", operation::control},
    {"GET", "__mock/v1/switches", operation::control},
    {"POST", "__mock/v1/faults", operation::control},
    {"POST", "__mock/v1/reset", operation::control},
}};

/// Cancelling and the run list exist only on some servers (A53, contract 17).
bool exists(const pattern& each, const switches& contract)
{
    using enum choice::cancel_route;
    if (each.what == operation::list_runs) return !contract.predates(shipped::run_list);
    if (each.what != operation::cancel_run) return true;
    return contract.cancel_route == (each.method == "POST" ? post_cancel : delete_run);
}

bool matches(const pattern& each, const std::vector<std::string>& steps, route& into)
{
    const auto wanted = split(each.path, '/');
    if (wanted.size() != steps.size()) return false;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (wanted[i].front() != '{' && wanted[i] != steps[i]) return false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (wanted[i] == "{c}") into.collection = steps[i];
        if (wanted[i] == "{r}") into.run = steps[i];
        if (wanted[i] == "{j}") into.job = steps[i];
    }
    into.name = steps.back();
    return true;
}

void match_method(
    std::string_view method,
    const std::vector<std::string>& steps,
    const switches& contract,
    route& into
)
{
    for (const pattern& each : patterns) {
        if (!exists(each, contract) || !matches(each, steps, into)) continue;
        if (each.method == method) {
            into.what = each.what;
            into.other_methods.clear();
            return;
        }
        into.other_methods.emplace_back(each.method);
    }
}

std::optional<query> parse_query(const urls::url_view& url, const switches& contract)
{
    urls::encoding_opts form;
    form.space_as_plus = true;
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto& each : url.encoded_params()) {
        std::string name = each.key.decode(form);
        std::string value = each.value.decode(form);
        if (!is_utf8(name) || !is_utf8(value)) return std::nullopt;
        members.emplace_back(std::move(name), std::move(value));
    }
    return query{std::move(members), contract.query_lenience};
}

}  // namespace

std::optional<std::string> query::find(std::string_view name) const
{
    std::optional<std::string> found;
    for (const auto& [key, value] : members_) {
        if (key != name) continue;
        if (found && how_ == choice::query_lenience::loose)
            *found += "," + value;
        else
            found = value;
    }
    return found;
}

std::optional<std::string> query::find_stamp(std::string_view name) const
{
    auto found = find(name);
    if (found && how_ == choice::query_lenience::loose)
        std::replace(found->begin(), found->end(), ' ', '+');
    return found;
}

query query::without(std::string_view name) const
{
    query rest = *this;
    std::erase_if(rest.members_, [&](const auto& member) { return member.first == name; });
    return rest;
}

route find_route(std::string_view method, std::string_view target, const switches& contract)
{
    route made;
    const auto url = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
    if (!url) {
        made.malformed = true;
        return made;
    }
    std::vector<std::string> steps;
    for (const auto& each : url->encoded_segments())
        steps.push_back(each.decode());
    auto parameters = parse_query(*url, contract);
    if (!parameters ||
        std::any_of(steps.begin(), steps.end(), [](auto& s) { return !is_utf8(s); })) {
        made.malformed = true;
        return made;
    }
    made.parameters = *std::move(parameters);
    if (steps.size() > 1 && steps.back().empty()) {
        route bare;
        steps.pop_back();
        match_method(method, steps, contract, bare);
        if (bare.what != operation::unknown) {
            made.without_slash = std::string(target.substr(0, url->encoded_path().size() - 1));
            if (url->has_query()) *made.without_slash += target.substr(url->encoded_path().size());
        }
        return made;
    }
    if (!steps.empty()) match_method(method, steps, contract, made);
    return made;
}

}  // namespace scrapingpros_mock
