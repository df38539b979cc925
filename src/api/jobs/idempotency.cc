#include "api/jobs/idempotency.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "base/text.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxKeyBytes = 255;

}  // namespace

Result<std::optional<IdempotencyKey>> idempotency_key(const http::Request& request, std::string_view asked) {
  const auto present = std::find_if(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return fold_case(to_utf8(header.first)) == "idempotency-key";
  });
  if (present == request.headers.end()) return std::nullopt;
  const std::string& key = present->second;
  if (key.empty() || key.size() > kMaxKeyBytes ||
      !std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
    return fail_field("Idempotency-Key", "The Idempotency-Key must be 1 to 255 visible ASCII characters.");
  }
  std::string all(http::method_name(request.method));
  all.append(" ").append(request.path).append("\n").append(asked);
  return IdempotencyKey{.key = key, .request_hash = hash_hex(Digest::kSha256, all)};
}

}  // namespace vat::api
