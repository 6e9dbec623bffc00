#include "benchmarks/polling/official_client.hpp"

#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <utility>

namespace polling {
namespace {

using std::chrono::seconds;

/// A coroutine that begins at once and lives as long as this.
class process {
public:
    struct promise_type {
        process get_return_object()
        {
            return process{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };

    explicit process(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    process(process&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    process& operator=(process&&) = delete;
    ~process()
    {
        if (handle_) handle_.destroy();
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

class official {
public:
    official(world& in, official_version version)
        : world_(in), inline_(version == official_version::v0_7_8),
          taken_(in.workload().total, false)
    {
    }

    process loop()
    {
        const duration interval = table(world_.workload().total);
        std::size_t at_last_listing = never;
        for (;;) {
            const auto state = co_await call(request_kind::run, no_page_);
            if (!state) {
                co_await sleep(interval);
                continue;
            }
            const auto& status = std::get<status_answer>(*state);
            const auto counted = status.finished();
            const bool nothing_new = counted == at_last_listing && (!inline_ || seen_ >= counted);
            bool failed = false;
            std::vector<std::uint32_t> rows;
            if (!nothing_new) {
                at_last_listing = counted;
                auto asked = fresh_listing();
                for (bool more = true; more;) {
                    const auto page = co_await call(
                        inline_ ? request_kind::inline_page : request_kind::metadata_page, asked
                    );
                    failed = !page;
                    if (failed) break;
                    const auto& got = std::get<page_answer>(*page);
                    more = got.more;
                    note(got, rows);
                    if (more) asked.behind = position_behind(got.jobs.back());
                }
            }
            // The rows of the pages before are under the mark, and are lost.
            if (failed) {
                co_await sleep(interval);
                continue;
            }
            world_.holds(rows.size());
            std::deque<std::uint32_t> wanted;
            for (const auto job : rows) {
                const auto& from = world_.run().jobs()[job];
                if (!mock::is_completed(from.ends) || (inline_ && !from.inline_miss))
                    world_.delivered(job);
                else
                    wanted.push_back(job);
            }
            const auto workers = (std::min)(std::size_t(5), wanted.size());
            if (workers > 0) {
                std::size_t busy = workers;
                std::vector<process> fetchers;
                for (std::size_t i = 0; i < workers; ++i)
                    fetchers.push_back(fetch(wanted, busy));
                while (busy > 0)
                    co_await sleep(duration{1'000});
            }
            const bool over = status.status != mock::run_status::in_progress;
            if (over && (!inline_ || seen_ >= at_last_listing)) {
                world_.ended();
                co_return;
            }
            co_await sleep(interval);
        }
    }

private:
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
    using reply = std::optional<world::answer>;

    static duration table(std::uint64_t jobs)
    {
        return jobs < 100     ? seconds{5}
               : jobs < 500   ? seconds{10}
               : jobs < 2'000 ? seconds{15}
                              : seconds{30};
    }

    struct sleep_awaiter {
        world& in;
        duration wait;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> who)
        {
            in.time().after(wait, [who] { who.resume(); });
        }
        void await_resume() const noexcept {}
    };
    sleep_awaiter sleep(duration wait) { return {world_, wait}; }

    /// One request, with up to three repeats after a 429; empty if the fourth is refused too. On the
    /// heap: g++ 12 moves awaiters as bytes.
    struct pending {
        world& in;
        request_kind what;
        mock::listing_request asked;
        reply made{};
        unsigned attempt = 0;
        bool over = false;
        std::coroutine_handle<> who{};

        void send()
        {
            in.send(what, asked, [this](world::answer a, const told_rate&) {
                on_answer(std::move(a));
            });
        }
        void on_answer(world::answer a)
        {
            const auto* no = std::get_if<refusal>(&a);
            if (no && ++attempt < 4) {
                // As the client does it: up to a quarter less than it was asked to wait.
                const duration full = (std::min)(no->retry_after, duration{seconds{60}});
                const auto wait = in.draw(full * 3 / 4, full);
                in.time().after(wait, [this] { send(); });
                return;
            }
            if (!no) made = std::move(a);
            over = true;
            who.resume();
        }
    };
    class call_awaiter {
    public:
        explicit call_awaiter(pending* what) : what_(what) {}

        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> caller)
        {
            what_->who = caller;
            what_->send();
        }
        reply await_resume() { return std::move(what_->made); }

    private:
        pending* what_;
    };
    call_awaiter call(request_kind what, const mock::listing_request& asked)
    {
        while (!calls_.empty() && calls_.front()->over && calls_.size() > 1)
            calls_.pop_front();
        calls_.push_back(std::make_unique<pending>(pending{world_, what, asked}));
        return call_awaiter{calls_.back().get()};
    }

    process fetch(std::deque<std::uint32_t>& wanted, std::size_t& busy)
    {
        while (!wanted.empty()) {
            const auto job = wanted.front();
            wanted.pop_front();
            // A result that cannot be fetched is delivered as a failed one: the content is lost.
            if (co_await call(request_kind::result, no_page_)) world_.delivered(job);
        }
        --busy;
    }

    mock::listing_request fresh_listing() const
    {
        mock::listing_request made;
        made.limit = inline_ ? 100 : 1'000;
        made.include_results = inline_;
        made.by = mock::listing_request::order::completed_at;
        made.statuses = 0xE;
        made.since = mark_;
        return made;
    }

    mock::position position_behind(std::uint32_t job) const
    {
        const auto& from = world_.run().jobs()[job];
        return mock::stamp_position{from.stamp, std::string(mock::view(from.id))};
    }

    void note(const page_answer& page, std::vector<std::uint32_t>& rows)
    {
        for (const auto job : page.jobs) {
            const time_point stamp = world_.run().jobs()[job].stamp;
            if (!mark_ || stamp > *mark_) mark_ = stamp;
            if (taken_[job]) continue;
            taken_[job] = true;
            ++seen_;
            rows.push_back(job);
        }
    }

    world& world_;
    bool inline_;
    std::vector<bool> taken_;
    std::size_t seen_ = 0;
    std::optional<time_point> mark_{};
    mock::listing_request no_page_{};
    /// The last ones, and those that are under way.
    std::deque<std::unique_ptr<pending>> calls_{};
};

}  // namespace

std::shared_ptr<void> start_official(world& in, official_version version)
{
    struct running {
        running(world& where, official_version as) : client(where, as), loop(client.loop()) {}
        official client;
        process loop;
    };
    return std::make_shared<running>(in, version);
}

}  // namespace polling
