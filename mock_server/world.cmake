# The mock service's behaviour without sockets; included by this folder's CMakeLists.txt.
add_library(mock_world STATIC
    account_limits.cpp
    bearer.cpp
    assertions.cpp
    assertions_json.cpp
    assertions_text.cpp
    books.cpp
    content.cpp
    content_encoding.cpp
    distributions.cpp
    draws.cpp
    early_returns.cpp
    fault_book.cpp
    fault_codes.cpp
    fault_effects_json.cpp
    efficiency.cpp
    faults.cpp
    faults_json.cpp
    frontier.cpp
    handlers/account.cpp
    handlers/collections.cpp
    handlers/control.cpp
    handlers/create.cpp
    handlers/jobs.cpp
    handlers/results.cpp
    handlers/runs.cpp
    har_import.cpp
    idempotency.cpp
    item_rules.cpp
    items.cpp
    journal.cpp
    journal_filter.cpp
    journal_json.cpp
    json_in.cpp
    json_damage.cpp
    json_in.cpp
    json_out.cpp
    json_units.cpp
    ledger.cpp
    limit_headers.cpp
    limit_options.cpp
    limits_seen.cpp
    ledger_figures.cpp
    ledger_json.cpp
    listing.cpp
    listing_request.cpp
    operation.cpp
    option_reader.cpp
    page_hazards.cpp
    plans.cpp
    polling_workload.cpp
    pool.cpp
    replies.cpp
    result_json.cpp
    retention.cpp
    retention_options.cpp
    router.cpp
    row_json.cpp
    run_changes.cpp
    run_index.cpp
    run_json.cpp
    run_patch.cpp
    run_rows.cpp
    run_shape_json.cpp
    scenario.cpp
    scenario_json.cpp
    scenario_write.cpp
    service.cpp
    ssrf.cpp
    stock_workloads.cpp
    switches.cpp
    text.cpp
    throttle.cpp
    time_text.cpp
    types.cpp
    webhook_book.cpp
    webhook_json.cpp
    webhook_options.cpp
    webhook_options_json.cpp
    webhook_plan.cpp
    webhook_target.cpp
    webhook_types.cpp
    verdicts.cpp
    webhooks.cpp
    wire_damage.cpp
    workload.cpp
    workload_recipe.cpp
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
