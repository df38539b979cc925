# The target `whisper`: whisper.cpp with ggml, built once from the source in the pinned npm package and installed into
# build/whisper/<hash of its options>, which every preset shares; or whatever find_package(whisper) finds.
if(VAT_SYSTEM_WHISPER)
  find_package(whisper REQUIRED)
  return()
endif()

set(whisper_source ${PROJECT_SOURCE_DIR}/node_modules/nodejs-whisper/cpp/whisper.cpp)
if(NOT EXISTS ${whisper_source}/CMakeLists.txt)
  message(FATAL_ERROR "The source of whisper.cpp is not there; run `npm ci --ignore-scripts` (./run does it).")
endif()

# One thread for each recognizer state makes ggml's thread pool idle, so OpenMP would only add a dependency.
# GGML_NATIVE takes every instruction that this CPU has. The portable build instead compiles the kernels once for each
# generation of CPU, as modules that ggml loads at run time, and so needs shared libraries.
# whisper.patch makes it faster and mends a probability; its first lines say how (docs/design/0007-performance.md).
# The system's own compiler builds it, also for the presets that take clang for the project.
set(whisper_c_flags "-w")
if(NOT VAT_PORTABLE AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  # GGML_NATIVE means ggml's kernels only; the conversions and the sampling beside them gain as well.
  string(APPEND whisper_c_flags " -march=native")
endif()
set(whisper_cxx_flags "${whisper_c_flags} -include ${PROJECT_SOURCE_DIR}/cmake/ggml_amx_gcc12.h")
set(whisper_options
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_SERVER=OFF
  -DGGML_LLAMAFILE=ON -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF
  -DGGML_CUDA=${VAT_CUDA} -DGGML_VULKAN=${VAT_VULKAN}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
  -DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER}
  "-DCMAKE_C_FLAGS=${whisper_c_flags}" "-DCMAKE_CXX_FLAGS=${whisper_cxx_flags}")
if(APPLE)
  list(APPEND whisper_options -DGGML_METAL=ON -DGGML_METAL_EMBED_LIBRARY=ON)
endif()
if(VAT_PORTABLE)
  list(APPEND whisper_options -DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON -DBUILD_SHARED_LIBS=ON)
else()
  list(APPEND whisper_options -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF)
endif()

set(whisper_patch ${PROJECT_SOURCE_DIR}/cmake/whisper.patch)
find_program(PATCH patch REQUIRED)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${whisper_patch})
file(SHA256 ${PROJECT_SOURCE_DIR}/package-lock.json whisper_lock)
file(SHA256 ${whisper_patch} whisper_patch_hash)
cmake_host_system_information(RESULT whisper_cpu QUERY PROCESSOR_DESCRIPTION)
string(SHA256 whisper_key "${whisper_options};${whisper_lock};${whisper_patch_hash};${whisper_cpu};${CMAKE_SYSTEM_PROCESSOR}")
string(SUBSTRING ${whisper_key} 0 12 whisper_key)
set(whisper_prefix ${PROJECT_SOURCE_DIR}/build/whisper/${whisper_key})

if(NOT EXISTS ${whisper_prefix}/complete)
  message(STATUS "Building whisper.cpp into ${whisper_prefix} (a minute or two, once)")
  # Two presets that configure at once must not build into the same folder.
  file(LOCK ${whisper_prefix}.lock GUARD FILE TIMEOUT 1800)
endif()
if(NOT EXISTS ${whisper_prefix}/complete)
  file(REMOVE_RECURSE ${whisper_prefix}/source)
  file(COPY ${whisper_source}/ DESTINATION ${whisper_prefix}/source)
  execute_process(
    COMMAND ${PATCH} --strip=1 --fuzz=0 --batch --silent --input ${whisper_patch}
    WORKING_DIRECTORY ${whisper_prefix}/source OUTPUT_VARIABLE whisper_patched ERROR_VARIABLE whisper_patched
    RESULT_VARIABLE whisper_result)
  if(NOT whisper_result EQUAL 0)
    message(FATAL_ERROR "${whisper_patch} does not fit this whisper.cpp: ${whisper_patched}")
  endif()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${whisper_prefix}/source -B ${whisper_prefix}/build -G ${CMAKE_GENERATOR}
            -DCMAKE_INSTALL_PREFIX=${whisper_prefix} -DCMAKE_INSTALL_LIBDIR=lib ${whisper_options}
    OUTPUT_FILE ${whisper_prefix}.log ERROR_FILE ${whisper_prefix}.log RESULT_VARIABLE whisper_result)
  if(whisper_result EQUAL 0)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${whisper_prefix}/build --target install --parallel
                    OUTPUT_FILE ${whisper_prefix}.log ERROR_FILE ${whisper_prefix}.log RESULT_VARIABLE whisper_result)
  endif()
  if(NOT whisper_result EQUAL 0)
    message(FATAL_ERROR "whisper.cpp did not build; see ${whisper_prefix}.log")
  endif()
  file(MAKE_DIRECTORY ${whisper_prefix}/bin)  # its config file insists that it exists
  file(REMOVE_RECURSE ${whisper_prefix}/build ${whisper_prefix}/source)
  file(TOUCH ${whisper_prefix}/complete)
endif()

# What find_package remembers may belong to a prefix of other options.
get_cmake_property(cached CACHE_VARIABLES)
foreach(variable IN LISTS cached)
  if(variable MATCHES "^(whisper|ggml)_DIR$|^(whisper|GGML|ggml).*_(LIBRARY|LIB|PATH)$" AND NOT "${${variable}}" MATCHES "^${whisper_prefix}/")
    unset(${variable} CACHE)
  endif()
endforeach()
list(PREPEND CMAKE_PREFIX_PATH ${whisper_prefix})
find_package(whisper REQUIRED)
target_include_directories(whisper SYSTEM INTERFACE ${whisper_prefix}/include)
target_compile_definitions(whisper INTERFACE VAT_WHISPER_PATCHED)
if(VAT_PORTABLE)
  # Where the program finds the kernels of each CPU until it is installed with them beside it.
  target_compile_definitions(whisper INTERFACE VAT_GGML_MODULES="${whisper_prefix}/bin")
  install(DIRECTORY ${whisper_prefix}/bin/ DESTINATION bin FILES_MATCHING PATTERN "libggml-*.so")
endif()
