#ifndef SCRAPINGPROS_HPP
#define SCRAPINGPROS_HPP

// Everything: what a first program needs. For less, include the parts.

#include <scrapingpros/batch.hpp>
#include <scrapingpros/blocking_client.hpp>
#include <scrapingpros/body.hpp>
#include <scrapingpros/client.hpp>
#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/folder_sink.hpp>
#include <scrapingpros/job_stream.hpp>
#include <scrapingpros/models.hpp>
#include <scrapingpros/net/beast_transport.hpp>
#include <scrapingpros/policies.hpp>
#include <scrapingpros/version.hpp>
#include <scrapingpros/webhook.hpp>

#endif
