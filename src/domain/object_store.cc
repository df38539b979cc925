#include "domain/object_store.h"

#include <algorithm>

#include "base/uuid.h"

namespace vat {

std::string make_object_key(std::string_view kind) { return make_object_key(kind, make_uuid()); }

std::string make_object_key(std::string_view kind, std::string_view uuid) {
  return std::string(kind) + "/" + std::string(uuid);
}

bool is_object_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  const std::string_view kind = key.substr(0, slash);
  return std::all_of(kind.begin(), kind.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
         is_uuid(key.substr(slash + 1));
}

}  // namespace vat
