#include "db/job_list.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr const char* kHighestId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr std::size_t kLongestPage = 200;

/// A condition that is not asked for still takes its argument, which is empty then.
std::string make_statement(bool by_state, bool by_kind, bool by_title) {
  std::string sql =
      "SELECT " + std::string(kJobColumns) + " FROM jobs WHERE user_id = :user_id AND id < :after_id";
  sql += by_state ? " AND state = :state" : " AND :state = ''";
  sql += by_kind ? " AND kind = :kind" : " AND :kind = ''";
  sql += by_title ? " AND title_folded LIKE :title ESCAPE '\\'" : " AND :title = ''";
  sql += " AND created_at > :after AND created_at < :before ORDER BY id DESC LIMIT :most";
  return sql;
}

std::array<std::string, 8> make_statements() {
  std::array<std::string, 8> statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    statements[i] = make_statement((i & 1U) != 0, (i & 2U) != 0, (i & 4U) != 0);
  }
  return statements;
}

}  // namespace

std::string like_pattern(const std::string& text) {
  std::string pattern = "%";
  for (const char c : fold_case(to_utf8(text))) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

ListArguments list_arguments(const std::string& user_id, const JobFilter& filter) {
  ListArguments arguments;
  arguments.user_id = user_id;
  arguments.after_id = filter.after_id.empty() ? kHighestId : filter.after_id;
  if (filter.state) arguments.state = job_state_name(*filter.state);
  if (filter.kind) arguments.kind = job_kind_name(*filter.kind);
  if (!filter.title.empty()) arguments.title = like_pattern(filter.title);
  arguments.after =
      filter.created_after ? to_unix_millis(*filter.created_after) : std::numeric_limits<std::int64_t>::min();
  arguments.before = filter.created_before ? to_unix_millis(*filter.created_before)
                                           : std::numeric_limits<std::int64_t>::max();
  // One more says whether there is another page.
  arguments.limit = static_cast<std::int64_t>(std::clamp<std::size_t>(filter.limit, 1, kLongestPage)) + 1;
  return arguments;
}

const std::string& list_statement(const JobFilter& filter) {
  static const std::array<std::string, 8> kStatements = make_statements();
  return kStatements.at((filter.state ? 1U : 0U) + (filter.kind ? 2U : 0U) +
                        (filter.title.empty() ? 0U : 4U));
}

}  // namespace vat::db
