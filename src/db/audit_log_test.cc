#include <gmock/gmock.h>

#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AuditLogTest : public testing::DatabaseTest {
 protected:
  AuditLog& audit() { return db_->audit(); }
  void add(const std::string& action) {
    AuditEntry entry;
    entry.actor_id = kLocalUserId;
    entry.action = action;
    entry.address = "192.0.2.1";
    ASSERT_TRUE(audit().add(entry).has_value());
  }
  std::vector<std::string> actions(std::int64_t before = 0, std::size_t limit = 10) {
    std::vector<std::string> found;
    const auto entries = audit().list(before, limit).value();
    for (const AuditEntry& entry : entries) found.push_back(entry.action);
    return found;
  }
};
VAT_ON_BOTH_ENGINES(AuditLogTest);

TEST_P(AuditLogTest, ShowsTheNewestFirstInPages) {
  for (const char* const action : {"a", "b", "c"}) add(action);
  EXPECT_THAT(actions(), ElementsAre("c", "b", "a"));
  const auto page = audit().list(0, 2).value();
  EXPECT_EQ(page.at(0).at, now());
  EXPECT_EQ(page.at(0).address, "192.0.2.1");
  EXPECT_THAT(actions(page.back().id), ElementsAre("a"));
}

TEST_P(AuditLogTest, IsAppendOnly) {
  add("user.disabled");
  EXPECT_ANY_THROW(testing::run_sql(location_.options(), "UPDATE audit_log SET action = 'nothing'"));
  EXPECT_THAT(actions(), ElementsAre("user.disabled"));
}

TEST_P(AuditLogTest, ForgetsWhatIsOld) {
  add("old");
  advance(std::chrono::hours(48));
  add("new");
  ASSERT_TRUE(audit().remove_before(now() - std::chrono::hours(24)).has_value());
  EXPECT_THAT(actions(), ElementsAre("new"));
  ASSERT_TRUE(audit().remove_before(now() + std::chrono::hours(1)).has_value());
  EXPECT_THAT(actions(), IsEmpty());
}

}  // namespace
}  // namespace vat::db
