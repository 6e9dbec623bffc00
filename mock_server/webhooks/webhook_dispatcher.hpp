#ifndef SCRAPINGPROS_MOCK_WEBHOOK_DISPATCHER_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_DISPATCHER_HPP

#include <memory>

#include "server/host.hpp"
#include "webhooks/webhook_sender.hpp"

namespace scrapingpros_mock {

/// Sends the webhooks of all tenants of a host, each by its tenant's clock, on a thread that is made
/// when the first one is due. An automatic clock jumps to due webhooks, and waits while one is under
/// way.
class webhook_dispatcher {
public:
    webhook_dispatcher(mock_host& host, webhook_sender_options options);
    ~webhook_dispatcher();

    webhook_dispatcher(const webhook_dispatcher&) = delete;
    webhook_dispatcher& operator=(const webhook_dispatcher&) = delete;

    /// Looks for what is due: to be called when time has jumped, a run was started or a webhook is to
    /// be sent again. From any thread.
    void look();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace scrapingpros_mock

#endif
