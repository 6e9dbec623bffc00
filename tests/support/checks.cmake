# Tests about the project itself: its source, and what a compiler says to it.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

# A check that only reads: a script of tests/architecture, which exits with 77 where it cannot run.
function(scrapingpros_check name)
    add_test(NAME architecture.${name}
        COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/tests/architecture/${name}.py ${ARGN})
    set_tests_properties(architecture.${name} PROPERTIES
        SKIP_RETURN_CODE 77 TIMEOUT 300 LABELS architecture)
endfunction()

# Tests whose subject is the compiler: they build a target of this build tree while CTest runs. One
# at a time, because two runs of ninja in one folder would collide.

# Passes if `target` builds. The target is not part of any other build.
function(scrapingpros_build_test name target)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    # "-k 0": Ninja goes on after an error, so that all are shown.
    add_test(NAME ${name}
        COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target ${target} -- -k 0)
    string(REGEX REPLACE "\\..*" "" label ${name})
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK build TIMEOUT 1200 LABELS ${label})
endfunction()

# One file, built twice: it must compile, and with EXPECT_FAILURE defined it must not. So a case
# cannot pass by being broken for another reason. The regular expression MESSAGE must match what
# the compiler itself says (its errors, notes and "required …" lines), not the name of a file.
function(scrapingpros_compile_fail name)
    cmake_parse_arguments(arg "" "MESSAGE" "" ${ARGN})
    foreach(variant IN ITEMS good bad)
        add_library(compile_fail.${name}.${variant} OBJECT EXCLUDE_FROM_ALL ${name}.cpp)
        target_link_libraries(compile_fail.${name}.${variant} PRIVATE scrapingpros::scrapingpros)
    endforeach()
    target_compile_definitions(compile_fail.${name}.bad PRIVATE EXPECT_FAILURE)

    scrapingpros_build_test(compile_fail.${name}.good compile_fail.${name}.good)
    add_test(NAME compile_fail.${name}.bad COMMAND ${CMAKE_COMMAND}
        -D BUILD=${CMAKE_BINARY_DIR} -D TARGET=compile_fail.${name}.bad -D "MESSAGE=${arg_MESSAGE}"
        -P ${PROJECT_SOURCE_DIR}/tests/support/must_not_compile.cmake)
    set_tests_properties(compile_fail.${name}.bad PROPERTIES
        RESOURCE_LOCK build TIMEOUT 600 LABELS compile_fail)
endfunction()
