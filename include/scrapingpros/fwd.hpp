#ifndef SCRAPINGPROS_FWD_HPP
#define SCRAPINGPROS_FWD_HPP

namespace scrapingpros::inline v0 {

struct diagnostics;
class secret;

struct collection_id;
struct run_id;
struct job_id;
struct run_ref;

struct scrape_request;
struct raw_item;
struct collection_draft;
struct collection;
struct collection_list;
struct creation;
struct blocked_url;
struct invalid_item;
struct item_fault;
class idempotency_key;
struct request_problem;
struct validation_options;

struct run;
struct run_list;
struct failed_job;
struct success_criterion;
struct job;
struct listed_job;
struct unreadable_row;
struct page_end;
struct job_page;
struct job_result;
struct result_body;
struct result_guidance;
struct network_request;
struct result_refusal;
struct verdict;
struct account_limits;
struct health;
struct plan;
struct plan_list;
struct raw_document;
struct webhook_event;
struct webhook_job;

class job_id_set;
struct checkpoint;
struct settled_job;
struct settlement_counts;
struct shortfall;
struct remainder;
struct job_outcome;
struct batch_progress;
struct batch_summary;

class any_checkpoint_store;
class file_checkpoint_store;
class memory_checkpoint_store;

struct create_collection;
struct list_collections;
struct get_collection;
struct update_collection;
struct delete_collection;
struct start_run;
struct list_runs;
struct get_run;
struct list_jobs;
struct get_result;
struct get_health;
struct get_plans;
struct get_billing;
struct get_metrics;
struct get_client_metrics;
struct fetch_body;

struct endpoint;
class http_fields;
struct http_request;
struct http_response_head;
struct service_address;
struct error_reply;
class page_decoder;
class result_decoder;
class body_sink;

class file_checkpoint_store;

struct folder_options;
struct stored_body;
class folder_file;
class folder_sink;

struct webhook_scheme;
class webhook_verifier;

}  // namespace scrapingpros::inline v0

#endif
