#include "webhooks/webhook_dispatcher.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace scrapingpros_mock {

namespace asio = boost::asio;

namespace {

using delivery = std::pair<std::string, unsigned>;

std::optional<time_point> next_of(tenant& who)
{
    return who.with_world([](world& service) { return service.next_webhook(); });
}

}  // namespace

struct webhook_dispatcher::impl {
    // What keeps a tenant's clock: a ticket that waits for the next webhook, awake while one is sent.
    struct line {
        clock_ticket ticket;
        std::size_t under_way = 0;
    };

    impl(mock_host& of, webhook_sender_options how) : host{of}, options{std::move(how)} {}

    ~impl()
    {
        if (!thread.joinable()) return;
        asio::post(context, [this] { sender->stop(); });
        work.reset();
        context.stop();
        thread.join();
        sender.reset();
    }

    void look()
    {
        const std::lock_guard lock{start_mutex};
        if (!thread.joinable()) {
            const auto all = host.all();
            if (std::none_of(all.begin(), all.end(), [](const auto& each) {
                    return next_of(*each);
                }))
                return;
            sender.emplace(context, options, source());
            thread = std::thread{[this] { context.run(); }};
        }
        sender->look();
    }

    webhook_source source()
    {
        return {
            .until_next = [this] { return until_next(); },
            .take_due = [this] { return take_due(); },
            .answered = [this](
                            const webhook_attempt& what, const webhook_outcome& how
                        ) { answered(what, how); }};
    }

    std::optional<std::chrono::nanoseconds> until_next()
    {
        std::optional<std::chrono::nanoseconds> shortest;
        for (const auto& who : host.all()) {
            const auto next = next_of(*who);
            keep_clock(who, next);
            if (!next) continue;
            const auto rest = who->clock().real_time_until(*next);
            if (rest) shortest = std::min(*rest, shortest.value_or(*rest));
        }
        return shortest;
    }

    void keep_clock(const std::shared_ptr<tenant>& who, std::optional<time_point> next)
    {
        line& of = lines[who];
        if (of.under_way > 0) return;
        if (!next) {
            of.ticket = {};
            return;
        }
        if (of.ticket.id() == 0)
            of.ticket = clock_ticket{who->shared_clock(), holder_kind::webhook, "next delivery"};
        who->clock().wait_until(of.ticket.id(), *next);
    }

    std::vector<webhook_attempt> take_due()
    {
        std::vector<webhook_attempt> all;
        for (const auto& who : host.all()) {
            auto due = who->with_world([&](world& service) {
                return service.take_due_webhooks(who->clock().now());
            });
            if (due.empty()) continue;
            line& of = lines[who];
            of.under_way += due.size();
            if (of.ticket.id() == 0)
                of.ticket = clock_ticket{who->shared_clock(), holder_kind::webhook, "delivery"};
            who->clock().wait_until(of.ticket.id(), time_point::min());
            for (webhook_attempt& each : due) {
                owners[{each.delivery, each.number}] = who;
                all.push_back(std::move(each));
            }
        }
        return all;
    }

    void answered(const webhook_attempt& what, const webhook_outcome& how)
    {
        const auto found = owners.extract({what.delivery, what.number});
        if (found.empty()) return;
        const auto who = found.mapped();
        const time_point now = who->clock().now();
        who->with_world([&](world& service) {
            service.webhook_answered(what.delivery, what.number, how, now);
        });
        line& of = lines[who];
        --of.under_way;
        keep_clock(who, next_of(*who));
        sender->look();
    }

    mock_host& host;
    const webhook_sender_options options;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::mutex start_mutex;
    std::optional<webhook_sender> sender;
    std::thread thread;
    // Of the thread alone.
    std::map<std::shared_ptr<tenant>, line> lines;
    std::map<delivery, std::shared_ptr<tenant>> owners;
};

webhook_dispatcher::webhook_dispatcher(mock_host& host, webhook_sender_options options)
    : impl_{std::make_unique<impl>(host, std::move(options))}
{
}

webhook_dispatcher::~webhook_dispatcher() = default;

void webhook_dispatcher::look()
{
    impl_->look();
}

}  // namespace scrapingpros_mock
