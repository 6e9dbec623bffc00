#include "server/trace.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <istream>
#include <map>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

#include "control/control.hpp"
#include "json_out.hpp"
#include "scenario/json_in.hpp"
#include "scenario/scenario_json.hpp"
#include "server/sim.hpp"
#include "server/tenant.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::string_view format_name = "scrapingpros-trace/1";
constexpr std::string_view tenants_path = "/__mock/v1/tenants";

struct traced {
    std::string tenant;
    time_point at{};
    request what;
    response_form form;
    std::uint64_t order = 0;
    std::string sha256;
};

/// Requests that make or remove tenants belong to nobody.
bool is_of_the_mock(const request& what)
{
    if (!what.target.starts_with(tenants_path)) return false;
    const auto rest = std::string_view(what.target).substr(tenants_path.size());
    return rest.find('/', 1) == rest.npos;
}

/// Whose request it is: the name behind /tenants/, or nothing for the first tenant's.
std::string tenant_of_control(const request& what)
{
    if (!what.target.starts_with(tenants_path) || is_of_the_mock(what)) return {};
    const auto rest = std::string_view(what.target).substr(tenants_path.size() + 1);
    return std::string(rest.substr(0, rest.find('/')));
}

traced read_line(const std::string& line, std::size_t number)
{
    const auto value = parse_json(line);
    object_in members{value_in{value, "line " + std::to_string(number)}};
    traced out;
    out.tenant = members.need("tenant").text();
    out.at = time_point{duration{members.need("at").integer()}};
    out.what.method = members.need("method").text();
    out.what.target = members.need("target").text();
    out.what.connection = members.need("connection").unsigned_number();
    for (const value_in& each : members.need("headers").elements())
        out.what.headers.push_back({each.element(0).text(), each.element(1).text()});
    if (const std::string text = members.need("body").text(); !text.empty()) {
        const auto body = from_base64(text);
        if (!body) members.need("body").fail("is no base64");
        out.what.body = *body;
    }
    out.form.keep_alive = members.need("keep_alive").truth();
    out.form.head_only = members.need("head_only").truth();
    out.order = members.need("order").unsigned_number();
    out.sha256 = members.need("sha256").text();
    members.finish();
    return out;
}

std::string answer_again(sim& service, const traced& one)
{
    auto who = service.host().find(one.tenant);
    if (who == nullptr) who = service.first();
    who->clock().set(one.at);
    const wire_script reply = service.exchange_bytes(one.what, one.form);
    return one.sha256.empty() ? std::string() : hex(sha256(reply.bytes));
}

}  // namespace

trace_writer::trace_writer(std::ostream& out, const scenario& from) : out_{out}
{
    std::string scenario_text = write_scenario(from);
    std::erase(scenario_text, '\n');  // one line; within texts it is written as an escape
    json_writer line;
    line.begin_object().member("format", format_name).raw_member("scenario", scenario_text);
    out_ << line.end_object().take() << '\n';
}

void trace_writer::add(
    const request& what, response_form form, const exchange& how, std::string_view reply
)
{
    // What only looks changes nothing, and time is in each line.
    const bool is_control = control_api::is_meant(what);
    if (is_control && (what.method == "GET" || what.target.find("/clock") != std::string::npos))
        return;
    const auto* owner = dynamic_cast<const tenant*>(how.owner.get());
    json_writer line;
    line.begin_object();
    line.member("tenant", owner ? owner->name() : is_control ? tenant_of_control(what) : "");
    line.member("order", how.order)
        .member("at", how.at.time_since_epoch().count())
        .member("method", what.method);
    line.member("target", what.target).member("connection", what.connection);
    line.key("headers").begin_array();
    for (const header& each : what.headers) {
        line.begin_array().value(each.name).value(each.value).end_array();
    }
    line.end_array().member("body", base64(what.body)).member("keep_alive", form.keep_alive);
    line.member("head_only", form.head_only);
    // Control replies name the port, which is another one each time.
    line.member("sha256", is_control ? std::string() : hex(sha256(reply))).end_object();
    const std::lock_guard lock{mutex_};
    out_ << line.take() << '\n';
}

replay_report replay_trace(std::istream& in, unsigned threads)
{
    std::string text;
    if (!std::getline(in, text)) throw bad_scenario{"line 1", "is missing"};
    const auto first = parse_json(text);
    object_in head{value_in{first, "line 1"}};
    if (head.need("format").text() != format_name)
        head.need("format").fail("is no trace", "expected " + std::string(format_name));
    sim service{read_scenario(boost::json::serialize(head.need("scenario").raw()))};
    head.finish();

    std::vector<traced> all;
    for (std::size_t number = 2; std::getline(in, text); ++number)
        all.push_back(read_line(text, number));

    // Replies that waited were written later than they were made.
    std::sort(all.begin(), all.end(), [](const traced& a, const traced& b) {
        return a.order < b.order;
    });

    std::vector<std::string> digests(all.size());
    std::map<std::string, std::vector<std::size_t>> by_tenant;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (is_of_the_mock(all[i].what))
            digests[i] = answer_again(service, all[i]);
        else
            by_tenant[all[i].tenant].push_back(i);
    }
    std::vector<const std::vector<std::size_t>*> work;
    for (const auto& [name, ordinals] : by_tenant)
        work.push_back(&ordinals);
    std::atomic<std::size_t> taken{0};
    std::vector<std::thread> pool;
    for (unsigned t = 0; t < std::max(threads, 1u); ++t)
        pool.emplace_back([&] {
            for (std::size_t i = taken++; i < work.size(); i = taken++)
                for (const std::size_t place : *work[i])
                    digests[place] = answer_again(service, all[place]);
        });
    for (std::thread& each : pool)
        each.join();

    replay_report report;
    report.requests = all.size();
    std::string joined;
    for (std::size_t i = 0; i < all.size(); ++i) {
        joined += digests[i];
        if (digests[i] == all[i].sha256) continue;
        if (report.different++ == 0)
            report.first_difference = "request " + std::to_string(i + 1) + ", " +
                                      all[i].what.method + " " + all[i].what.target +
                                      ": the reply has other bytes";
    }
    report.sha256 = hex(sha256(joined));
    return report;
}

}  // namespace scrapingpros_mock
