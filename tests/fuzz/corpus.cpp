#include "corpus.hpp"

#include <chrono>

#include "guard.hpp"

namespace fuzz {
namespace {

constexpr std::string_view base = "/v1/async/collections";

constexpr std::string_view rich_item =
    R"({"url":"https://shop.example.com/1?a=b","custom_id":"one","browser":true,"format":"html",)"
    R"("screenshot":true,"cookies":{"a":"b"},"headers":{"Accept":"*/*"},"retry_on_block":true,)"
    R"("use_proxy":"country:US","window_size":"desktop","http_method":"GET",)"
    R"("extract":{"title":"css:h1"},"actions":[{"type":"wait-for-timeout","time":10},)"
    R"({"type":"evaluate","script":"1"}],"network_capture":[{"resource_type":"xhr"}]})";

std::string create_body(std::string_view items)
{
    return R"({"name":"tours","callback_url":"https://hook.example.com/x","requests":[)" +
           std::string(items) + "]}";
}

/// What stands between the member's name and the next quote.
std::vector<std::string> texts_of(std::string_view body, std::string_view member)
{
    const std::string start = '"' + std::string(member) + "\":\"";
    std::vector<std::string> out;
    for (auto at = body.find(start); at != body.npos && out.size() < 20;
         at = body.find(start, at + 1)) {
        const auto begin = at + start.size();
        out.emplace_back(body.substr(begin, body.find('"', begin) - begin));
    }
    return out;
}

/// Keeps the first ones and the newest few hundred.
template <class T>
void add(std::vector<T>& to, T what)
{
    to.push_back(std::move(what));
    if (to.size() > 300) to.erase(to.begin() + 30, to.end() - 200);
}

std::string encoded(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (std::string_view("+/=&%#").find(c) == std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        ((out += '%') += digits[byte >> 4u]) += digits[byte & 15u];
    }
    return out;
}

}  // namespace

std::vector<seed_request> seed_requests(bool with_faults)
{
    const std::string all(base);
    const std::string run = all + "/{c}/runs/{r}";
    std::vector<seed_request> out{
        {"POST", all, create_body(R"({"url":"https://shop.example.com/1"})")},
        {"POST", all, create_body(rich_item)},
        {"POST", all, create_body(R"({"url":"http://10.0.0.1/"},{"url":"ftp://x"},{"url":""})")},
        {"PUT", all + "/{c}", create_body(R"({"url":"https://shop.example.com/2"})")},
        {"GET", all, ""},
        {"GET", all + "?name=tours&since=2026-06-01T10%3A00%3A00Z", ""},
        {"GET", all + "/{c}", ""},
        {"DELETE", all + "/{c}", ""},
        {"POST", all + "/{c}/run", ""},
        {"POST", all + "/{c}/run", R"({"callback_url":"https://hook.example.com/y"})"},
        {"GET", all + "/{c}/runs", ""},
        {"GET", all + "/{c}/runs?status_filter=in_progress", ""},
        {"GET", run, ""},
        {"POST", run + "/cancel", ""},
        {"DELETE", run, ""},
        {"GET", run + "/jobs", ""},
        {"GET", run + "/jobs?limit=2&include_results=true", ""},
        {"GET", run + "/jobs?limit=2&cursor={n}", ""},
        {"GET",
         run + "/jobs?limit=500&order_by=completed_at&order_dir=asc&status_filter=completed,failed"
               "&since_completed_at=2026-06-01T10:00:01.500&cursor={n}",
         ""},
        {"GET", run + "/jobs?order_by=id&order_dir=desc&since_completed_at=1780308000.5", ""},
        {"GET", run + "/jobs/{j}/result", ""},
        {"GET", "/v1/health", ""},
        {"GET", "/v1/plans", ""},
        {"GET", "/v1/sync/billing?month=2026-06&detail=true", ""},
        {"GET", "/v1/sync/client-metrics", ""},
        {"GET", "/__mock/v1/ledger", ""},
        {"GET", "/__mock/v1/journal?after=3", ""},
        {"GET", "/__mock/v1/switches", ""},
        {"GET", "/__mock/v1/faults", ""},
    };
    if (!with_faults) return out;
    const auto fault = [&](std::string_view effect) {
        out.push_back(
            {"POST",
             "/__mock/v1/faults",
             R"([{"operation":"any","nth":{"from":1,"to":3},"phase":"after","effect":)" +
                 std::string(effect) + "}]"}
        );
    };
    fault(R"({"kind":"status","code":503,"form":"html","headers":{"Retry-After":"3"}})");
    fault(R"({"kind":"throttle","retry_after":"10"})");
    fault(R"({"kind":"cut","at":100})");
    fault(R"({"kind":"delay","by_ms":250})");
    fault(R"({"kind":"truncate_json","missing":3})");
    fault(R"({"kind":"lie_about_length","declared":7})");
    fault(R"({"kind":"keep_members","names":["id","status"]})");
    fault(R"({"kind":"malform_inline","form":"array","row":1})");
    fault(R"({"kind":"end_run","as":"cancelled","after_ms":900})");
    out.push_back({"POST", "/__mock/v1/reset", ""});
    return out;
}

void known_ids::learn(std::string_view body)
{
    const auto jobs = texts_of(body, "job_public_id");
    const auto runs = texts_of(body, jobs.empty() ? "run_id" : "run_public_id");
    auto collections = texts_of(body, "collection_id");
    if (collections.empty()) collections = texts_of(body, "id");
    for (std::size_t i = 0; i < collections.size(); ++i)
        add(places_,
            {collections[i], i < runs.size() ? runs[i] : "", i < jobs.size() ? jobs[i] : ""});
    for (std::string& each : texts_of(body, "cursor_next"))
        add(cursors_, std::move(each));
}

std::vector<std::pair<std::string, std::string>> known_ids::runs() const
{
    std::vector<std::pair<std::string, std::string>> out;
    for (const place& each : places_)
        if (!each.run.empty()) out.emplace_back(each.collection, each.run);
    return out;
}

std::string known_ids::fill_in(std::string_view target, mutator& draw) const
{
    // Mostly one that exists: a few tries for a place that has all the parts.
    place where = draw.pick(places_);
    for (int tries = 0; tries < 10; ++tries) {
        const bool lacks_run = target.find("{r}") != target.npos && where.run.empty();
        const bool lacks_job = target.find("{j}") != target.npos && where.job.empty();
        if (!where.collection.empty() && !lacks_run && !lacks_job) break;
        where = draw.pick(places_);
    }
    if (draw.one_in(8)) where.run = draw.pick(places_).run;
    std::string out;
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (target[i] != '{' || target.size() - i < 3 || target[i + 2] != '}') {
            out += target[i];
            continue;
        }
        switch (target[i + 1]) {
        case 'c': out += where.collection; break;
        case 'r': out += where.run; break;
        case 'j': out += where.job; break;
        default: out += encoded(draw.pick(cursors_)); break;
        }
        i += 2;
    }
    return out;
}

mock::request make_request(
    std::string_view method, std::string target, std::string_view token, std::string body
)
{
    mock::request out;
    out.method = method;
    out.target = std::move(target);
    out.headers = {
        {"Host", "127.0.0.1"},
        {"Authorization", "Bearer " + std::string(token)},
        {"Content-Type", "application/json"}};
    out.body = std::move(body);
    return out;
}

void plant_for(
    std::string_view token,
    std::string_view word,
    mock::world& service,
    mock::time_point now,
    known_ids& known
)
{
    const std::string text(word);
    std::string items;
    for (int i = 0; i < 5; ++i) {
        const std::string number = std::to_string(i);
        items += std::string(i > 0 ? "," : "") + R"({"url":"https://shop.example.com/)" + text +
                 number + R"(","custom_id":")" + text + number + R"(","extract":{")" + text +
                 R"(":"css:h1"}})";
    }
    const auto send = [&](std::string target, std::string body) {
        auto in = make_request("POST", std::move(target), token, std::move(body));
        in.headers.push_back({"Idempotency-Key", "key-1"});
        auto reply = service.handle(in, now).body;
        known.learn(reply);
        return reply;
    };
    const std::string made = send(
        std::string(base),
        R"({"name":")" + text + R"(","callback_url":"https://hook.example.com/)" + text +
            R"(","requests":[)" + items + "]}"
    );
    const auto ids = texts_of(made, "id");
    if (ids.empty()) throw finding{"cannot create: " + made};
    const std::string run = send(std::string(base) + "/" + ids.front() + "/run", "");
    if (texts_of(run, "run_id").empty()) throw finding{"cannot start a run: " + run};
}

void plant(mock::world& service, mock::time_point& now, known_ids& known)
{
    plant_for(token_a, marker, service, now, known);
    plant_for(token_b, "plain", service, now, known);
    now += std::chrono::minutes{5};
    for (const std::string_view token : {token_a, token_b}) {
        for (const auto& [collection, run] : known.runs()) {
            const auto in = make_request(
                "GET",
                std::string(base) + "/" + collection + "/runs/" + run + "/jobs?limit=2",
                token
            );
            known.learn(service.handle(in, now).body);
        }
    }
}

void check_unmarked(std::string_view reply)
{
    if (reply.find(marker) != reply.npos)
        throw finding{
            "another account's data is in the reply: " + std::string(reply.substr(0, 2'000))};
}

}  // namespace fuzz
