// The mock's world without sockets: pages of 500 rows in a second, and six hours of a large run
// under a client that looks every five seconds.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <malloc.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "mock_server/server/sim.hpp"
#include "mock_server/world.hpp"

namespace {

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

double cpu_seconds()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

struct stopwatch {
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    double cpu_before = cpu_seconds();

    double wall() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
    double cpu() const { return cpu_seconds() - cpu_before; }
};

/// The value of a member whose name occurs once.
std::string text_after(const std::string& body, const std::string& start, char end)
{
    const auto at = body.find(start);
    if (at == body.npos) throw std::runtime_error{"no " + start + " in " + body.substr(0, 300)};
    const auto begin = at + start.size();
    return body.substr(begin, body.find(end, begin) - begin);
}

constexpr const char* completed_at = R"("completed_at":")";

/// Percent-encoded; empty on the last page.
std::string next_cursor(const std::string& page)
{
    if (!page.ends_with(R"("has_more":true})")) return {};
    std::string cursor =
        text_after(page.substr(page.rfind(R"("cursor_next")")), R"("cursor_next":")", '"');
    while (cursor.find('=') != cursor.npos)
        cursor.replace(cursor.find('='), 1, "%3D");
    return cursor;
}

class peer {
public:
    explicit peer(scenario from) : now_(from.start), service_(std::move(from)) {}

    std::string send(const char* method, std::string target, std::string body = {})
    {
        request in;
        in.method = method;
        in.target = std::move(target);
        in.headers = {
            {"Host", "127.0.0.1"},
            {"Authorization", "Bearer test_token_a"},
            {"Content-Type", "application/json"}};
        in.body = std::move(body);
        auto plan = service_.handle(in, now_);
        if (plan.status >= 300)
            throw std::runtime_error{in.target + ": " + std::to_string(plan.status) + plan.body};
        return std::move(plan.body);
    }

    /// The path of a run of so many jobs; says what its start took if it is to be known.
    std::string start_run(std::size_t jobs, double* start_seconds = nullptr)
    {
        std::string items;
        for (std::size_t i = 0; i < jobs; ++i) {
            const std::string number = std::to_string(i);
            if (i > 0) items += ',';
            items += R"({"url":"https://shop.example.com/item/)" + number +
                     R"(?page=1","custom_id":"item-)" + number + "\"}";
        }
        const std::string base = "/v1/async/collections";
        const std::string made =
            send("POST", base, R"({"name":"large","requests":[)" + items + "]}");
        const std::string id = text_after(made, R"("id":")", '"');
        const stopwatch time;
        const std::string run = send("POST", base + "/" + id + "/run");
        if (start_seconds != nullptr) *start_seconds = time.wall();
        return base + "/" + id + "/runs/" + text_after(run, R"("run_id":")", '"');
    }

    void wait(duration by) { now_ += by; }

private:
    time_point now_;
    world service_;
};

scenario plain()
{
    scenario made;
    made.enforce_limits = false;
    return made;
}

