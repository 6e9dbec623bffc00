// What the control API shows of webhooks, and the world's ways to its book of them.

#include "json_out.hpp"
#include "state.hpp"
#include "time_text.hpp"
#include "webhooks/webhook_plan.hpp"
#include "webhooks/webhook_target.hpp"
#include "world.hpp"

namespace scrapingpros_mock {
namespace {

void write_time(json_writer& out, std::string_view name, const std::optional<time_point>& at)
{
    out.raw_member(name, at ? unix_seconds(*at) : "null");
}

void write_delivery(
    json_writer& out,
    const std::string& account,
    const run& which,
    const scenario& from,
    time_point now
)
{
    out.begin_object().member("id", which.id).member("account", account);
    out.member("url", url_for_records(*which.callback_url));
    out.member("callback_status", callback_status(which, from, now));
    out.member("attempts", which.hook.attempts).member("in_flight", which.hook.in_flight);
    write_time(out, "next_attempt_at", which.hook.next);
    out.end_object();
}

void write_attempt(json_writer& out, const webhook_record& record)
{
    out.begin_object().member("delivery", record.delivery).member("account", record.account);
    out.member("attempt", record.attempt).member("url", record.url);
    write_time(out, "due", record.due);
    write_time(out, "sent_at", record.sent_at);
    out.member("body_bytes", record.body_bytes).key("damage").begin_array();
    for (const std::string_view each : record.damage)
        out.value(each);
    out.end_array();
    write_time(out, "answered_at", record.answered_at);
    const webhook_outcome& outcome = record.outcome;
    std::optional<unsigned> status;
    if (outcome.status != 0) status = outcome.status;
    std::optional<std::string_view> error;
    if (outcome.error != webhook_error::none) error = name_of(outcome.error);
    out.member("status", status).member("error", error);
    out.member("connection", outcome.connection);
    out.member("took_us", outcome.took.count()).end_object();
}

}  // namespace

std::string webhook_book::to_json(const world_state& world, time_point now) const
{
    json_writer out;
    out.begin_object().member("delivery", name_of(world.from.webhooks.delivery));
    out.member("in_flight", in_flight_).member("total", total_);
    out.member("dropped", total_ - records_.size()).key("deliveries").begin_array();
    for (const auto& [account, id] : world.run_order) {
        const run* which = world.find_run(id);
        if (which != nullptr && which->callback_url)
            write_delivery(out, account, *which, world.from, now);
    }
    out.end_array().key("attempts").begin_array();
    for (const webhook_record& each : records_)
        write_attempt(out, each);
    return out.end_array().end_object().take();
}

std::optional<time_point> world::next_webhook()
{
    return state_->hooks.next(*state_);
}

std::vector<webhook_attempt> world::take_due_webhooks(time_point now)
{
    return state_->hooks.take_due(*state_, now);
}

void world::webhook_answered(
    std::string_view delivery, unsigned attempt, const webhook_outcome& outcome, time_point now
)
{
    state_->hooks.answered(*state_, delivery, attempt, outcome, now);
}

redelivery world::redeliver_webhook(std::string_view delivery, time_point now)
{
    return state_->hooks.redeliver(*state_, delivery, now);
}

const webhook_book& world::webhooks() const noexcept
{
    return state_->hooks;
}

std::string world::webhooks_json(time_point now) const
{
    return state_->hooks.to_json(*state_, now);
}

}  // namespace scrapingpros_mock
