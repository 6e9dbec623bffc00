#ifndef SCRAPINGPROS_SRC_HPP
#define SCRAPINGPROS_SRC_HPP

// Every definition, for separate compilation: to be included in exactly one file of a program that
// defines SCRAPINGPROS_SEPARATE_COMPILATION everywhere. tests/architecture/src_hpp.py checks the
// list.
#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#error "<scrapingpros/src.hpp> is for programs that define SCRAPINGPROS_SEPARATE_COMPILATION"
#endif

#include <scrapingpros/impl/body.ipp>
#include <scrapingpros/impl/detail/batch_calls.ipp>
#include <scrapingpros/impl/detail/batch_driver.ipp>
#include <scrapingpros/impl/detail/batch_operation.ipp>
#include <scrapingpros/impl/detail/call_operation.ipp>
#include <scrapingpros/impl/detail/client_calls.ipp>
#include <scrapingpros/impl/detail/client_core.ipp>
#include <scrapingpros/impl/detail/client_waits.ipp>
#include <scrapingpros/impl/detail/job_stream_state.ipp>
#include <scrapingpros/impl/detail/policy_box.ipp>
#include <scrapingpros/impl/file_checkpoint_store.ipp>
#include <scrapingpros/impl/folder_sink.ipp>
#include <scrapingpros/impl/model/call_traits.ipp>
#include <scrapingpros/impl/model/idempotency_key.ipp>
#include <scrapingpros/impl/model/request_rules.ipp>
#include <scrapingpros/impl/model/utf8.ipp>
#include <scrapingpros/impl/net/beast_transport.ipp>
#include <scrapingpros/impl/net/channel.ipp>
#include <scrapingpros/impl/net/deadline_watch.ipp>
#include <scrapingpros/impl/net/exchange.ipp>
#include <scrapingpros/impl/net/exchange_dial.ipp>
#include <scrapingpros/impl/net/exchange_state.ipp>
#include <scrapingpros/impl/net/exchange_transfer.ipp>
#include <scrapingpros/impl/net/inflater.ipp>
#include <scrapingpros/impl/net/proxy_options.ipp>
#include <scrapingpros/impl/net/response_reader.ipp>
#include <scrapingpros/impl/net/tls_context.ipp>
#include <scrapingpros/impl/net/tls_session.ipp>
#include <scrapingpros/impl/net/transport_core.ipp>
#include <scrapingpros/impl/webhook.ipp>
#include <scrapingpros/impl/wire/checkpoint_codec.ipp>
#include <scrapingpros/impl/wire/decode.ipp>
#include <scrapingpros/impl/wire/encode.ipp>
#include <scrapingpros/impl/wire/error_body.ipp>
#include <scrapingpros/impl/wire/limits.ipp>
#include <scrapingpros/impl/wire/page_decoder.ipp>
#include <scrapingpros/impl/wire/result_decoder.ipp>
#include <scrapingpros/impl/wire/retry_after.ipp>
#include <scrapingpros/impl/wire/routes.ipp>
#include <scrapingpros/impl/wire/timestamp.ipp>

#endif
