#ifndef SCRAPINGPROS_POLICIES_HPP
#define SCRAPINGPROS_POLICIES_HPP

#include <scrapingpros/policy/account_budget.hpp>
#include <scrapingpros/policy/arrival_rate.hpp>
#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/policy/burst_rhythm.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>
#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/elapsed_share.hpp>
#include <scrapingpros/policy/flush_grid.hpp>
#include <scrapingpros/policy/governor.hpp>
#include <scrapingpros/policy/limit_estimate.hpp>
#include <scrapingpros/policy/nearing_deadline.hpp>
#include <scrapingpros/policy/observer.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/page_overlap.hpp>
#include <scrapingpros/policy/policy_set.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/policy/rate_limit.hpp>
#include <scrapingpros/policy/remaining_share.hpp>
#include <scrapingpros/policy/retry.hpp>
#include <scrapingpros/policy/retry_quota.hpp>
#include <scrapingpros/policy/scarcity.hpp>

#endif
