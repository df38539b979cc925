// Transcripts as rows: revisions as documents, and the newest one as searchable segments. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/transcript_json.h"
#include "domain/transcript_store.h"

namespace vat::db {

/// Adds the revision, makes it the searchable one, and adds the event "transcript".
void add_revision(Transaction& transaction, const std::string& user_id, const std::string& job_id,
                  const TranscriptRevision& revision, const Transcript& transcript);

}  // namespace vat::db
