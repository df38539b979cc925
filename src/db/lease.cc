#include "db/lease.h"

#include "base/uuid.h"

namespace vat::db {
namespace {

tl::unexpected<Error> lost() {
  return fail(ErrorCode::kCancelled, "The job was cancelled or given to another worker.");
}

bool plausible(const Lease& lease) { return is_uuid(lease.job_id) && !lease.token.empty(); }

}  // namespace

Result<FullJobRow> lock_leased(Transaction& transaction, const Lease& lease) {
  if (!plausible(lease)) return lost();
  auto row = transaction.sql.row<FullJobRow>(
      select_full_jobs() + "WHERE id = :id AND lease_token = :token" + transaction.sql.for_update(),
      lease.job_id, lease.token);
  if (!row) return lost();
  return *std::move(row);
}

Result<std::string> lock_lease(Transaction& transaction, const Lease& lease) {
  if (!plausible(lease)) return lost();
  auto user = transaction.sql.row<std::string>(
      std::string("SELECT user_id FROM jobs WHERE id = :id AND lease_token = :token") +
          transaction.sql.for_update(),
      lease.job_id, lease.token);
  if (!user) return lost();
  return *std::move(user);
}

}  // namespace vat::db
