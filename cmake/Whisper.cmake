# The target `whisper`: whisper.cpp with ggml, built by cmake/BuildWhisper.cmake or found by find_package(whisper).
if(VAT_SYSTEM_WHISPER)
  find_package(whisper REQUIRED)
  return()
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -DVAT_CUDA=${VAT_CUDA} -DVAT_VULKAN=${VAT_VULKAN} -DVAT_PORTABLE=${VAT_PORTABLE}
          -P ${PROJECT_SOURCE_DIR}/cmake/BuildWhisper.cmake
  OUTPUT_VARIABLE whisper_said ECHO_OUTPUT_VARIABLE RESULT_VARIABLE whisper_result)
if(NOT whisper_result EQUAL 0)
  message(FATAL_ERROR "whisper.cpp could not be built; the reason stands above.")
endif()
string(REGEX MATCH "[^\n]+\n*$" whisper_prefix "${whisper_said}")
string(STRIP "${whisper_prefix}" whisper_prefix)
file(GLOB whisper_patches ${PROJECT_SOURCE_DIR}/cmake/patches/*.patch)
file(GLOB whisper_kernels ${PROJECT_SOURCE_DIR}/src/asr/kernels/*)
# Reconfigures when its sources change, when there are others, or when its folder is removed.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/cmake/BuildWhisper.cmake ${PROJECT_SOURCE_DIR}/cmake/patches ${PROJECT_SOURCE_DIR}/src/asr/kernels
  ${whisper_patches} ${whisper_kernels} ${whisper_prefix}/complete)

# What find_package has cached may belong to a build with other options.
get_cmake_property(cached CACHE_VARIABLES)
foreach(variable IN LISTS cached)
  if(variable MATCHES "^(whisper|ggml)_DIR$|^(whisper|GGML|ggml).*_(LIBRARY|LIB|PATH)$" AND NOT "${${variable}}" MATCHES "^${whisper_prefix}/")
    unset(${variable} CACHE)
  endif()
endforeach()
list(PREPEND CMAKE_PREFIX_PATH ${whisper_prefix})
find_package(whisper REQUIRED)
target_include_directories(whisper SYSTEM INTERFACE ${whisper_prefix}/include)
# Has this project's patches and kernels; the value changes with them.
get_filename_component(whisper_build ${whisper_prefix} NAME)
target_compile_definitions(whisper INTERFACE VAT_WHISPER_PATCHED="${whisper_build}")
if(VAT_PORTABLE)
  # Where the program finds the kernels for each CPU until it is installed together with them.
  target_compile_definitions(whisper INTERFACE VAT_GGML_MODULES="${whisper_prefix}/bin")
  install(DIRECTORY ${whisper_prefix}/bin/ DESTINATION bin FILES_MATCHING PATTERN "libggml-*.so")
endif()
