# vat_embed_text(vat_db db/embedded_migrations.h vat::db kMigrationFiles FILE...)
#
# Embeds small texts (SQL, templates) in the program. `HEADER` is an ordinary header, which declares in the namespace
#
#   struct EmbeddedText { std::string_view name; std::string_view text; };
#   extern const std::span<const EmbeddedText> NAME;        // in the order of the arguments
#
# A file may have at most 60,000 bytes and must not contain `)vat"`. For large files see VatEmbedFiles.cmake.
if(CMAKE_SCRIPT_MODE_FILE)
  set(entries)
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(APPEND entries "    EmbeddedText{\"${name}\",\n                 R\"vat(${text})vat\"},\n")
  endforeach()
  file(WRITE ${OUTPUT}
    "// Written by cmake/VatEmbedText.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n"
    "namespace {\nconstexpr EmbeddedText kTexts[] = {\n${entries}};\n}  // namespace\n\n"
    "const std::span<const EmbeddedText> ${NAME}(kTexts);\n\n}  // namespace ${NAMESPACE}\n")
  return()
endif()

set(VAT_EMBED_TEXT_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(vat_embed_text target header namespace name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cc)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D OUTPUT=${output} -D HEADER=${header} -D NAMESPACE=${namespace} -D NAME=${name}
            -D "FILES=${ARGN}" -P ${VAT_EMBED_TEXT_SCRIPT}
    DEPENDS ${ARGN} ${VAT_EMBED_TEXT_SCRIPT}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
