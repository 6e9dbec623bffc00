#ifndef SCRAPINGPROS_MOCK_WEBHOOK_EXCHANGE_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_EXCHANGE_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>

#include "webhooks/webhook_sender.hpp"

namespace scrapingpros_mock {

/// What exchanges of one sender share.
struct webhook_line {
    webhook_sender_options options;
    boost::asio::ssl::context tls;
    std::uint64_t connections = 0;
};

/// Makes the attempt on the current executor. Whatever happens is in the outcome.
boost::asio::awaitable<webhook_outcome>
    post_webhook(std::shared_ptr<webhook_line>, std::shared_ptr<const webhook_attempt>);

}  // namespace scrapingpros_mock

#endif
