// Artifacts as rows. Private to db.
#pragma once

#include <string>

#include "domain/job.h"

namespace vat::db {

struct ArtifactRow {
  std::string id, job_id, name, kind, content_type, sha256, object_key;
  long long size = 0, created_at = 0;

  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &job_id, &name, &kind, &content_type, &sha256, &object_key}) visit(*text);
    visit(size);
    visit(created_at);
  }
  [[nodiscard]] Artifact artifact() const {
    return {.id = id,
            .job_id = job_id,
            .name = name,
            .kind = kind,
            .content_type = content_type,
            .size = static_cast<std::uint64_t>(size),
            .sha256 = sha256,
            .object_key = object_key,
            .created_at = from_unix_millis(created_at)};
  }
};

/// Artifacts as `a` with their jobs as `j`.
[[nodiscard]] inline std::string select_artifacts() {
  return "SELECT a.id, a.job_id, a.name, a.kind, a.content_type, a.sha256, a.object_key, a.size, "
         "a.created_at "
         "FROM artifacts a JOIN jobs j ON j.id = a.job_id ";
}

}  // namespace vat::db
