#include "tests/weaknesses/lab.hpp"

#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <stdexcept>

#include "mock_server/server/plan_writer.hpp"

// The driver reads responses with the library's own reader. Its definitions stand beside the library's
// here, which they may as inline functions only.
#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/wire/http_message.hpp>

#undef SCRAPINGPROS_DECL
#define SCRAPINGPROS_DECL inline
#include <scrapingpros/impl/net/response_reader.ipp>
#undef SCRAPINGPROS_DECL
#define SCRAPINGPROS_DECL

#include "tests/support/virtual_driver.hpp"

namespace weaknesses {
namespace {

using engine = sp::core::batch_engine<strategy, sp::server_verdict>;
using driver = test::virtual_driver<engine>;

constexpr std::size_t everything = std::size_t(1) << 40;

std::string text_of(test::virtual_end how)
{
    switch (how) {
    case test::virtual_end::nothing_to_come: return "it waits for nothing";
    case test::virtual_end::time: return "it takes too long";
    case test::virtual_end::requests: return "it asks too often";
    case test::virtual_end::spins: return "it goes round without the time moving";
    case test::virtual_end::over: break;
    }
    return "";
}

mock::request ask(std::string method, std::string target, std::string body = {})
{
    return {
        std::move(method),
        std::move(target),
        {{"Authorization", "Bearer test_token_a"}, {"Content-Type", "application/json"}},
        std::move(body)};
}

}  // namespace

struct lab::parts {
    explicit parts(mock::world& world) : link(queue, world) {}

    test::virtual_queue queue{};
    test::virtual_link link;
    std::uint64_t processes = 0;
};

/// Takes outcomes as `habits` says.
class lab::user final : public test::virtual_consumer {
public:
    user(lab& place, const habits& how, life& notes) : lab_(&place), how_(&how), notes_(&notes) {}

    driver* process = nullptr;

    void on_start(test::consumer_port& port) override
    {
        port_ = &port;
        busy_until_ = port.queue().now();
        port.demand(how_->room == 0 ? everything : how_->room);
    }

    void take(test::consumer_port& port, sp::job_outcome item) override
    {
        const auto id = item.job.id;
        if (how_->on_outcome)
            how_->on_outcome(
                item, process->engine().progress(process_moment()), process->engine().stats()
            );
        notes_->taken.push_back(std::move(item));
        notes_->taken_at.push_back(lab_->now());
        const auto count = notes_->taken.size();
        if (!how_->acknowledges || count <= *how_->acknowledges) {
            port.acknowledge(id);
            lab_->world.report_delivered(id.value, lab_->now());
        }
        if (how_->killed_after == count) return die();
        if (how_->leaves_after == count) return at(port.queue().now(), [this] { leave(); });
        busy_until_ = std::max(busy_until_, port.queue().now()) + how_->per_item;
        if (how_->pauses_after == count) busy_until_ += how_->pause;
        if (how_->room != 0) at(busy_until_, [this] { port_->demand(1); });
    }

    void on_end(sp::error_code ec) override
    {
        if (dying_) return;
        notes_->end = ec;
        ++notes_->ends;
        notes_->ended = lab_->now();
        notes_->requests_by_end = lab_->requests().size();
    }

private:
    sp::core::moment process_moment() const
    {
        return {lab_->local_now(), lab_->now(), lab_->now() + lab_->skew};
    }
    /// What it has acknowledged is stored before.
    void die()
    {
        dying_ = true;
        process->on_action = [this](const sp::core::action& next) {
            if (!std::holds_alternative<sp::core::append>(next)) process->kill();
        };
        at(port_->queue().now(), [this] { process->kill(); });
    }
    void leave() { port_->stop(make_error_code(boost::system::errc::operation_canceled)); }

    template <class What>
    void at(sp::instant when, What what)
    {
        port_->queue().at(when, [alive = std::weak_ptr(alive_), what] {
            if (alive.lock()) what();
        });
    }

