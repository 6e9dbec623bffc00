# One CTest entry per doctest case, so that a failure is named by its sentence.
include(doctest)  # Debian ships the module beside the package's configuration

# Registers a program of doctest cases: its entries, and that `tests/run` builds it. Called again with
# another PREFIX (of the entries' names) and ENVIRONMENT (NAME=VALUE), it has the cases run that way too.
function(scrapingpros_discover_tests target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX;ENVIRONMENT" "")
    set(extra)
    if(arg_ENVIRONMENT)
        set(extra ENVIRONMENT "${arg_ENVIRONMENT}")
    endif()
    if(NOT arg_PREFIX)
        set(arg_PREFIX "${target}/")
    else()
        # The module names its files after the arguments, so that a second call needs arguments of
        # its own; doctest passes over those that it does not know.
        set(distinct EXTRA_ARGS "--entries=${arg_PREFIX}")
    endif()
    add_dependencies(scrapingpros_tests ${target})
    # A case is run by its name; a name that selects nothing would pass without having been run.
    doctest_discover_tests(${target} TEST_PREFIX "${arg_PREFIX}" ${distinct}
        PROPERTIES TIMEOUT 120 FAIL_REGULAR_EXPRESSION "test cases: +0 " ${extra})
endfunction()
