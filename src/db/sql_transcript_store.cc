#include "db/sql_transcript_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/json_writer.h"
#include "base/uuid.h"
#include "db/job_rows.h"
#include "db/search_words.h"
#include "domain/transcript_json.h"

namespace vat::db {
namespace {

constexpr std::size_t kMaxSearchDepth = 1000;

struct RevisionRow {
  long long number = 0, edited = 0, created_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    visit(number), visit(edited), visit(created_at);
  }
  [[nodiscard]] TranscriptRevision revision() const {
    return {.number = static_cast<int>(number),
            .created_at = from_unix_millis(created_at),
            .edited = edited != 0};
  }
};
struct DocumentRow : RevisionRow {
  std::string document;
  template <class Visit>
  void columns(Visit visit) {
    RevisionRow::columns(visit);
    visit(document);
  }
};
constexpr std::string_view kNewest =
    "SELECT t.revision, t.edited, t.created_at, t.document FROM transcripts t JOIN jobs j ON j.id = t.job_id "
    "WHERE t.job_id = :job_id AND j.user_id = :user_id ORDER BY t.revision DESC LIMIT 1";
constexpr std::string_view kOne =
    "SELECT t.revision, t.edited, t.created_at, t.document FROM transcripts t JOIN jobs j ON j.id = t.job_id "
    "WHERE t.job_id = :job_id AND j.user_id = :user_id AND t.revision = :revision";

tl::unexpected<Error> no_transcript() {
  return fail(ErrorCode::kNotFound, "There is no such transcript of this job.");
}

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

/// Arguments: the query, the user, (on PostgreSQL the query again,) the most rows, those to pass over.
std::string_view search_statement(Engine engine) {
  if (engine == Engine::kSqlite) {
    return "SELECT s.job_id, j.title, s.text, s.start_ms, s.end_ms FROM transcript_words f "
           "JOIN transcript_segments s ON s.id = f.rowid JOIN jobs j ON j.id = s.job_id "
           "WHERE f.transcript_words MATCH :query AND j.user_id = :user_id ORDER BY f.rank, s.id LIMIT "
           ":limit "
           "OFFSET :skip";
  }
  return "SELECT s.job_id, j.title, s.text, s.start_ms, s.end_ms FROM transcript_segments s "
         "JOIN jobs j ON j.id = s.job_id WHERE to_tsvector('simple', s.words) @@ to_tsquery('simple', "
         ":query) AND "
         "j.user_id = :user_id ORDER BY ts_rank(to_tsvector('simple', s.words), to_tsquery('simple', "
         ":ranked)) DESC, "
         "s.id LIMIT :limit OFFSET :skip";
}

}  // namespace

Result<StoredTranscript> SqlTranscriptStore::get(const std::string& user_id, const std::string& job_id,
                                                 std::optional<int> revision) {
  if (!is_uuid(user_id) || !is_uuid(job_id)) return no_such_job();
  VAT_ASSIGN(const std::optional<DocumentRow> row,
             access_.read([&](Connection& sql) -> Result<std::optional<DocumentRow>> {
               if (revision) return sql.row<DocumentRow>(kOne, job_id, user_id, *revision);
               return sql.row<DocumentRow>(kNewest, job_id, user_id);
             }));
  if (!row) return no_transcript();
  // After releasing the session, because this takes a while.
  VAT_ASSIGN(Transcript transcript, transcript_from_json(row->document));
  return StoredTranscript{row->revision(), std::move(transcript)};
}

Result<bool> SqlTranscriptStore::is_long(const std::string& user_id, const std::string& job_id) {
  if (!is_uuid(user_id) || !is_uuid(job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<bool> {
    return sql
        .row<long long>(
            "SELECT 1 FROM transcript_segments s JOIN jobs j ON j.id = s.job_id "
            "WHERE s.job_id = :job_id AND j.user_id = :user_id LIMIT 1 OFFSET :many",
            job_id, user_id, kManySegments)
        .has_value();
  });
}

Result<std::vector<TranscriptRevision>> SqlTranscriptStore::revisions(const std::string& user_id,
                                                                      const std::string& job_id) {
  using Revisions = std::vector<TranscriptRevision>;
  if (!is_uuid(user_id) || !is_uuid(job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Revisions> {
    Revisions revisions;
    sql.each<RevisionRow>(
        "SELECT t.revision, t.edited, t.created_at FROM transcripts t JOIN jobs j ON j.id = t.job_id "
        "WHERE t.job_id = :job_id AND j.user_id = :user_id ORDER BY t.revision",
        [&](const RevisionRow& row) { revisions.push_back(row.revision()); }, job_id, user_id);
    if (!revisions.empty()) return revisions;
    if (!sql.row<long long>("SELECT 1 FROM jobs WHERE id = :id AND user_id = :user_id", job_id, user_id)) {
      return no_such_job();
    }
    return revisions;
  });
}

Result<TranscriptRevision> SqlTranscriptStore::edit(const std::string& user_id, const std::string& job_id,
                                                    int based_on, const Transcript& transcript) {
  VAT_TRY(check_times(transcript));
  VAT_TRY(check_speakers(transcript));
  return access_.write([&](Transaction& transaction) -> Result<TranscriptRevision> {
    VAT_TRY(lock_job(transaction, user_id, job_id));
    const auto newest = transaction.sql.row<long long>(
        "SELECT COALESCE(MAX(revision), 0) FROM transcripts WHERE job_id = :job_id", job_id);
    if (newest.value_or(0) == 0) return no_transcript();
    if (*newest != based_on) {
      return fail(ErrorCode::kExists, "The transcript was edited by someone else; load revision " +
                                          std::to_string(*newest) + " and edit that.");
    }
    const TranscriptRevision revision{based_on + 1, transaction.now, true};
    add_revision(transaction, user_id, job_id, revision, transcript);
    return revision;
  });
}

Result<std::vector<SearchHit>> SqlTranscriptStore::search(const std::string& user_id,
                                                          const std::string& query, std::size_t offset,
                                                          std::size_t limit) {
  using Hits = std::vector<SearchHit>;
  using Row = std::tuple<std::string, std::string, std::string, long long, long long>;
  const std::vector<Phrase> phrases = search_phrases(query);
  if (phrases.empty() || !is_uuid(user_id) || offset >= kMaxSearchDepth) return Hits();
  limit = std::min(limit, kMaxSearchDepth - offset);
  return access_.read([&](Connection& sql) -> Result<Hits> {
    Hits hits;
    const auto keep = [&](const Row& row) {
      const auto& [job_id, title, text, start, end] = row;
      hits.push_back({job_id, title, Millis(start), Millis(end), make_snippet(text, phrases)});
    };
    const std::string_view statement = search_statement(access_.engine());
    if (sql.sqlite()) {
      sql.each<Row>(statement, keep, fts5_query(phrases), user_id, limit, offset);
    } else {
      const std::string words = tsquery(phrases);
      sql.each<Row>(statement, keep, words, user_id, words, limit, offset);
    }
    return hits;
  });
}

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
