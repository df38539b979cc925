#include "domain/user.h"

#include <algorithm>

namespace vat {

std::string_view role_name(UserRole role) { return role == UserRole::kAdmin ? "admin" : "member"; }

std::optional<UserRole> parse_role(std::string_view name) {
  if (name == "member") return UserRole::kMember;
  if (name == "admin") return UserRole::kAdmin;
  return std::nullopt;
}

std::string to_text(const Scopes& scopes) {
  std::string text;
  if (scopes.read) text += "read ";
  if (scopes.write) text += "write ";
  if (scopes.admin) text += "admin ";
  if (!text.empty()) text.pop_back();
  return text;
}

std::optional<Scopes> parse_scopes(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "read")
      scopes.read = true;
    else if (word == "write")
      scopes.write = true;
    else if (word == "admin")
      scopes.admin = true;
    else if (!word.empty())
      return std::nullopt;
  }
  if (scopes.none()) return std::nullopt;
  return scopes;
}

}  // namespace vat
