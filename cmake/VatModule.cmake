# vat_module(NAME media LEVEL 2
#            HEADERS audio_reader.h     # public, beside their sources
#            SOURCES audio_reader.cc
#            DEPENDS base domain        # modules of a lower level
#            LIBRARIES PkgConfig::AV    # third-party, private to the .cc files
#            TESTS audio_reader_test.cc
#            TEST_DEPENDS ...  TEST_LIBRARIES ...
#            OPTIMISED                  # it computes so much that its tests need it optimised in every preset
#            GLUE                       # it waits and passes on: a release has it at -O1, in two thirds of the time
#            ONE_THREAD                 # it knows no threads, so ThreadSanitizer's run leaves its tests out
#            TESTS_TOGETHER)            # its tests share what is expensive to set up, so they run in one process
#
# One STATIC library vat_<name> and one test program vat_<name>_test. A link to a module of the same or a higher level
# is refused here, when CMake configures.
function(vat_module)
  cmake_parse_arguments(M "OPTIMISED;GLUE;ONE_THREAD;TESTS_TOGETHER" "NAME;LEVEL" "HEADERS;SOURCES;DEPENDS;LIBRARIES;TESTS;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vat_module(${M_NAME}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  set(target vat_${M_NAME})
  if(M_SOURCES)
    add_library(${target} STATIC ${M_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${M_LIBRARIES} vat_options vat_coverage_options)
    if(M_OPTIMISED)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O1>)
    else()
      vat_precompile(${target} library)
    endif()
    if(M_GLUE)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  set_property(TARGET ${target} PROPERTY VAT_LEVEL ${M_LEVEL})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${M_HEADERS})
  foreach(dependency IN LISTS M_DEPENDS)
    vat_check_level(${M_NAME} ${M_LEVEL} ${dependency})
    target_link_libraries(${target} ${scope} vat_${dependency})
  endforeach()
  if(M_TESTS AND VAT_TESTS)
    add_executable(${target}_test ${M_TESTS})
    foreach(dependency IN LISTS M_TEST_DEPENDS)
      vat_check_level(${M_NAME}_test ${M_LEVEL} ${dependency})
      target_link_libraries(${target}_test PRIVATE vat_${dependency})
    endforeach()
    target_link_libraries(${target}_test PRIVATE ${target} ${M_TEST_LIBRARIES} GTest::gmock_main vat_test_options)
    vat_precompile(${target}_test test)
    if(NOT M_ONE_THREAD)
      add_dependencies(thread_tests ${target}_test)
    endif()
    if(M_TESTS_TOGETHER)
      add_test(NAME ${target}_test COMMAND ${target}_test)
      set_tests_properties(${target}_test PROPERTIES TIMEOUT 1800 COST 1000 LABELS ${M_NAME})
    else()
      gtest_discover_tests(${target}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300 LABELS ${M_NAME})
    endif()
  endif()
endfunction()

# vat_precompile(TARGET test|library): the sources of TARGET find precompiled what takes longest to read.
function(vat_precompile target kind)
  if(NOT VAT_PRECOMPILE)
    return()
  endif()
  # g++ forgets that precompiled code is a system header's, and so tells what its optimiser suspects of that.
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread>)
  target_link_libraries(${target} PRIVATE Boost::headers Boost::json)  # the same definitions for all
  if(NOT TARGET vat_precompiled_${kind})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cc CONTENT "")
    add_library(vat_precompiled_${kind} OBJECT ${PROJECT_BINARY_DIR}/precompiled.cc)
    target_link_libraries(vat_precompiled_${kind} PRIVATE Boost::headers Boost::json vat_options)
    if(kind STREQUAL library)
      target_link_libraries(vat_precompiled_library PRIVATE vat_coverage_options)
    endif()
    set(headers <algorithm> <boost/asio/awaitable.hpp> <boost/json.hpp> <chrono> <filesystem> <functional> <map> <memory>
        <optional> <stop_token> <string> <thread> <variant> <vector>)
    if(kind STREQUAL test)
      list(APPEND headers <gmock/gmock.h> <gtest/gtest.h>)
      target_link_libraries(vat_precompiled_test PRIVATE GTest::gmock vat_test_options)
      set_target_properties(vat_precompiled_test PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(vat_precompiled_test PRIVATE -fPIE)  # as programs are compiled
    endif()
    target_precompile_headers(vat_precompiled_${kind} PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM vat_precompiled_${kind})
endfunction()

function(vat_check_level name level dependency)
  if(NOT TARGET vat_${dependency})
    message(FATAL_ERROR "Module ${name} depends on ${dependency}, which is not defined before it.")
  endif()
  get_target_property(other vat_${dependency} VAT_LEVEL)
  if(NOT other LESS level)
    message(FATAL_ERROR "Module ${name} (level ${level}) may not depend on ${dependency} (level ${other}).")
  endif()
endfunction()

# vat_fuzzer(NAME demux SOURCES demux_fuzz.cc LIBRARIES vat_media [CORPUS dir])
# A libFuzzer target, built only by the `asan` preset (clang). Its seed corpus is the directory CORPUS, if any.
function(vat_fuzzer)
  cmake_parse_arguments(F "" "NAME;CORPUS" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT VAT_FUZZ)
    return()
  endif()
  add_executable(fuzz_${F_NAME} EXCLUDE_FROM_ALL ${F_SOURCES})
  target_link_libraries(fuzz_${F_NAME} PRIVATE ${F_LIBRARIES} vat_options -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${F_NAME})
  set(corpus)
  if(F_CORPUS)
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/${F_CORPUS})
  endif()
  add_test(NAME fuzz_${F_NAME}
           COMMAND ${PROJECT_SOURCE_DIR}/tests/run_fuzzer.sh $<TARGET_FILE:fuzz_${F_NAME}> ${corpus})
  set_tests_properties(fuzz_${F_NAME} PROPERTIES TIMEOUT 600 LABELS fuzz)
endfunction()
