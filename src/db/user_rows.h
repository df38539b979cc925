// Users as rows. Private to db.
#pragma once

#include <string>
#include <string_view>

#include "domain/user.h"

namespace vat::db {

/// The columns of kUserColumns, in their order.
struct UserRow {
  std::string id, email, name, picture_url, role;
  long long created_at = 0, disabled = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &email, &name, &picture_url, &role}) visit(*text);
    visit(created_at);
    visit(disabled);
  }
  [[nodiscard]] User user() const {
    return {id,
            email,
            name,
            picture_url,
            from_unix_millis(created_at),
            parse_role(role).value_or(UserRole::kMember),
            disabled != 0};
  }
};
inline constexpr std::string_view kUserColumns =
    "u.id, u.email, u.name, u.picture_url, u.role, u.created_at, u.disabled";

}  // namespace vat::db
