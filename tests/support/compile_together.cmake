# Groups of files that one run of the compiler takes: most of its time goes into what such files
# share, the headers and what they instantiate. Only the presets debug and separate turn
# SCRAPINGPROS_COMPILE_TOGETHER on: in all others a file that misses an include does not compile.
#
# The files of a group must not give two things one name, those in unnamed namespaces included. A
# file that is in no group is compiled alone.

# scrapingpros_compile_together(target file…): the files are a group of `target`.
function(scrapingpros_compile_together target)
    string(MAKE_C_IDENTIFIER "${target}/${ARGV1}" group)
    set_property(SOURCE ${ARGN} PROPERTY UNITY_GROUP ${group})
    set_target_properties(${target} PROPERTIES
        UNITY_BUILD ${SCRAPINGPROS_COMPILE_TOGETHER} UNITY_BUILD_MODE GROUP)
    if(SCRAPINGPROS_COMPILE_TOGETHER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Says that headers name what is in unnamed namespaces; but these are no headers.
        target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
endfunction()

# Each folder of `target` is a group.
function(scrapingpros_compile_folders_together target)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        cmake_path(GET source PARENT_PATH folder)
        string(MAKE_C_IDENTIFIER "top/${folder}" folder)
        list(APPEND files_of_${folder} ${source})
        list(APPEND folders ${folder})
    endforeach()
    list(REMOVE_DUPLICATES folders)
    foreach(folder IN LISTS folders)
        scrapingpros_compile_together(${target} ${files_of_${folder}})
    endforeach()
endfunction()