void measure_pages(std::uint64_t pages)
{
    auto from = plain();
    from.jobs.execution = quantiles::of(1s, 2s, 3s, 4s);
    peer client{std::move(from)};
    const std::string jobs = client.start_run(10'000) + "/jobs?limit=500";
    client.wait(12h);
    std::vector<double> rates;
    std::size_t bytes = 0;
    // The first time around each row is written; what is measured is a client that reads again.
    for (int round = 0; round < 6; ++round) {
        const stopwatch time;
        std::string cursor;
        for (std::uint64_t i = 0; i < pages; ++i) {
            const std::string page =
                client.send("GET", cursor.empty() ? jobs : jobs + "&cursor=" + cursor);
            bytes = std::max(bytes, page.size());
            cursor = next_cursor(page);
        }
        const double rate = static_cast<double>(pages) / time.cpu();
        if (round == 0)
            std::printf("pages of 500 rows, first time and on: %.0f/s\n", rate);
        else
            rates.push_back(rate);
    }
    std::sort(rates.begin(), rates.end());
    std::printf(
        "pages of 500 rows (%zu bytes): %.0f per second of CPU time, median of %zu rounds\n",
        bytes,
        rates[rates.size() / 2],
        rates.size()
    );
}

/// All that will happen in a run is worked out when it starts.
void measure_starts(std::size_t jobs)
{
    std::vector<double> seconds(9);
    for (double& each : seconds)
        peer{plain()}.start_run(jobs, &each);
    std::sort(seconds.begin(), seconds.end());
    std::printf(
        "the start of a run of %zu jobs: %.1f ms wall, median of %zu (%.1f to %.1f)\n",
        jobs,
        seconds[seconds.size() / 2] * 1e3,
        seconds.size(),
        seconds.front() * 1e3,
        seconds.back() * 1e3
    );
}

/// Looks at the run every five seconds until it is over, about six hours later, and lists what is
/// new. Looks at the run list, as a careful client does: the run object bears 50,000 ids.
void measure_six_hours(std::size_t jobs)
{
    const stopwatch whole;
    auto from = plain();
    from.jobs.slots = std::max<std::size_t>(1, jobs / 2'500);
    from.jobs.execution = quantiles::of(4s, 7500ms, 12s, 24s);
    peer client{std::move(from)};
    const std::string run = client.start_run(jobs);
    const double started = whole.wall();
    const std::string list = run.substr(0, run.rfind('/'));
    std::uint64_t looks = 0, pages = 0, rows = 0;
    std::string mark = "2026-01-01T00:00:00";
    for (bool over = false; !over;) {
        client.wait(5s);
        ++looks;
        over = client.send("GET", list).find(R"("status":"completed")") != std::string::npos;
        const std::string query = run +
                                  "/jobs?limit=1000&order_by=completed_at&order_dir=asc"
                                  "&since_completed_at=" +
                                  mark;
        for (std::string cursor = "first"; !cursor.empty();) {
            const std::string page =
                client.send("GET", cursor == "first" ? query : query + "&cursor=" + cursor);
            ++pages;
            std::size_t last = page.npos;
            for (auto at = page.find(completed_at); at != page.npos;
                 at = page.find(completed_at, at + 500)) {
                ++rows;
                last = at;
            }
            if (last != page.npos) mark = text_after(page.substr(last, 100), completed_at, '"');
            cursor = next_cursor(page);
        }
    }
    std::printf(
        "a run of %zu jobs and %.1f hours: %.3f s wall, %.3f s CPU, of these %.3f s to its start; "
        "%llu looks, %llu pages, %llu rows\n",
        jobs,
        static_cast<double>(looks) * 5.0 / 3600.0,
        whole.wall(),
        whole.cpu(),
        started,
        static_cast<unsigned long long>(looks),
        static_cast<unsigned long long>(pages),
        static_cast<unsigned long long>(rows)
    );
    if (rows != jobs) throw std::runtime_error{"rows are missing"};
}

// What a tenant costs that has been asked one thing.
void measure_tenants(std::size_t count)
{
    sim service;
    request what;
    what.method = "GET";
    what.target = "/v1/async/collections";
    const auto before = mallinfo2().uordblks;
    for (std::size_t i = 0; i < count; ++i) {
        const auto who = service.host().add({});
        what.headers = {{"Authorization", "Bearer " + who->key()}};
        service.exchange_bytes(what);
    }
    const auto bytes = (mallinfo2().uordblks - before) / count;
    std::printf("tenants      %zu, %zu bytes each after one request\n", count, bytes);
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"The mock's world without sockets."};
    std::uint64_t pages = 5'000;
    std::size_t jobs = 50'000;
    app.add_option("--pages", pages, "Pages in a round");
    app.add_option("--jobs", jobs, "Jobs of the long run");
    CLI11_PARSE(app, argc, argv);
    try {
        measure_pages(pages);
        measure_starts(jobs);
        measure_six_hours(jobs);
        measure_tenants(1'000);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
