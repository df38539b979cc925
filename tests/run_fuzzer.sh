#!/usr/bin/env bash
# run_fuzzer.sh PROGRAM [SEED_CORPUS]: fuzzes for VAT_FUZZ_SECONDS (default 5) from a copy of the seeds.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/corpus"
if [ $# -gt 1 ] && [ -d "$2" ]; then cp -r "$2"/. "$work/corpus/"; fi
cd "$work"
# Outside of the temporary folder: an input that breaks a fuzzer is worth keeping.
"$1" -artifact_prefix="$(dirname "$1")/" -max_total_time="${VAT_FUZZ_SECONDS:-5}" -timeout=20 -rss_limit_mb=4096 -max_len=262144 -print_final_stats=1 corpus
