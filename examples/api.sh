#!/usr/bin/env bash
# The API of vat with curl: a recording becomes a transcript, subtitles and speech.
#
#   examples/api.sh RECORDING [http://localhost:8000]
#
# RECORDING is a file, or a link that the server fetches. VAT_KEY is an API key, which a local server does not need.
# Results are written to the current folder.
set -euo pipefail
recording=$1
server=${2:-http://localhost:8000}
curl=(curl --silent --show-error --fail-with-body)
[ -z "${VAT_KEY:-}" ] || curl+=(--header "Authorization: Bearer $VAT_KEY")

case $recording in
  http://* | https://*)
    what=(--header 'Content-Type: application/json' --data
      "{\"url\": \"$recording\", \"options\": {\"formats\": [\"txt\", \"srt\"], \"speech\": true, \"audio_format\": \"wav\"}}") ;;
  *)
    what=(--form "file=@$recording" --form formats=txt,srt --form speech=true --form audio_format=wav) ;;
esac

echo "Sending $recording"
answer=$("${curl[@]}" "${what[@]}" --include "$server/api/v1/jobs") || {
  echo "$answer" >&2
  exit 1
}
location=$(tr -d '\r' <<<"$answer" | awk 'tolower($1) == "location:" {print $2}')
job=$server/api/v1/jobs/${location##*/}

echo "Following $job"
# The stream ends when the job has ended; "segment" events carry the text as it is recognised.
"${curl[@]}" --no-buffer "$job/events" | sed -n 's/^event: /  /p' | uniq

state=$("${curl[@]}" "$job" | tr ',' '\n' | sed -n 's/^{\{0,1\}"state":"\([a-z]*\)".*/\1/p' | head -n 1)
echo "The job is $state"
[ "$state" = completed ]

echo "Text:"
"${curl[@]}" "$job/transcript?format=txt"

echo "Files:"
"${curl[@]}" "$job/files" | grep -o '"url":"[^"]*"' | cut -d '"' -f 4 | while read -r path; do
  "${curl[@]}" --remote-name --remote-header-name "$server$path"
  echo "  ${path##*/}"
done

echo "Speech from text:"
"${curl[@]}" --header 'Content-Type: application/json' \
  --data '{"text": "That is all.", "speech_engine": "flite", "audio_format": "wav"}' --output said.wav "$server/api/v1/speech"
echo "  said.wav"
