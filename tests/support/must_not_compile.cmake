# cmake -D BUILD=… -D TARGET=… -D MESSAGE=… -P must_not_compile.cmake
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target ${TARGET}
    RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT failed)
    message(FATAL_ERROR "${TARGET} compiled, and must not")
endif()

string(REGEX MATCHALL ":[0-9]+: *(fatal error:|error:|note:|required)[^\n]*" said "${output}")
if(NOT said MATCHES "${MESSAGE}")
    message("${output}")
    message(FATAL_ERROR "No message of the compiler matches: ${MESSAGE}")
endif()
