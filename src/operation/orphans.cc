#include "operation/orphans.h"

namespace vat::operation {

Result<std::size_t> remove_orphans(ObjectStore& objects, const FindUnused& find_unused, UtcTime before) {
  // Not while the store is being iterated.
  std::vector<std::string> orphans;
  VAT_TRY(objects.each_older(before, [&](const std::vector<std::string>& keys) -> Result<> {
    VAT_ASSIGN(const std::vector<std::string> unused, find_unused(keys));
    orphans.insert(orphans.end(), unused.begin(), unused.end());
    return {};
  }));
  for (const std::string& key : orphans) VAT_TRY(objects.remove(key));
  return orphans.size();
}

}  // namespace vat::operation
