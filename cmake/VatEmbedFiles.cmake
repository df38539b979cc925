# vat_embed_files(vat_api documents              # a target, and a name for the table of its files
#   docs/page.js text/javascript ${file}         # the path in EmbeddedFile, the media type, the file
#   ...)
#
# (The type of a text gets "; charset=utf-8".) Embeds the files in the program: unchanged, compressed by gzip -9 and by
# brotli -q 11, and with an entity tag from their SHA-256. The target's sources include "embedded/documents.h", which declares
#
#   std::span<const vat::http::EmbeddedFile> vat::embedded::documents();   // in the order of the arguments
#
# The assembler includes the bytes (.incbin), so that megabytes cost no compile time. The compressed forms are kept in
# build/embedded under the digest of their content and shared by all presets: only changed files are compressed.
function(vat_embed_files target name)
  vat_check_embedded(${target} ${name} ${ARGN})
  vat_embed(${target} ${name} ARGUMENTS ${ARGN} DEPENDS ${VAT_EMBEDDED_INPUTS})
endfunction()

# vat_embed_listed(vat_api web ${list}): the same for files whose names only the build knows. The file `list`,
# which a command makes, has a line for each: path, media type, place, separated by tabs.
function(vat_embed_listed target name list)
  vat_embed(${target} ${name} ARGUMENTS --list ${list} DEPENDS ${list})
endfunction()

# Sets VAT_EMBEDDED_INPUTS to the files among the arguments.
function(vat_check_embedded target name)
  set(arguments)
  set(inputs)
  list(LENGTH ARGN length)
  math(EXPR rest "${length} % 3")
  if(length EQUAL 0 OR NOT rest EQUAL 0)
    message(FATAL_ERROR "vat_embed_files(${target} ${name}): each file is a path, a media type and a place.")
  endif()
  foreach(argument IN LISTS ARGN)
    list(APPEND arguments ${argument})
    list(LENGTH arguments length)
    math(EXPR position "${length} % 3")
    if(position EQUAL 0)
      if(NOT IS_ABSOLUTE ${argument})
        message(FATAL_ERROR "vat_embed_files(${target} ${name}): ${argument} is no absolute path.")
      endif()
      list(APPEND inputs ${argument})
    endif()
  endforeach()
  set(VAT_EMBEDDED_INPUTS ${inputs} PARENT_SCOPE)
endfunction()

function(vat_embed target name)
  cmake_parse_arguments(E "" "" "ARGUMENTS;DEPENDS" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(source ${folder}/${name}.cc)
  file(CONFIGURE OUTPUT ${folder}/${name}.h CONTENT [=[
// Written by cmake/VatEmbedFiles.cmake.
#pragma once

#include <span>

#include "http/content.h"

namespace vat::embedded {

/// Embedded files; valid for ever.
[[nodiscard]] std::span<const http::EmbeddedFile> @name@();

}  // namespace vat::embedded
]=] @ONLY)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_files.sh)
  add_custom_command(OUTPUT ${source}
    COMMAND sh ${script} ${source} ${PROJECT_SOURCE_DIR}/build/embedded ${name} ${E_ARGUMENTS}
    DEPENDS ${script} ${E_DEPENDS}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
