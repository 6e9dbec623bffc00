// Histories of batches that need a whole service, told on virtual time.

#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/faults/fault_codes.hpp"
#include "mock_server/faults/faults.hpp"
#include "mock_server/world.hpp"
#include "tests/simulation/sim_case.hpp"
#include "tests/support/virtual_driver.hpp"

namespace {

namespace sp = scrapingpros;
namespace mock = scrapingpros_mock;
using namespace std::chrono_literals;

using engine =
    sp::core::batch_engine<sp::status_then_pages<sp::official_interval>, sp::server_verdict>;

mock::scenario service_with(const std::string& faults)
{
    mock::scenario made;
    made.enforce_limits = false;
    made.jobs.progress = mock::progress_mode::instant;
    made.jobs.body_bytes = mock::quantiles{10, 20, 40, 80};
    for (auto& each : mock::parse_faults(faults))
        made.faults.push_back(std::move(each));
    return made;
}

/// Takes everything, and leaves after so many.
class leaving_consumer final : public test::virtual_consumer {
public:
    leaving_consumer(
        std::optional<std::size_t> leaves_after, std::optional<std::chrono::seconds> leaves_at
    )
        : after_(leaves_after), at_(leaves_at)
    {
    }
    void on_start(test::consumer_port& port) override
    {
        port.demand(after_.value_or(std::size_t(1) << 40));
        if (at_) leave(port, *at_);
    }
    void take(test::consumer_port& port, sp::job_outcome item) override
    {
        ids.push_back(item.job.id.value);
        port.acknowledge(item.job.id);
        if (after_ && ids.size() == *after_) leave(port, 1ms);
    }
    std::vector<std::string> ids{};

private:
    // Later: what was acknowledged last is made durable first.
    void leave(test::consumer_port& port, std::chrono::milliseconds in)
    {
        port.queue().at(port.queue().now() + in, [&port, here = std::weak_ptr(alive_)] {
            if (here.lock()) port.stop(make_error_code(boost::system::errc::operation_canceled));
        });
    }
    std::optional<std::size_t> after_;
    std::optional<std::chrono::seconds> at_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

/// A service and the processes of a client, one after the other.
struct history {
    explicit history(const mock::scenario& from) : world(from), link(queue, world)
    {
        link.on_request = [this](const mock::request& asked, const mock::response_plan&) {
            ++requests[asked.method + (asked.method == "GET" ? "" : kind_of(asked.target))];
            if (asked.target.find("/jobs") != asked.target.npos) ++listings;
        };
    }

    static std::string kind_of(const std::string& target)
    {
        return target.ends_with("/run") ? " start" : " create";
    }

    sp::checkpoint fresh(std::size_t jobs) const
    {
        sp::checkpoint begin;
        begin.name = "history";
        begin.idempotency_key = "key-of-history";
        begin.draft.emplace();
        begin.draft->name = begin.name;
        for (std::size_t i = 0; i < jobs; ++i) {
            sp::scrape_request one;
            one.url = "https://site.test/" + std::to_string(i);
            begin.draft->requests.emplace_back(std::move(one));
        }
        begin.submitted = jobs;
        return begin;
    }

    struct process {
        std::chrono::microseconds skew{0};
        std::optional<std::size_t> leaves_after{};
        std::optional<std::chrono::seconds> leaves_at{};
        std::uint64_t killed_at = 0;
    };

    /// What the process was handed, in order.
    std::vector<std::string> run(const sp::checkpoint& begin, process how)
    {
        test::virtual_client_options options;
        options.skew = how.skew;
        test::virtual_client client(link, options);
        leaving_consumer consumer(how.leaves_after, how.leaves_at);
        const auto kept = *store.load();
        test::virtual_driver<engine> driver(
            client,
            engine(kept.value_or(begin), {}, sp::server_verdict{}, {}),
            store,
            consumer,
            {.store_takes = {}, .killed_at = how.killed_at}
        );
        driver.start();
        how_it_stopped = test::run_virtual(driver, link);
        end = driver.end();
        summary = driver.engine().summary();
        return consumer.ids;
    }

    test::virtual_queue queue{};
    mock::world world;
    test::virtual_link link;
    sp::memory_checkpoint_store store{};
    std::map<std::string, int> requests{};
    int listings = 0;
    test::virtual_end how_it_stopped{};
    std::optional<sp::error_code> end{};
    sp::batch_summary summary{};
};

std::size_t distinct(const std::vector<std::string>& ids)
{
    return std::set<std::string>(ids.begin(), ids.end()).size();
}

}  // namespace

TEST_CASE("the first thousand seeds draw every fault that the mock knows")
{
    std::set<std::string_view> drawn;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed)
        for (const auto& fault : mock::parse_faults([&] {
                 std::string all;
                 for (const auto& each : simulation::draw_case(seed).faults)
                     all += (all.empty() ? "[" : ",") + each;
                 return all.empty() ? "[]" : all + "]";
             }()))
            for (const auto& code : mock::known_fault_codes())
                if (code.layer == fault.layer && fault.code.starts_with(code.name))
                    drawn.insert(code.name);
    for (const auto& code : mock::known_fault_codes())
        CHECK_MESSAGE(drawn.count(code.name) == 1, code.form);
}

