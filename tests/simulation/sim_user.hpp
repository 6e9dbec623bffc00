#ifndef SCRAPINGPROS_TESTS_SIMULATION_SIM_USER_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_SIM_USER_HPP

#include <scrapingpros/policy/checkpoint_store.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/sim_case.hpp"
#include "tests/support/virtual_driver.hpp"

namespace simulation {

/// Takes outcomes as a plan says, for one process.
class sim_consumer final : public test::virtual_consumer {
public:
    using note = std::function<void(sp::job_outcome)>;

    sim_consumer(consumer_plan plan, note taken) : plan_(plan), taken_(std::move(taken)) {}

    void on_start(test::consumer_port& port) override
    {
        port_ = &port;
        busy_until_ = port.queue().now();
        port.demand(plan_.room == 0 ? everything : plan_.room);
    }

    void take(test::consumer_port& port, sp::job_outcome item) override
    {
        const auto id = item.job.id;
        taken_(std::move(item));
        ++count_;
        busy_until_ = (std::max)(busy_until_, port.queue().now()) + plan_.per_item;
        if (plan_.safe == safe_when::at_once) port.acknowledge(id);
        if (plan_.safe == safe_when::later)
            at(port.queue().now() + plan_.safe_after, [this, id] { port_->acknowledge(id); });
        if (plan_.safe == safe_when::in_bunches) {
            unsafe_.push_back(id);
            if (unsafe_.size() >= 5) make_safe();
        }
        if (plan_.safe == safe_when::when_it_asks_for_more) unsafe_.push_back(id);
        if (plan_.leaves_after && count_ == *plan_.leaves_after) {
            at(port.queue().now(), [this] { leave(); });
            return;
        }
        at(busy_until_, [this] { ask_for_more(); });
    }

    void on_end(sp::error_code) override
    {
        at(port_->queue().now(), [this] { make_safe(); });
    }

private:
    static constexpr std::size_t everything = std::size_t(1) << 40;

    void ask_for_more()
    {
        if (plan_.safe == safe_when::when_it_asks_for_more) make_safe();
        if (plan_.room != 0) port_->demand(1);
    }
    void make_safe()
    {
        auto ids = std::exchange(unsafe_, {});
        std::reverse(ids.begin(), ids.end());
        for (const auto& id : ids)
            port_->acknowledge(id);
    }
    void leave() { port_->stop(make_error_code(boost::system::errc::operation_canceled)); }

    template <class What>
    void at(sp::instant when, What what)
    {
        port_->queue().at(when, [alive = std::weak_ptr(alive_), what] {
            if (alive.lock()) what();
        });
    }

    consumer_plan plan_;
    note taken_;
    test::consumer_port* port_ = nullptr;
    sp::instant busy_until_{};
    std::uint64_t count_ = 0;
    std::vector<sp::job_id> unsafe_{};
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

/// A disk: it outlives the processes, and may refuse one write of each. Keeps values or their text.
class sim_store {
public:
    explicit sim_store(bool as_text) : shared_(std::make_shared<shared>())
    {
        shared_->as_text = as_text;
    }

    sp::result<std::optional<sp::checkpoint>> load()
    {
        if (!shared_->as_text) return shared_->values.load();
        if (shared_->text.empty()) return std::optional<sp::checkpoint>();
        sp::diagnostics diag;
        auto kept = sp::decode_checkpoint(shared_->text, diag);
        if (!kept) return kept.error();
        return std::optional<sp::checkpoint>(std::move(*kept));
    }
    sp::error_code save(const sp::checkpoint& c)
    {
        if (refuses()) return full();
        if (!shared_->as_text) return shared_->values.save(c);
        sp::diagnostics diag;
        auto text = sp::encode_checkpoint(c, diag);
        if (!text) return text.error();
        shared_->text = std::move(*text);
        return {};
    }
    sp::error_code append(const sp::settled_job& step)
    {
        if (refuses()) return full();
        if (!shared_->as_text) return shared_->values.append(step);
        shared_->text += sp::encode_step(step);
        return {};
    }

    /// For the process that begins.
    void refuse_write(std::uint64_t nth) { shared_->left = nth; }

private:
    struct shared {
        bool as_text = false;
        sp::memory_checkpoint_store values{};
        std::string text{};
        std::uint64_t left = 0;
    };

    bool refuses() { return shared_->left != 0 && --shared_->left == 0; }
    static sp::error_code full()
    {
        return make_error_code(boost::system::errc::no_space_on_device);
    }

    std::shared_ptr<shared> shared_;
};

}  // namespace simulation

#endif