    lab* lab_;
    const habits* how_;
    life* notes_;
    test::consumer_port* port_ = nullptr;
    sp::instant busy_until_{};
    bool dying_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

lab::lab(mock::scenario made) : world(std::move(made)), parts_(std::make_unique<parts>(world))
{
    parts_->link.on_request = [this](const mock::request& what, const mock::response_plan& plan) {
        requests_.push_back({what, plan.status, now(), plan.body.size()});
        if (watch_) watch_(what);
    };
    parts_->link.change = [this](const mock::request& what, mock::response_plan& plan) {
        if (change) change(what, plan);
    };
}

lab::~lab() = default;

std::size_t lab::fault(const std::string& json)
{
    return world.add_fault(mock::parse_faults("[" + json + "]").at(0));
}

void lab::advance(std::chrono::microseconds by)
{
    parts_->queue.run_until(parts_->queue.now() + by);
}

mock::time_point lab::now() const
{
    return parts_->link.world_now();
}

sp::instant lab::local_now() const
{
    return parts_->queue.now();
}

sp::run_ref lab::start(std::size_t jobs)
{
    sp::diagnostics diag;
    const auto made = world.handle(
        ask("POST", "/v1/async/collections", sp::encode_draft(draft_of(jobs), diag).value()), now()
    );
    const auto created = sp::decode_creation(made.body, diag).value();
    const auto begun =
        world.handle(ask("POST", "/v1/async/collections/" + created.id.value + "/run"), now());
    return {created.id, sp::decode_run(begun.body, diag).value().id};
}

sp::run_ref lab::finished(std::size_t jobs)
{
    const auto target = start(jobs);
    const auto seen = world.find_run(target.run.value, now()).value();
    advance(std::max(seen.terminal_at, seen.all_visible_at) - now() + std::chrono::seconds(1));
    return target;
}

life lab::live(
    sp::checkpoint begin, const habits& how, const sp::batch_rules& rules, const strategy& polls
)
{
    return live_in({std::move(begin)}, {store_}, how, rules, polls).front();
}

std::vector<life> lab::live_all(
    std::vector<sp::checkpoint> begin,
    const habits& how,
    const sp::batch_rules& rules,
    const strategy& polls
)
{
    std::vector<sp::any_checkpoint_store> stores;
    for (std::size_t i = 0; i < begin.size(); ++i)
        stores.emplace_back(sp::memory_checkpoint_store());
    return live_in(std::move(begin), std::move(stores), how, rules, polls);
}

std::vector<life> lab::live_in(
    std::vector<sp::checkpoint> begin,
    std::vector<sp::any_checkpoint_store> stores,
    const habits& how,
    const sp::batch_rules& rules,
    const strategy& polls
)
{
    test::virtual_client_options options;
    options.skew = skew;
    options.jitter_seed = ++parts_->processes;
    options.rate.limit = budget;
    options.rate.governor = governor;
    test::virtual_client client(parts_->link, std::move(options));

    std::vector<life> lives(begin.size());
    std::vector<std::unique_ptr<user>> users;
    std::vector<std::unique_ptr<driver>> drivers;
    for (std::size_t i = 0; i < begin.size(); ++i) {
        lives[i].began = now();
        users.push_back(std::make_unique<user>(*this, how, lives[i]));
        drivers.push_back(std::make_unique<driver>(
            client,
            engine(std::move(begin[i]), polls, sp::server_verdict{}, rules),
            stores[i],
            *users.back(),
            test::driver_options{.killed_at = how.killed_at_step}
        ));
        users.back()->process = drivers.back().get();
    }
    watch_ = [&](const mock::request& what) {
        if (!how.killed_by || !how.killed_by(what)) return;
        for (auto& each : drivers)
            each->kill();
    };
    const auto alive = std::make_shared<int>();
    if (how.hinted_after)
        parts_->queue.at(local_now() + *how.hinted_after, [&, here = std::weak_ptr(alive)] {
            if (!here.lock()) return;
            for (auto& each : drivers)
                if (!each->over()) each->hint();
        });
    for (auto& each : drivers)
        each->start();
    const test::virtual_bounds bounds{.time = longest_life, .requests = most_requests};
    for (std::size_t i = 0; i < drivers.size(); ++i) {
        auto& notes = lives[i];
        notes.endless = text_of(test::run_virtual(*drivers[i], parts_->link, bounds));
        if (!notes.end) {
            notes.ended = now();
            notes.requests_by_end = requests_.size();
        }
        const auto& over = drivers[i]->engine();
        notes.summary = over.summary();
        notes.progress = over.progress({local_now(), now(), now() + skew});
        notes.stats = over.stats();
        notes.left_behind = over.snapshot();
    }
    watch_ = nullptr;
    return lives;
}

sp::checkpoint lab::stored_or(sp::checkpoint fresh)
{
    const auto kept = *store_.load();
    return kept ? *kept : fresh;
}

sp::checkpoint lab::stored()
{
    if (!store_.load()->has_value()) throw std::logic_error("nothing is stored");
    return stored_or({});
}

std::size_t lab::count(std::string_view method, std::string_view part) const
{
    const auto fits = [&](const asked& one) { return one.is(method, part); };
    return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(), fits));
}

mock::book_summary lab::books() const
{
    return world.summary({.by = mock::witness::client, .late_after = {}}, now());
}

mock::run_view lab::run() const
{
    return world.find_run(world.run_ids().at(0), now()).value();
}

sp::collection_draft draft_of(std::size_t jobs, std::string name)
{
    sp::collection_draft draft;
    draft.name = std::move(name);
    for (std::size_t i = 0; i < jobs; ++i) {
        sp::scrape_request one;
        one.url = "https://shop.example/" + std::to_string(i);
        one.custom_id = "c-" + std::to_string(i);
        draft.requests.emplace_back(std::move(one));
    }
    return draft;
}

}  // namespace weaknesses
