#include "db/sql_label_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

tl::unexpected<Error> no_such_label() { return fail(ErrorCode::kNotFound, "There is no such label."); }

/// Whether another label of the user has the name. `but`: a label that may have it.
Result<> check_label_name(Connection& sql, const std::string& user_id, const std::string& name,
                          const std::string& but) {
  const auto id =
      sql.row<std::string>("SELECT id FROM labels WHERE user_id = :user_id AND name_folded = :name_folded",
                           user_id, fold_case(name));
  if (!id || *id == but) return {};
  return fail(Error(ErrorCode::kExists, "You have a label of that name already.").about_field("name"));
}

Result<> check_labels(Connection& sql, const std::string& user_id, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!is_uuid(id) ||
        !sql.row<long long>("SELECT 1 FROM labels WHERE id = :id AND user_id = :user_id", id, user_id))
      return no_such_label();
  }
  return {};
}

std::vector<Label> labels_of(Connection& sql, const std::string& user_id, const std::string& job_id) {
  std::vector<Label> found;
  sql.each<std::tuple<std::string, std::string>>(
      "SELECT l.id, l.name FROM job_labels jl JOIN labels l ON l.id = jl.label_id WHERE jl.job_id = "
      ":job_id AND l.user_id = :user_id ORDER BY l.name_folded",
      [&](const auto& row) { found.push_back({.id = std::get<0>(row), .name = std::get<1>(row)}); }, job_id,
      user_id);
  return found;
}

/// {"labels":[{"id":...,"name":...}]}
std::string labels_event(const std::vector<Label>& labels) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("labels").array(labels, [&](const Label& label) {
    json.begin_object();
    json.key("id").string(label.id);
    json.key("name").string(label.name);
    json.end_object();
  });
  json.end_object();
  return out;
}

/// Of a job that is the user's, with labels that are. Whether something changed.
Result<bool> change_labels_of(Connection& sql, const std::string& job_id, const LabelChange& change) {
  long long changed = 0;
  if (change.remove_others) changed += sql.execute("DELETE FROM job_labels WHERE job_id = :job_id", job_id);
  for (const std::string& label : change.remove)
    changed +=
        sql.execute("DELETE FROM job_labels WHERE job_id = :job_id AND label_id = :label_id", job_id, label);
  for (const std::string& label : change.add)
    changed += sql.execute(
        "INSERT INTO job_labels (job_id, label_id) VALUES (:job_id, :label_id) ON CONFLICT (job_id, "
        "label_id) DO NOTHING",
        job_id, label);
  const auto count =
      sql.row<long long>("SELECT COUNT(*) FROM job_labels WHERE job_id = :job_id", job_id).value_or(0);
  if (count > static_cast<long long>(kMaxJobLabels))
    return fail(Error(ErrorCode::kInvalidArgument,
                      "A job has at most " + std::to_string(kMaxJobLabels) + " labels."));
  return changed > 0;
}

}  // namespace

Result<std::vector<CountedLabel>> SqlLabelStore::list(const std::string& user_id) {
  using Labels = std::vector<CountedLabel>;
  if (!is_uuid(user_id)) return Labels();
  return access_.read([&](Connection& sql) -> Result<Labels> {
    Labels found;
    sql.each<std::tuple<std::string, std::string, long long>>(
        "SELECT l.id, l.name, (SELECT COUNT(*) FROM job_labels jl WHERE jl.label_id = l.id) FROM labels l "
        "WHERE l.user_id = :user_id ORDER BY l.name_folded",
        [&](const auto& row) {
          CountedLabel label;
          label.id = std::get<0>(row);
          label.name = std::get<1>(row);
          label.jobs = static_cast<std::uint64_t>(std::get<2>(row));
          found.push_back(std::move(label));
        },
        user_id);
    return found;
  });
}

