# The mock service's behaviour without sockets; included by this folder's CMakeLists.txt.
add_library(mock_world STATIC
    books/assertions.cpp
    books/assertions_json.cpp
    books/assertions_text.cpp
    books/books.cpp
    books/efficiency.cpp
    books/frontier.cpp
    books/journal.cpp
    books/journal_filter.cpp
    books/journal_json.cpp
    books/ledger.cpp
    books/ledger_figures.cpp
    books/ledger_json.cpp
    books/verdicts.cpp
    clock/clock_json.cpp
    content_encoding.cpp
    faults/fault_book.cpp
    faults/fault_codes.cpp
    faults/fault_effects_json.cpp
    faults/faults.cpp
    faults/faults_json.cpp
    faults/json_damage.cpp
    faults/page_hazards.cpp
    faults/wire_damage.cpp
    handlers/account.cpp
    handlers/collections.cpp
    handlers/create.cpp
    handlers/jobs.cpp
    handlers/results.cpp
    handlers/runs.cpp
    items/idempotency.cpp
    items/item_rules.cpp
    items/items.cpp
    items/ssrf.cpp
    json_out.cpp
    limits/account_limits.cpp
    limits/early_returns.cpp
    limits/limit_headers.cpp
    limits/limit_options.cpp
    limits/limits_seen.cpp
    limits/option_reader.cpp
    limits/plans.cpp
    limits/retention.cpp
    limits/retention_options.cpp
    limits/throttle.cpp
    operation.cpp
    replies.cpp
    router.cpp
    rows/content.cpp
    rows/listing.cpp
    rows/listing_request.cpp
    rows/result_json.cpp
    rows/row_json.cpp
    rows/run_json.cpp
    runs/distributions.cpp
    runs/draws.cpp
    runs/polling_workload.cpp
    runs/pool.cpp
    runs/run_changes.cpp
    runs/run_index.cpp
    runs/run_patch.cpp
    runs/run_rows.cpp
    runs/run_shape_json.cpp
    runs/stock_workloads.cpp
    runs/workload.cpp
    runs/workload_recipe.cpp
    scenario/har_import.cpp
    scenario/json_in.cpp
    scenario/json_units.cpp
    scenario/scenario.cpp
    scenario/scenario_json.cpp
    scenario/scenario_write.cpp
    server/bearer.cpp
    server/plan_writer.cpp
    service.cpp
    switches.cpp
    text.cpp
    time_text.cpp
    types.cpp
    webhooks/webhook_book.cpp
    webhooks/webhook_json.cpp
    webhooks/webhook_options.cpp
    webhooks/webhook_options_json.cpp
    webhooks/webhook_plan.cpp
    webhooks/webhook_target.cpp
    webhooks/webhook_types.cpp
    webhooks/webhooks.cpp
    world.cpp)
target_include_directories(mock_world PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_compile_features(mock_world PUBLIC cxx_std_20)
target_link_libraries(mock_world
    PUBLIC Boost::headers
    PRIVATE Boost::json Boost::url OpenSSL::Crypto scrapingpros_warnings)
if(ZLIB_FOUND)  # without it A61 gzip answers as identity does
    target_link_libraries(mock_world PRIVATE ZLIB::ZLIB)
    target_compile_definitions(mock_world PUBLIC SCRAPINGPROS_MOCK_HAS_ZLIB)
endif()
