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

constexpr std::size_t steps_in(std::string_view path)
{
    return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

struct pattern {
    std::string_view method;
    /// `{c}`, `{r}`, `{j}` and `{n}` stand for one step each.
    std::string_view path;
    operation what;
    std::size_t steps = steps_in(path);
};

constexpr std::array<pattern, 17> patterns{{
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
}};

/// Cancelling and the run list exist only on some servers (A53, contract 17).
bool exists(const pattern& each, const switches& contract)
{
    using enum choice::cancel_route;
    if (each.what == operation::list_runs) return !contract.predates(shipped::run_list);
    if (each.what != operation::cancel_run) return true;
    return contract.cancel_route == (each.method == "POST" ? post_cancel : delete_run);
}

/// Calls `use` with each step of the pattern and of the path beside it, until it says no.
template <class Use>
bool each_step(const pattern& each, const std::vector<std::string_view>& steps, Use use)
{
    std::string_view rest = each.path;
    for (const std::string_view step : steps) {
        const std::string_view wanted = rest.substr(0, rest.find('/'));
        if (!use(wanted, step)) return false;
        rest.remove_prefix(std::min(rest.size(), wanted.size() + 1));
    }
    return true;
}

bool matches(const pattern& each, const std::vector<std::string_view>& steps, route& into)
{
    if (each.steps != steps.size()) return false;
    const bool same = each_step(each, steps, [](std::string_view wanted, std::string_view step) {
        return wanted.front() == '{' || wanted == step;
    });
    if (!same) return false;
    each_step(each, steps, [&](std::string_view wanted, std::string_view step) {
        if (wanted == "{c}") into.collection = step;
        if (wanted == "{r}") into.run = step;
        if (wanted == "{j}") into.job = step;
        return true;
    });
    into.name = steps.back();
    return true;
}

void match_method(
    std::string_view method,
    const std::vector<std::string_view>& steps,
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

bool is_letter_or_digit(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Most paths need no decoding: their steps are what stands between the slashes. Nothing for all
/// others, those with an empty step among them.
std::optional<std::vector<std::string_view>> plain_steps(std::string_view path)
{
    if (path.size() < 2 || path.front() != '/') return std::nullopt;
    std::vector<std::string_view> steps;
    steps.reserve(12);
    path.remove_prefix(1);
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= path.size(); ++i) {
        const char c = i < path.size() ? path[i] : '/';
        if (c == '/') {
            if (i == begin) return std::nullopt;
            steps.push_back(path.substr(begin, i - begin));
            begin = i + 1;
        } else if (!is_letter_or_digit(c) && c != '-' && c != '_') {
            return std::nullopt;
        }
    }
    return steps;
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
    if (const auto plain = plain_steps(target)) {
        match_method(method, *plain, contract, made);
        return made;
    }
    const auto url = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
    if (!url) {
        made.malformed = true;
        return made;
    }
    std::vector<std::string> decoded;
    for (const auto& each : url->encoded_segments())
        decoded.push_back(each.decode());
    auto parameters = parse_query(*url, contract);
    if (!parameters ||
        std::any_of(decoded.begin(), decoded.end(), [](auto& s) { return !is_utf8(s); })) {
        made.malformed = true;
        return made;
    }
    made.parameters = *std::move(parameters);
    std::vector<std::string_view> steps(decoded.begin(), decoded.end());
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
