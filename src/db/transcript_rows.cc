#include "db/transcript_rows.h"

#include "base/json_writer.h"
#include "db/search_words.h"

namespace vat::db {
namespace {

void index_segments(Transaction& transaction, const std::string& job_id, const Transcript& transcript) {
  transaction.sql.execute("DELETE FROM transcript_segments WHERE job_id = :job_id", job_id);
  std::size_t n = 0;
  for (const Segment& segment : transcript.segments) {
    transaction.sql.execute(
        "INSERT INTO transcript_segments (job_id, n, start_ms, end_ms, text, words) VALUES "
        "(:job_id, :n, :start_ms, :end_ms, :text, :words)",
        job_id, n++, segment.start, segment.end, segment.text, searchable(segment.text));
  }
}

std::string transcript_event(const TranscriptRevision& revision) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("revision").integer(revision.number);
  json.key("edited").boolean(revision.edited);
  json.end_object();
  return out;
}

}  // namespace

void add_revision(Transaction& transaction, const std::string& user_id, const std::string& job_id,
                  const TranscriptRevision& revision, const Transcript& transcript) {
  transaction.sql.execute(
      "INSERT INTO transcripts (job_id, revision, edited, created_at, document) VALUES "
      "(:job_id, :revision, :edited, :created_at, :document)",
      job_id, revision.number, revision.edited, revision.created_at, to_json(transcript));
  index_segments(transaction, job_id, transcript);
  transaction.add_event(user_id, job_id, "transcript", transcript_event(revision));
}

}  // namespace vat::db
