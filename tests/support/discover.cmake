# One CTest entry per doctest case, so that a failure is named by its sentence.
include(doctest)  # Debian ships the module beside the package's configuration

# Registers a program of doctest cases: its entries, and that `tests/run` builds it.
function(scrapingpros_discover_tests target)
    add_dependencies(scrapingpros_tests ${target})
    # A case is run by its name; a name that selects nothing would pass without having been run.
    doctest_discover_tests(${target} TEST_PREFIX "${target}/"
        PROPERTIES TIMEOUT 120 FAIL_REGULAR_EXPRESSION "test cases: +0 ")
endfunction()
