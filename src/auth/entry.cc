#include "auth/entry.h"

#include <algorithm>

namespace vat::auth {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Admission admission_of(const EntryRules& rules, const Person& person) {
  const std::string email = person.email_verified ? person.email : std::string();
  const std::size_t at = email.rfind('@');
  const std::string domain = at == std::string::npos ? std::string() : email.substr(at + 1);
  Admission admission;
  admission.admin = !email.empty() && contains(rules.admins, email);
  admission.first_is_admin = rules.admins.empty();
  const bool open = rules.domains.empty() && rules.emails.empty() && !rules.invited_only;
  admission.may_join = admission.admin || open || (!domain.empty() && contains(rules.domains, domain)) ||
                       (!person.hosted_domain.empty() && contains(rules.domains, person.hosted_domain)) ||
                       (!email.empty() && contains(rules.emails, email));
  return admission;
}

}  // namespace vat::auth
