#ifndef SCRAPINGPROS_MODELS_HPP
#define SCRAPINGPROS_MODELS_HPP

#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/browser_action.hpp>
#include <scrapingpros/model/buckets.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/idempotency_key.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/job_id_set.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/model/recent_submit.hpp>
#include <scrapingpros/model/refusal.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/request_list.hpp>
#include <scrapingpros/model/request_rules.hpp>
#include <scrapingpros/model/result_body.hpp>
#include <scrapingpros/model/retry_list.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/model/scrape_request.hpp>
#include <scrapingpros/model/service.hpp>
#include <scrapingpros/model/start_outcome.hpp>
#include <scrapingpros/model/utf8.hpp>
#include <scrapingpros/model/verdict.hpp>
#include <scrapingpros/model/webhook_event.hpp>

#endif
