#ifndef SCRAPINGPROS_TESTS_WEAKNESSES_OFFERED_HPP
#define SCRAPINGPROS_TESTS_WEAKNESSES_OFFERED_HPP

// What our interface offers where the official one does not (W54, W56): a table that the compiler checks.

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client.hpp>
#include <scrapingpros/models.hpp>
#include <scrapingpros/policies.hpp>
#include <scrapingpros/webhook.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>

namespace weaknesses {

namespace sp = scrapingpros;

using client_type = sp::client;
struct ignore {
    template <class... Args>
    void operator()(Args&&...)
    {
    }
};

// W54: everything that a page can be asked for is a member of its request.
static_assert(requires(sp::scrape_request r) {
    r.url = "https://shop.example/";
    r.custom_id = "c-1";
    r.format = sp::body_format::markdown;
    r.browser = true;
    r.browser_type = sp::browser_kind::stealth;
    r.use_proxy = sp::country_proxy{"BR"};
    r.screenshot = true;
    r.actions.push_back(sp::click_action{});
    r.language = "pt-BR";
    r.http_method = sp::target_post{};
    r.headers["Accept"] = "text/html";
    r.window_size = sp::window_kind::mobile;
    r.cookies["a"] = "b";
    r.extract["price"];
    r.network_capture = sp::network_capture_options{};
    r.retry_on_block = true;
    r.block_resources = {sp::resource_kind::image};
    r.block_requests = {"ads"};
    r.extra_json["later"] = "1";
});

// W56: cancel, for every call and for a batch.
static_assert(requires(client_type& c, sp::batch& b, boost::asio::cancellation_slot slot) {
    c.async_get_run({}, boost::asio::bind_cancellation_slot(slot, ignore{}));
    c.async_start_run({}, boost::asio::bind_cancellation_slot(slot, ignore{}));
    b.async_next(boost::asio::bind_cancellation_slot(slot, ignore{}));
    b.close();
});
// Webhooks are verified, and make a batch look.
static_assert(requires(const sp::webhook_verifier& v, sp::diagnostics& diag, sp::batch& b) {
    {
        v.read("", sp::http_fields{}, sp::timestamp{}, diag)
    } -> std::same_as<sp::result<sp::webhook_event>>;
    {
        b.on_webhook(sp::webhook_event{})
    } -> std::same_as<bool>;
});
// A callback of the run, beside that of the collection.
static_assert(requires(sp::start_run s, sp::collection_draft d) {
    s.callback_url = "https://me.example/run";
    d.callback_url = "https://me.example/collection";
});
// The order of a listing, on the low-level call.
static_assert(requires(client_type& c, sp::list_jobs l) {
    l.order_by = sp::job_order::completed_at;
    l.order_dir = sp::sort_direction::descending;
    l.completed_since = sp::timestamp{};
    c.async_list_jobs(l, ignore{});
    c.async_get_run_jobs(l, ignore{});
    c.iter_run_jobs(l);
});
// A store that outlives the process.
static_assert(sp::checkpoint_store<sp::memory_checkpoint_store>);
static_assert(requires(client_type& c, sp::batch_options o) { c.resume_batch(o); });
// A budget for several clients; deadlines for a call, a wait and a batch.
static_assert(requires(client_type& c, sp::batch_options o) {
    sp::default_policies.with_rate_limit(sp::token_bucket({}, {}));
    c.with_timeout(std::chrono::seconds(3));
    c.async_wait_run({}, std::chrono::seconds(3), ignore{});
    o.timeout = std::chrono::seconds(3);
    o.poll.deadline = sp::instant{};
});
// What is left and why, by item: the input of another batch.
static_assert(requires(sp::batch_summary s) {
    {
        s.left.jobs.front().cause
    } -> std::same_as<sp::shortfall_cause&>;
    {
        s.left.jobs.front().url
    } -> std::same_as<std::optional<std::string>&>;
    {
        s.left.jobs.front().custom_id
    } -> std::same_as<std::optional<std::string>&>;
});
static_assert(requires(sp::retry_list again, sp::job_outcome item, sp::batch_summary s) {
    again.note(item);
    again.note(s.left);
    {
        again.draft("again", {})
    } -> std::same_as<sp::collection_draft>;
});

}  // namespace weaknesses

#endif
