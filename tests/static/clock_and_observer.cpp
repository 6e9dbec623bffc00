// Good and bad models of engine_clock and observer; each bad one is wrong in exactly one way.
#include <scrapingpros/policy/observer.hpp>
#include <scrapingpros/time.hpp>

#include <chrono>

namespace {

using namespace scrapingpros;

namespace clock {

struct good {
    instant now() const;
    timestamp server_now() const;
};
struct cannot_be_read_when_const {
    instant now();
    timestamp server_now() const;
};
struct tells_the_wall_clock {
    timestamp now() const;
    timestamp server_now() const;
};
struct knows_no_wall_clock {
    instant now() const;
};
struct tells_coarse_time {
    instant now() const;
    std::chrono::sys_seconds server_now() const;
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    instant now() const;
    timestamp server_now() const;
};

static_assert(engine_clock<good>);
static_assert(!engine_clock<cannot_be_read_when_const>);
static_assert(!engine_clock<tells_the_wall_clock>);
static_assert(!engine_clock<knows_no_wall_clock>);
static_assert(!engine_clock<tells_coarse_time>);
static_assert(!engine_clock<cannot_be_copied>);

}  // namespace clock

namespace watch {

struct attempts {
    void on_attempt(const attempt_event&);
};
struct replies {
    void on_reply(const reply_event&);
};
struct retries {
    void on_retry(const retry_event&);
};
struct polls {
    void on_poll(poll_event);
};
struct drift {
    void on_drift(const drift_event&) const;
};
struct criteria {
    void on_criterion(const criterion_event&);
};
struct takes_any_event {
    template <class Event>
    void on_reply(const Event&);
};
struct has_none_of_the_hooks {};
struct misspells_its_hook {
    void on_atempt(const attempt_event&);
};
struct takes_another_event {
    void on_attempt(const reply_event&);
};
struct hides_its_hook {
private:
    void on_attempt(const attempt_event&);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    void on_attempt(const attempt_event&);
};

static_assert(observer<no_observer>);
static_assert(observer<attempts>);
static_assert(observer<replies>);
static_assert(observer<retries>);
static_assert(observer<polls>);
static_assert(observer<drift>);
static_assert(observer<criteria>);
static_assert(observer<takes_any_event>);
static_assert(!observer<has_none_of_the_hooks>);
static_assert(!observer<misspells_its_hook>);
static_assert(!observer<takes_another_event>);
static_assert(!observer<hides_its_hook>);
static_assert(!observer<cannot_be_copied>);
static_assert(check_observer<attempts>());
static_assert(check_observer<takes_any_event>());

}  // namespace watch
}  // namespace
