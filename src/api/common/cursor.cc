#include "api/common/cursor.h"

#include <algorithm>
#include <optional>

#include "base/base64.h"
#include "base/number.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

// The number is the version: a cursor of another version is rejected instead of misread.
constexpr std::string_view kJob = "1j:";
constexpr std::string_view kOffset = "1o:";
constexpr std::size_t kMaxCursorBytes = 512;

tl::unexpected<Error> wrong_cursor() {
  return fail_field("cursor", "The cursor is not valid for this list; start again without one.");
}

/// The part after `kind` in the cursor.
Result<std::string> open(std::string_view cursor, std::string_view kind) {
  if (cursor.size() > kMaxCursorBytes) return wrong_cursor();
  std::string standard(cursor);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  const std::optional<std::string> plain = base64_decode(standard);
  // Only the canonical spelling.
  if (!plain || !plain->starts_with(kind) || base64url_encode(*plain) != cursor) return wrong_cursor();
  return plain->substr(kind.size());
}

}  // namespace

std::string job_cursor(std::string_view job_id) {
  return base64url_encode(std::string(kJob) + std::string(job_id));
}

Result<std::string> read_job_cursor(std::string_view cursor) {
  VAT_ASSIGN(std::string id, open(cursor, kJob));
  if (!is_uuid(id)) return wrong_cursor();
  return id;
}

std::string offset_cursor(std::size_t offset) {
  return base64url_encode(std::string(kOffset) + std::to_string(offset));
}

Result<std::size_t> read_offset_cursor(std::string_view cursor, std::size_t max) {
  VAT_ASSIGN(const std::string text, open(cursor, kOffset));
  const auto offset = parse_number<std::size_t>(text, 0, max);
  if (!offset || offset_cursor(*offset) != cursor) return wrong_cursor();
  return *offset;
}

}  // namespace vat::api
