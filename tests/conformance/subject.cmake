# Judges a client that is made of your own parts by the conformance kit (ADAPTERS.md).

set_property(GLOBAL PROPERTY SCRAPINGPROS_CONFORMANCE_FOLDER ${CMAKE_CURRENT_LIST_DIR})

# scrapingpros_conformance_subject(NAME SOURCE… [ARGUMENTS ARGUMENT…])
#
# Builds the adapter NAME of the sources and adds the test conformance.NAME, which passes if the client
# does all that a client must. The arguments go to the runner: `--run RTY-*`, `--strict`.
function(scrapingpros_conformance_subject name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ARGUMENTS")
    if(NOT arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "scrapingpros_conformance_subject(${name}): it needs a source file")
    endif()
    if(NOT TARGET scrapingpros-mock)
        message(FATAL_ERROR "scrapingpros_conformance_subject(${name}): there is no scrapingpros-mock; "
            "it needs CLI11 (Debian: libcli11-dev)")
    endif()
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    get_property(folder GLOBAL PROPERTY SCRAPINGPROS_CONFORMANCE_FOLDER)

    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PRIVATE ${folder}/adapters/ours)
    if(TARGET scrapingpros::separate)
        target_link_libraries(${name} PRIVATE scrapingpros::separate)
    else()
        target_link_libraries(${name} PRIVATE scrapingpros::scrapingpros)
    endif()
    add_dependencies(${name} scrapingpros-mock)

    add_test(NAME conformance.${name} COMMAND Python3::Interpreter -B ${folder}/kit/main.py
        --mock $<TARGET_FILE:scrapingpros-mock> --subject $<TARGET_FILE:${name}>
        --kind must --jobs 4 --quiet ${arg_ARGUMENTS})
    set_tests_properties(conformance.${name} PROPERTIES PROCESSORS 2 TIMEOUT 600 LABELS conformance)
endfunction()
