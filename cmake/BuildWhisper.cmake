# cmake [-DVAT_CUDA=ON] [-DVAT_VULKAN=ON] [-DVAT_PORTABLE=ON] -P cmake/BuildWhisper.cmake
# Builds whisper.cpp with ggml from the source in the pinned npm package, unless that was done before. The last line of
# standard output is the folder into which it is installed. That folder is in the user's cache folder and named after
# everything that the build depends on, so that all presets and clones on this machine share it; folders that no build
# has used for thirty days are removed.
cmake_minimum_required(VERSION 3.25)

get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(source ${root}/node_modules/nodejs-whisper/cpp/whisper.cpp)
file(GLOB patches ${CMAKE_CURRENT_LIST_DIR}/patches/*.patch)  # in the order of their numbers
file(GLOB kernels ${root}/src/asr/kernels/*.cc ${root}/src/asr/kernels/*.h)
list(FILTER kernels EXCLUDE REGEX "_test\\.cc$")
set(amx_header ${CMAKE_CURRENT_LIST_DIR}/ggml_amx_gcc12.h)
if(NOT EXISTS ${source}/CMakeLists.txt)
  message(FATAL_ERROR "The source of whisper.cpp is missing; `npm ci --ignore-scripts` brings it (./run does so).")
endif()

# It is built with the system's compiler, even in presets that use clang for the project.
find_program(CC NAMES cc gcc clang REQUIRED)
find_program(CCACHE ccache)
find_program(NINJA ninja)
find_program(PATCH patch REQUIRED)
cmake_host_system_information(RESULT processor QUERY OS_PLATFORM)

# With one thread for each recognizer state ggml's thread pool is idle, so OpenMP would only add a dependency.
# GGML_NATIVE uses every instruction that this CPU has. The portable build instead compiles the kernels once for each
# generation of CPUs, as modules that ggml loads at run time, and therefore needs shared libraries.
# src/asr/kernels is compiled with ggml's kernels, and so for each of those CPUs; see docs/design/0007-performance.md. Each
# patch says what it is for.
set(c_flags "-w")
if(NOT VAT_PORTABLE AND processor MATCHES "^(x86_64|AMD64)$")
  # GGML_NATIVE affects ggml's kernels only; whisper.cpp's conversions and sampling gain from it as well.
  string(APPEND c_flags " -march=native")
endif()
set(options
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_SERVER=OFF
  -DGGML_LLAMAFILE=ON -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF)
foreach(device IN ITEMS CUDA VULKAN)
  if(VAT_${device})
    list(APPEND options -DGGML_${device}=ON)
  else()
    list(APPEND options -DGGML_${device}=OFF)
  endif()
endforeach()
if(CMAKE_HOST_APPLE)
  list(APPEND options -DGGML_METAL=ON -DGGML_METAL_EMBED_LIBRARY=ON)
endif()
if(VAT_PORTABLE)
  list(APPEND options -DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON -DBUILD_SHARED_LIBS=ON)
else()
  list(APPEND options -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF)
endif()

# What the result depends on: options, sources, compiler, and the instructions that "native" means on this CPU.
file(SHA256 ${root}/package-lock.json lock_digest)
set(own_digests)
foreach(file IN LISTS patches kernels)
  file(SHA256 ${file} digest)
  list(APPEND own_digests ${digest})
endforeach()
file(SHA256 ${amx_header} header_digest)
execute_process(COMMAND ${CC} --version OUTPUT_VARIABLE compiler ERROR_QUIET)
execute_process(COMMAND ${CC} -march=native -E -v -x c /dev/null WORKING_DIRECTORY /
                OUTPUT_QUIET ERROR_VARIABLE native RESULT_VARIABLE native_result)
string(REGEX MATCH "[^\n]*cc1[^\n]*" native "${native}")
string(SHA256 native_digest "${native_result} ${native}")
string(SHA256 key "${options};${c_flags};${lock_digest};${own_digests};${header_digest};${compiler};${native_digest};${processor}")
string(SUBSTRING ${key} 0 16 key)

set(cache $ENV{XDG_CACHE_HOME})
if(NOT cache AND DEFINED ENV{HOME})
  set(cache $ENV{HOME}/.cache)
endif()
if(NOT cache)
  set(cache ${root}/build)
endif()
set(cache ${cache}/vat/whisper.cpp)
set(prefix ${cache}/${key})
file(MAKE_DIRECTORY ${cache})

# Two presets that are configured at the same time must not build in the same folder.
file(LOCK ${prefix}.lock TIMEOUT 1800)
if(NOT EXISTS ${prefix}/complete)
  message(STATUS "Building whisper.cpp into ${prefix} (a minute or two, once)")
  file(REMOVE_RECURSE ${prefix})
  file(COPY ${source}/ DESTINATION ${prefix}/source)
  file(COPY ${amx_header} DESTINATION ${prefix}/source)
  foreach(patch IN LISTS patches)
    execute_process(
      COMMAND ${PATCH} --strip=1 --fuzz=0 --batch --silent --input ${patch}
      WORKING_DIRECTORY ${prefix}/source OUTPUT_VARIABLE patched ERROR_VARIABLE patched RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "${patch} does not fit this whisper.cpp: ${patched}")
    endif()
  endforeach()
  # ggml's CMake files add to what this variable holds the sources of a CPU's kernels.
  file(COPY ${kernels} DESTINATION ${prefix}/source/vat/asr/kernels)
  file(GLOB kernel_sources ${prefix}/source/vat/asr/kernels/*.cc)
  # The compiler cache must not confuse objects of different CPUs: -march=native looks the same on all of them.
  string(APPEND c_flags " -DVAT_COMPILED_FOR=${native_digest}")
  set(launcher)
  if(CCACHE)
    set(launcher -DCMAKE_C_COMPILER_LAUNCHER=${CCACHE} -DCMAKE_CXX_COMPILER_LAUNCHER=${CCACHE})
  endif()
  set(generator)
  if(NINJA)
    set(generator -G Ninja)
  endif()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${prefix}/source -B ${prefix}/build ${generator}
            -DCMAKE_INSTALL_PREFIX=${prefix} -DCMAKE_INSTALL_LIBDIR=lib ${options} ${launcher}
            "-DCMAKE_C_FLAGS=${c_flags}"
            "-DCMAKE_CXX_FLAGS=${c_flags} -include ${prefix}/source/ggml_amx_gcc12.h -I${prefix}/source/vat"
            "-DGGML_CPU_SOURCES=${kernel_sources}"
    OUTPUT_FILE ${prefix}.log ERROR_FILE ${prefix}.log RESULT_VARIABLE result)
  if(result EQUAL 0)
    # With paths below the prefix as relative ones, the compiler cache knows what another prefix has compiled.
    execute_process(COMMAND ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${prefix} CCACHE_NOHASHDIR=1
                            ${CMAKE_COMMAND} --build ${prefix}/build --target install --parallel
                    OUTPUT_FILE ${prefix}.log ERROR_FILE ${prefix}.log RESULT_VARIABLE result)
  endif()
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "whisper.cpp did not build; see ${prefix}.log")
  endif()
  file(MAKE_DIRECTORY ${prefix}/bin)  # its config file insists that it exists
  file(REMOVE_RECURSE ${prefix}/build ${prefix}/source)
  file(TOUCH ${prefix}/complete)
endif()
file(TOUCH ${prefix}/used)

string(TIMESTAMP now "%s")
math(EXPR oldest "${now} - 30 * 24 * 3600")
file(GLOB stamps ${cache}/*/used)
foreach(stamp IN LISTS stamps)
  file(TIMESTAMP ${stamp} last "%s")
  if(last LESS oldest)
    get_filename_component(folder ${stamp} DIRECTORY)
    file(REMOVE_RECURSE ${folder})
    file(REMOVE ${folder}.lock ${folder}.log)
  endif()
endforeach()

execute_process(COMMAND ${CMAKE_COMMAND} -E echo ${prefix})
