// The statement that finds a page of jobs. Private to db; its own so that a test can ask for its plan.
#pragma once

#include <string>

#include "db/connection.h"
#include "domain/job_store.h"

namespace vat::db {

/// What the filter's statement is given, in this order. Every form of the statement takes all of them.
struct ListArguments {
  std::string user_id, after_id, state, kind, title;
  std::int64_t after = 0, before = 0, limit = 0;
};
[[nodiscard]] ListArguments list_arguments(const std::string& user_id, const JobFilter& filter);
/// One of eight forms.
[[nodiscard]] const std::string& list_statement(const JobFilter& filter);

/// "%x%" for LIKE ... ESCAPE '\', which finds x in folded text.
[[nodiscard]] std::string like_pattern(const std::string& text);

}  // namespace vat::db
