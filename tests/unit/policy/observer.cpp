#include <scrapingpros/policy/observer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

/// Has every hook; copies write into one list.
struct hears_all {
    std::vector<std::string>* heard = nullptr;

    void on_attempt(const attempt_event& e) const { add("attempt ", e.attempt); }
    void on_reply(const reply_event& e) const { add("reply ", e.http_status); }
    void on_retry(const retry_event& e) const
    {
        add("retry ", e.failure.attempt, static_cast<unsigned>(e.wait.count()));
    }
    void on_poll(const poll_event& e) const
    {
        add("poll ", static_cast<unsigned>(e.finished_jobs));
    }
    void on_drift(const drift_event& e) const { heard->push_back("drift " + std::string(e.place)); }
    void on_criterion(const criterion_event& e) const
    {
        heard->push_back("criterion " + std::string(e.pinned) + " " + std::string(e.served));
    }

private:
    void add(std::string what, unsigned first) const
    {
        heard->push_back(std::move(what) + std::to_string(first));
    }
    void add(std::string what, unsigned first, unsigned second) const
    {
        add(std::move(what) + std::to_string(first) + " ", second);
    }
};

/// Has one hook, which changes it.
struct counts_replies {
    int replies = 0;
    void on_reply(reply_event) { ++replies; }
};

/// Tells one event of each kind.
template <class O>
void notify_all(O& o)
{
    const failed_attempt failure{.attempt = 3};
    detail::notify(o, attempt_event{"GET /x", 2});
    detail::notify(o, reply_event{"GET /x", 2, 503, 10, true});
    detail::notify(o, retry_event{"GET /x", failure, 250ms});
    detail::notify(o, poll_event{"r-1", 7, 9, 5s});
    detail::notify(o, drift_event{"GET /x", "items[3]"});
    detail::notify(o, criterion_event{"r-1", "v1", "v2"});
}

}  // namespace

TEST_SUITE("policy.observer")
{
    TEST_CASE("an observer with every hook hears every event")
    {
        std::vector<std::string> heard;
        hears_all watcher{&heard};
        notify_all(watcher);
        const std::vector<std::string> expected = {
            "attempt 2", "reply 503", "retry 3 250", "poll 7", "drift items[3]", "criterion v1 v2"};
        CHECK_EQ(heard, expected);
        CHECK(check_observer<hears_all>());
    }

    TEST_CASE("an observer hears what it has a hook for, and nothing else")
    {
        counts_replies watcher;
        notify_all(watcher);
        CHECK_EQ(watcher.replies, 1);
        CHECK(check_observer<counts_replies>());
    }

    TEST_CASE("nobody may watch")
    {
        no_observer nobody;
        notify_all(nobody);
        CHECK(check_observer<no_observer>());
    }
}
