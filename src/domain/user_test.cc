#include "domain/user.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(ScopesTest, AreWords) {
  EXPECT_EQ(to_text(Scopes::all()), "read write admin");
  EXPECT_EQ(to_text({.read = true}), "read");
  EXPECT_EQ(to_text({}), "");
  EXPECT_EQ(parse_scopes("read write admin"), Scopes::all());
  EXPECT_EQ(parse_scopes("  write  read "), (Scopes{.read = true, .write = true}));
  EXPECT_FALSE(parse_scopes(""));
  EXPECT_FALSE(parse_scopes("read everything"));
  EXPECT_FALSE(parse_scopes("Read"));
}

TEST(ScopesTest, ContainWhatTheyAllow) {
  const Scopes some{.read = true, .write = true};
  EXPECT_TRUE(Scopes::all().contain(some));
  EXPECT_FALSE(some.contain(Scopes::all()));
  EXPECT_TRUE(some.contain({.write = true}));
  EXPECT_FALSE(Scopes{.write = true}.contain(some));
}

TEST(RoleTest, HasItsName) {
  for (const UserRole role : {UserRole::kMember, UserRole::kAdmin})
    EXPECT_EQ(parse_role(role_name(role)), role);
  EXPECT_FALSE(parse_role("root"));
}

TEST(CallerTest, IsAnAdminOnlyWithTheScope) {
  Caller caller;
  caller.role = UserRole::kAdmin;
  caller.scopes = {.read = true, .write = true};
  EXPECT_FALSE(caller.is_admin());
  caller.scopes.admin = true;
  EXPECT_TRUE(caller.is_admin());
  caller.role = UserRole::kMember;
  EXPECT_FALSE(caller.is_admin());
}

}  // namespace
}  // namespace vat
