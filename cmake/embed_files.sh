#!/bin/sh
# embed_files.sh OUTPUT CACHE NAME [PATH TYPE FILE]...
# embed_files.sh OUTPUT CACHE NAME --list LIST        LIST has a line for each file: PATH, TYPE, FILE, separated by tabs
# Writes OUTPUT, C++ that embeds each FILE unchanged, by gzip and by brotli, with a table of them; see
# cmake/VatEmbedFiles.cmake. Compressed forms are kept in the folder CACHE under the digest of the original, so that a
# build compresses only what changed and all presets share them.
set -eu
export LC_ALL=C
output=$1 cache=$2 name=$3
shift 3
mkdir -p "$cache"

# make_form TARGET COMMAND...: writes the command's output to TARGET, completely or not at all.
make_form() {
  target=$1
  shift
  [ -f "$target" ] && return 0
  "$@" >"$target.$$"
  mv "$target.$$" "$target"
}

# embed SYMBOL FILE: the bytes, as assembler.
embed() {
  printf '__asm__(VAT_SECTION "\\n.balign 16\\n" VAT_LABEL("%s") ":\\n.incbin \\"%s\\"\\n" VAT_TEXT);\n' "$1" "$2"
  printf 'extern const char %s[] __asm__(VAT_LABEL("%s"));\n' "$1" "$1"
}

# smaller SYMBOL FILE ORIGINAL: a view of the bytes, or an empty one if they are not smaller.
smaller() {
  size=$(($(wc -c <"$2")))
  if [ "$size" -lt $(($(wc -c <"$3"))) ]; then printf '{%s, %s}' "$1" "$size"; else printf '{}'; fi
}

write() {
  cat <<'HEAD'
// Written by cmake/embed_files.sh.
#include <array>

#include "http/content.h"

#define VAT_QUOTE_(text) #text
#define VAT_QUOTE(text) VAT_QUOTE_(text)
#define VAT_LABEL(name) VAT_QUOTE(__USER_LABEL_PREFIX__) name
#ifdef __APPLE__
#define VAT_SECTION ".section __TEXT,__const"
#else
#define VAT_SECTION ".section .rodata"
#endif
#define VAT_TEXT ".text\n"

HEAD
  printf '#include "embedded/%s.h"\n\n' "$name"
  table=
  count=0
  while [ $# -ge 3 ]; do
    path=$1 type=$2 file=$3
    shift 3
    case $type in text/*) type="$type; charset=utf-8" ;; esac
    digest=$(sha256sum "$file" | cut -c1-64)
    form=$cache/$digest symbol=vat_embedded_${name}_$count
    make_form "$form" cat "$file"
    make_form "$form.gz" gzip -9nc "$file"
    make_form "$form.br" brotli -q 11 -c "$file"
    embed "$symbol" "$form"
    embed "${symbol}_gzip" "$form.gz"
    embed "${symbol}_brotli" "$form.br"
    row="vat::http::EmbeddedFile{\"$path\", \"$type\", \"\\\"$(printf %s "$digest" | cut -c1-16)\\\"\", {$symbol, $(($(wc -c <"$file")))}, $(smaller "${symbol}_gzip" "$form.gz" "$file"), $(smaller "${symbol}_brotli" "$form.br" "$file")}"
    table="$table    $row,
"
    count=$((count + 1))
  done
  printf '\nnamespace vat::embedded {\n\nstd::span<const http::EmbeddedFile> %s() {\n' "$name"
  printf '  static const std::array<http::EmbeddedFile, %s> kFiles = {{\n%s  }};\n  return kFiles;\n}\n' "$count" "$table"
  printf '\n}  // namespace vat::embedded\n'
}

if [ "${1-}" = --list ]; then
  list=$2
  set --
  tab=$(printf '\t')
  while IFS=$tab read -r path type file; do set -- "$@" "$path" "$type" "$file"; done <"$list"
fi
write "$@" >"$output.$$"
mv "$output.$$" "$output"
