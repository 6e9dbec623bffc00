#ifndef TESTS_SUPPORT_ANY_ENGINE_HPP
#define TESTS_SUPPORT_ANY_ENGINE_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/page.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <variant>

namespace test {

namespace sp = scrapingpros;
using sp::core::action;
using sp::core::moment;
using sp::core::ticket;

/// All that an exchange can come to, piece by piece.
using reply = std::variant<
    sp::run,
    sp::run_list,
    sp::job_result,
    sp::creation,
    sp::collection_list,
    sp::start_outcome,
    sp::listed_job,
    sp::unreadable_row,
    sp::page_end,
    sp::core::exchange_failure>;

/// An engine of any type, as a value: scripts and models are compiled once for all of them.
class any_engine {
public:
    template <class Engine>
    explicit any_engine(Engine engine, sp::checkpoint begin)
        : engine_(std::make_unique<model<Engine>>(std::move(engine), std::move(begin)))
    {
    }
    any_engine(const any_engine& other) : engine_(other.engine_->clone()) {}
    any_engine(any_engine&&) noexcept = default;
    any_engine& operator=(any_engine other) noexcept
    {
        std::swap(engine_, other.engine_);
        return *this;
    }

    action next(moment now) { return engine_->next(now); }
    void on_reply(moment now, ticket id, reply with)
    {
        engine_->on_reply(now, id, std::move(with));
    }
    bool takes_rows() const { return engine_->takes_rows(); }
    void on_demand(std::size_t room) { engine_->on_demand(room); }
    void acknowledge(const sp::job_id& id) { engine_->acknowledge(id); }
    void on_saved(sp::error_code ec) { engine_->on_saved(ec); }
    void on_hint(moment now) { engine_->on_hint(now); }
    void stop(sp::error_code why) { engine_->stop(why); }
    sp::checkpoint snapshot() const { return engine_->snapshot(); }
    sp::remainder left() const { return engine_->left(); }
    sp::poll_stats stats() const { return engine_->stats(); }

private:
    struct erased {
        virtual ~erased() = default;
        virtual std::unique_ptr<erased> clone() const = 0;
        virtual action next(moment) = 0;
        virtual void on_reply(moment, ticket, reply) = 0;
        virtual bool takes_rows() const = 0;
        virtual void on_demand(std::size_t) = 0;
        virtual void acknowledge(const sp::job_id&) = 0;
        virtual void on_saved(sp::error_code) = 0;
        virtual void on_hint(moment) = 0;
        virtual void stop(sp::error_code) = 0;
        virtual sp::checkpoint snapshot() const = 0;
        virtual sp::remainder left() const = 0;
        virtual sp::poll_stats stats() const = 0;
    };

    template <class E>
    struct model final : erased {
        static constexpr bool submits =
            requires(E& e, moment m, ticket t) { e.on_created(m, t, sp::creation()); };
        static constexpr bool reads =
            requires(E& e, moment m, ticket t) { e.on_page_end(m, t, sp::page_end()); };

        model(E e, sp::checkpoint b) : engine(std::move(e)), begin(std::move(b)) {}

        std::unique_ptr<erased> clone() const override { return std::make_unique<model>(*this); }
        /// A submission has no finish of its own: what follows it is the reading.
        action next(moment now) override
        {
            if constexpr (requires { engine.done(); })
                if (engine.done()) return sp::core::finish{};
            return engine.next(now);
        }
        void on_reply(moment now, ticket id, reply with) override
        {
            std::visit([&](auto& r) { take(now, id, std::move(r)); }, with);
        }
        bool takes_rows() const override
        {
            if constexpr (reads) return engine.takes_rows();
            return false;
        }
        void on_demand(std::size_t room) override
        {
            if constexpr (reads) engine.on_demand(room);
        }
        void acknowledge(const sp::job_id& id) override
        {
            if constexpr (reads) engine.acknowledge(id);
        }
        void on_saved(sp::error_code ec) override { engine.on_saved(ec); }
        void on_hint(moment now) override
        {
            if constexpr (reads) engine.on_hint(now);
        }
        void stop(sp::error_code why) override { engine.stop(why); }
        sp::checkpoint snapshot() const override
        {
            if constexpr (requires { engine.snapshot(); }) {
                return engine.snapshot();
            } else if constexpr (requires { engine.state(); }) {
                return engine.state();
            } else {
                auto c = begin;
                engine.write_to(c);
                return c;
            }
        }
        sp::remainder left() const override
        {
            if constexpr (requires { engine.left(); }) return engine.left();
            if constexpr (requires { engine.summary(); }) return engine.summary().left;
            return {};
        }
        sp::poll_stats stats() const override
        {
            if constexpr (requires { engine.stats(); }) return engine.stats();
            return {};
        }

        void take(moment now, ticket id, const sp::run& r)
        {
            if constexpr (reads) engine.on_run(now, id, r);
        }
        void take(moment now, ticket id, const sp::run_list& r) { engine.on_runs(now, id, r); }
        void take(moment now, ticket id, sp::job_result r)
        {
            if constexpr (reads) engine.on_result(now, id, std::move(r));
        }
        void take(moment now, ticket id, sp::creation r)
        {
            if constexpr (submits) engine.on_created(now, id, std::move(r));
        }
        void take(moment now, ticket id, const sp::collection_list& r)
        {
            if constexpr (submits) engine.on_collections(now, id, r);
        }
        void take(moment now, ticket id, sp::start_outcome r)
        {
            if constexpr (submits) engine.on_started(now, id, std::move(r));
        }
        void take(moment now, ticket id, sp::listed_job r)
        {
            if constexpr (reads) engine.on_row(now, id, std::move(r));
        }
        void take(moment now, ticket id, const sp::unreadable_row& r)
        {
            if constexpr (reads) engine.on_unreadable_row(now, id, r);
        }
        void take(moment now, ticket id, const sp::page_end& r)
        {
            if constexpr (reads) engine.on_page_end(now, id, r);
        }
        void take(moment now, ticket id, const sp::core::exchange_failure& r)
        {
            engine.on_failure(now, id, r);
        }

        E engine;
        sp::checkpoint begin;
    };

    std::unique_ptr<erased> engine_;
};

}  // namespace test

#endif
