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
#            TESTS_WAIT                 # its tests mostly wait for time, files or a server, so they leave their core to others
#            TEST_PROCESSES 2)          # how many processes share its tests, if one would be the last to end
#
# One STATIC library vat_<name> and one test program vat_<name>_test, which CTest runs as a whole: a process for each test
# would take longer to start than most tests take. A link to a module of the same or a higher level
# is refused here, when CMake configures.
function(vat_module)
  cmake_parse_arguments(M "OPTIMISED;GLUE;ONE_THREAD;TESTS_WAIT" "NAME;LEVEL;TEST_PROCESSES" "HEADERS;SOURCES;DEPENDS;LIBRARIES;TESTS;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vat_module(${M_NAME}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  set(target vat_${M_NAME})
  if(M_SOURCES)
    vat_sources(sources ${M_SOURCES})
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${M_LIBRARIES} vat_options vat_coverage_options)
    if(M_OPTIMISED)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O1>)
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
    vat_sources(tests ${M_TESTS})
    add_executable(${target}_test ${tests})
    foreach(dependency IN LISTS M_TEST_DEPENDS)
      vat_check_level(${M_NAME}_test ${M_LEVEL} ${dependency})
      target_link_libraries(${target}_test PRIVATE vat_${dependency})
    endforeach()
    target_link_libraries(${target}_test PRIVATE ${target} ${M_TEST_LIBRARIES} vat_without_syncs GTest::gmock_main vat_test_options)
    set(labels ${M_NAME})
    if(M_ONE_THREAD)
      list(APPEND labels one_thread)
    else()
      add_dependencies(thread_tests ${target}_test)
    endif()
    set(slots 2)
    if(M_TESTS_WAIT)
      set(slots 1)
    endif()
    vat_test_program(${target}_test "${labels}" ${slots} ${M_TEST_PROCESSES})
  endif()
endfunction()

# vat_test_program(TARGET LABELS SLOTS [PROCESSES]): a program of GoogleTest's as one test, or as several that share its tests.
# Each of the machine's cores has two of CTest's slots (./test runs it with that many jobs): a test that computes takes
# both, one that mostly waits takes one.
function(vat_test_program target labels slots)
  set(processes 1)
  if(ARGC GREATER 3)
    set(processes ${ARGV3})
  endif()
  foreach(number RANGE 1 ${processes})
    set(name ${target})
    if(processes GREATER 1)
      string(APPEND name _${number})
    endif()
    math(EXPR index "${number} - 1")
    add_test(NAME ${name} COMMAND ${target} --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 1800 COST 1000 LABELS "${labels}" PROCESSORS ${slots}
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${processes};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()

# vat_sources(OUT SOURCE...): what to compile for these sources, relative to the current folder. With VAT_UNITY these are files
# that include them in groups, so that the headers that they share are read, and the templates instantiated, once for a
# group. The sources of one module therefore share one anonymous namespace: no two of them may use a name for two things.
function(vat_sources out)
  set(sources ${ARGN})
  list(LENGTH sources count)
  if(NOT VAT_UNITY OR count LESS 2)
    set(${out} ${sources} PARENT_SCOPE)
    return()
  endif()
  math(EXPR groups "(${count} + ${VAT_UNITY_SIZE} - 1) / ${VAT_UNITY_SIZE}")
  math(EXPR size "(${count} + ${groups} - 1) / ${groups}")
  list(GET sources 0 first)
  string(MAKE_C_IDENTIFIER ${first} name)
  math(EXPR last "${count} - 1")
  set(compiled)
  foreach(begin RANGE 0 ${last} ${size})
    list(SUBLIST sources ${begin} ${size} group)
    set(content)
    foreach(source IN LISTS group)
      cmake_path(ABSOLUTE_PATH source NORMALIZE)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR})  # as another clone has it, for the compiler cache
      string(APPEND content "#include \"${source}\"\n")
    endforeach()
    list(LENGTH compiled number)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/unity/${name}_${number}.cc)
    file(CONFIGURE OUTPUT ${file} CONTENT "${content}" @ONLY)
    list(APPEND compiled ${file})
  endforeach()
  set_source_files_properties(${compiled} PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR})
  set(${out} ${compiled} PARENT_SCOPE)
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
  set_tests_properties(fuzz_${F_NAME} PROPERTIES TIMEOUT 600 PROCESSORS 2 LABELS fuzz)
endfunction()