TEST_CASE("a submit of 50,000 waits through 250 s of silence, twice, and is one run")
{
    auto service = service_with(
        R"([{"on":"run.start","when":{"nth":1},"phase":"after-effect","do":"stall:250s"}])"
    );
    service.create_duration = 250s;
    history h(service);
    const auto ids = h.run(h.fresh(50'000), {});
    REQUIRE(h.end);
    CHECK(!h.end->failed());
    CHECK(h.requests["POST create"] == 1);
    CHECK(h.requests["POST start"] == 1);
    CHECK(h.world.run_ids().size() == 1);
    CHECK(h.queue.now() - test::virtual_queue::begin > 500s);
    CHECK(ids.size() == 50'000);
    CHECK(distinct(ids) == 50'000);
}

TEST_CASE("a run whose start was not answered is found, however wrong the client's clock is")
{
    for (const std::chrono::seconds wrong : {2s, 600s, 86'400s})
        for (const int sign : {1, -1}) {
            CAPTURE(wrong.count() * sign);
            history h(service_with(
                R"([{"on":"run.start","when":{"nth":1},"phase":"after-effect","do":"cut"}])"
            ));
            const auto ids = h.run(h.fresh(20), {.skew = sign * wrong});
            REQUIRE(h.end);
            CHECK(!h.end->failed());
            CHECK(h.requests["POST start"] == 1);
            CHECK(h.world.run_ids().size() == 1);
            CHECK(distinct(ids) == 20);
        }
}

TEST_CASE("a run whose start was not answered is found by the next process, whose clock is another")
{
    for (const std::chrono::seconds wrong : {2s, 600s, 86'400s})
        for (const int sign : {1, -1})
            for (std::uint64_t step = 1; step < 24; ++step) {
                CAPTURE(wrong.count() * sign);
                CAPTURE(step);
                history h(service_with("[]"));
                const auto begin = h.fresh(5);
                auto ids = h.run(begin, {.skew = sign * wrong, .killed_at = step});
                h.queue.run_until(h.queue.now() + 10s);
                const auto more = h.run(begin, {.skew = -sign * wrong});
                ids.insert(ids.end(), more.begin(), more.end());
                REQUIRE(h.end);
                CHECK(!h.end->failed());
                CHECK(h.requests["POST start"] <= 1);
                CHECK(h.world.run_ids().size() == 1);
                CHECK(distinct(ids) == 5);
            }
}

TEST_CASE("a run that is over is read again for what is left of it, and for no more")
{
    constexpr std::size_t jobs = 1000;
    std::ostringstream table;
    table << "\n| delivered before | requests | pages and results among them |\n|---|---|---|";
    std::vector<int> needed;
    for (const std::size_t percent : {0, 10, 50, 90, 100}) {
        CAPTURE(percent);
        auto service = service_with("[]");
        service.jobs.progress = mock::progress_mode::simulated;
        history h(service);
        const auto begin = h.fresh(jobs);
        auto ids = h.run(begin, {.leaves_at = 5s});
        CHECK(ids.empty());
        h.queue.run_until(h.queue.now() + 1h);
        const auto taken = jobs * percent / 100;
        if (taken > 0) ids = h.run(begin, {.leaves_after = taken});
        CHECK(ids.size() == taken);
        h.queue.run_until(h.queue.now() + 1h);
        h.requests.clear();
        h.listings = 0;
        const auto more = h.run(begin, {});
        const int all = h.requests["GET"];
        needed.push_back(all);
        table << "\n| " << percent << " % | " << all << " | " << h.listings << " |";
        REQUIRE(h.end);
        CHECK(!h.end->failed());
        CHECK(h.requests.size() == 1);
        CHECK(h.world.run_ids().size() == 1);
        ids.insert(ids.end(), more.begin(), more.end());
        CHECK(ids.size() == jobs);
        CHECK(distinct(ids) == jobs);
        // Pages of a hundred results, and what it takes to be sure of the end.
        CHECK(all <= static_cast<int>((jobs - taken + 99) / 100) + 5);
    }
    MESSAGE(table.str());
    CHECK(std::is_sorted(needed.rbegin(), needed.rend()));
}

TEST_CASE("without a checkpoint a run that is over is read once more, each outcome once")
{
    history h(service_with("[]"));
    h.run(h.fresh(300), {});
    const auto run = *h.summary.target;
    h.store = {};
    sp::checkpoint begin;
    begin.stage = sp::batch_stage::running;
    begin.target = run;
    const auto ids = h.run(begin, {});
    REQUIRE(h.end);
    CHECK(!h.end->failed());
    CHECK(ids.size() == 300);
    CHECK(distinct(ids) == 300);
}