Result<Label> SqlLabelStore::create(const std::string& user_id, const std::string& name) {
  return access_.write([&](Transaction& transaction) -> Result<Label> {
    lock_content(transaction, user_id);
    Connection& sql = transaction.sql;
    VAT_TRY(check_label_name(sql, user_id, name, {}));
    const auto present =
        sql.row<long long>("SELECT COUNT(*) FROM labels WHERE user_id = :user_id", user_id).value_or(0);
    if (present >= static_cast<long long>(kMaxLabels))
      return fail(ErrorCode::kExists, "You have " + std::to_string(kMaxLabels) +
                                          " labels, which is the limit; delete one first.");
    Label made{.id = make_uuid(), .name = name};
    sql.execute(
        "INSERT INTO labels (id, user_id, name, name_folded, created_at) VALUES (:id, :user_id, :name, "
        ":name_folded, :created_at)",
        made.id, user_id, made.name, fold_case(made.name), transaction.now);
    transaction.notify(Notification::Kind::kLabels, user_id, {});
    return made;
  });
}

Result<Label> SqlLabelStore::rename(const std::string& user_id, const std::string& label_id,
                                    const std::string& name) {
  if (!is_uuid(user_id) || !is_uuid(label_id)) return no_such_label();
  return access_.write([&](Transaction& transaction) -> Result<Label> {
    lock_content(transaction, user_id);
    VAT_TRY(check_labels(transaction.sql, user_id, {label_id}));
    VAT_TRY(check_label_name(transaction.sql, user_id, name, label_id));
    transaction.sql.execute("UPDATE labels SET name = :name, name_folded = :name_folded WHERE id = :id", name,
                            fold_case(name), label_id);
    transaction.notify(Notification::Kind::kLabels, user_id, {});
    return Label{.id = label_id, .name = name};
  });
}

Result<> SqlLabelStore::remove(const std::string& user_id, const std::string& label_id) {
  if (!is_uuid(user_id) || !is_uuid(label_id)) return no_such_label();
  return access_.write_to_delete([&](Transaction& transaction) -> Result<> {
    const bool removed = transaction.sql.execute("DELETE FROM labels WHERE id = :id AND user_id = :user_id",
                                                 label_id, user_id) > 0;
    if (!removed) return no_such_label();
    transaction.notify(Notification::Kind::kLabels, user_id, {});
    return {};
  });
}

Result<> SqlLabelStore::change(const std::string& user_id, const LabelChange& change) {
  if (!is_uuid(user_id)) return no_such_job();
  // In one order, so that two transactions never wait for each other.
  std::vector<std::string> jobs = change.job_ids;
  std::sort(jobs.begin(), jobs.end());
  return access_.write([&](Transaction& transaction) -> Result<> {
    lock_content(transaction, user_id);
    for (const auto* const labels : {&change.add, &change.remove})
      VAT_TRY(check_labels(transaction.sql, user_id, *labels));
    for (const std::string& job : jobs) {
      VAT_TRY(lock_job(transaction, user_id, job));
      VAT_ASSIGN(const bool changed, change_labels_of(transaction.sql, job, change));
      if (changed)
        transaction.add_event(user_id, job, "labels", labels_event(labels_of(transaction.sql, user_id, job)));
    }
    return {};
  });
}

Result<std::map<std::string, std::vector<Label>>> SqlLabelStore::of_jobs(
    const std::string& user_id, const std::vector<std::string>& job_ids) {
  using Found = std::map<std::string, std::vector<Label>>;
  if (!is_uuid(user_id)) return Found();
  return access_.read([&](Connection& sql) -> Result<Found> {
    Found found;
    // Most have none at all.
    if (!sql.row<long long>("SELECT 1 FROM labels WHERE user_id = :user_id LIMIT 1", user_id)) return found;
    for (const std::string& job : job_ids) {
      if (!is_uuid(job)) continue;
      std::vector<Label> labels = labels_of(sql, user_id, job);
      if (!labels.empty()) found.emplace(job, std::move(labels));
    }
    return found;
  });
}

}  // namespace vat::db
