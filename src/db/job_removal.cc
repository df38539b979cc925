#include "db/job_removal.h"

namespace vat::db {

void remove_job_rows(Transaction& transaction, const FullJobRow& row, std::vector<std::string>& keys) {
  Connection& sql = transaction.sql;
  for (std::string& key :
       sql.rows<std::string>("SELECT object_key FROM artifacts WHERE job_id = :job_id", row.id))
    keys.push_back(std::move(key));
  sql.execute("DELETE FROM transcript_segments WHERE job_id = :job_id", row.id);
  sql.execute("DELETE FROM jobs WHERE id = :id", row.id);
  sql.execute("DELETE FROM events WHERE job_id = :job_id", row.id);
  if (!row.upload_id.empty()) {
    const auto key = sql.row<std::string>(
        "DELETE FROM uploads WHERE id = :id AND NOT EXISTS (SELECT 1 FROM jobs WHERE upload_id = :upload_id) "
        "RETURNING object_key",
        row.upload_id, row.upload_id);
    if (key) keys.push_back(*key);
  }
  transaction.add_event(row.user_id, row.id, "deleted", "{}");
}

}  // namespace vat::db
