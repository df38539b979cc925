// Who may come in, as the operator set it.
#pragma once

#include <string>
#include <vector>

#include "auth/id_token.h"

namespace vat::auth {

/// With every list empty and `invited_only` off, anyone whom a provider vouches for. Users who are invited,
/// or were in once, need none of this.
struct EntryRules {
  std::vector<std::string> domains;  ///< Of verified addresses, or Google's `hd`. Lower case.
  std::vector<std::string> emails;   ///< Verified. Lower case.
  std::vector<std::string> admins;   ///< Verified addresses of those who are admins. Lower case.
  bool invited_only = false;
};

struct Admission {
  bool may_join = false;  ///< A new user may be made.
  bool admin = false;     ///< The settings name them an admin.
  /// Without named admins, the first who ever signs in becomes one, and may join anyway.
  bool first_is_admin = false;
};

[[nodiscard]] Admission admission_of(const EntryRules& rules, const Person& person);

}  // namespace vat::auth
