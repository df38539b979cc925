#include <gmock/gmock.h>

#include <thread>

#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

class PreferenceStoreTest : public testing::DatabaseTest {
 protected:
  std::string stored(const std::string& user_id = kLocalUserId) {
    return db_->preferences().preferences(user_id).value();
  }
  Result<std::string> set(const std::string& document, const std::string& user_id = kLocalUserId) {
    return db_->preferences().change_preferences(user_id, [&](const auto&) { return document; });
  }
};
VAT_ON_BOTH_ENGINES(PreferenceStoreTest);

TEST_P(PreferenceStoreTest, EachUserHasOneDocumentThatIsMadeOfTheStoredOne) {
  EXPECT_EQ(stored(), "{}");
  EXPECT_EQ(set(R"({"theme":"dark"})").value(), R"({"theme":"dark"})");
  const auto next = db_->preferences().change_preferences(
      kLocalUserId, [](const std::string& before) { return "[" + before + ",\"ü\"]"; });
  EXPECT_EQ(next.value(), R"([{"theme":"dark"},"ü"])");
  EXPECT_EQ(stored(), next.value());
  EXPECT_EQ(stored(testing::kOtherUserId), "{}");
}

TEST_P(PreferenceStoreTest, OnlyAChangeIsTold) {
  ASSERT_TRUE(set("{}"));
  EXPECT_THAT(bus_.kinds(), IsEmpty());
  ASSERT_TRUE(set(R"({"theme":"dark"})"));
  EXPECT_THAT(bus_.kinds(), Contains(Notification::Kind::kPreferences));
  bus_.clear();
  ASSERT_TRUE(set(R"({"theme":"dark"})"));
  EXPECT_THAT(bus_.kinds(), IsEmpty());
}

TEST_P(PreferenceStoreTest, AChangeThatFailsLeavesTheDocument) {
  ASSERT_TRUE(set(R"({"theme":"dark"})"));
  const auto refused = db_->preferences().change_preferences(
      kLocalUserId,
      [](const std::string&) -> Result<std::string> { return fail(ErrorCode::kInvalidArgument, "No."); });
  EXPECT_EQ(refused.error().message, "No.");
  EXPECT_EQ(stored(), R"({"theme":"dark"})");
}

TEST_P(PreferenceStoreTest, ChangesAtOnceAreMadeOneAfterTheOther) {
  constexpr int kEach = 10;
  {
    std::vector<std::jthread> threads;
    for (const char letter : {'a', 'b', 'c'}) {
      threads.emplace_back([&, letter] {
        for (int i = 0; i < kEach; ++i)
          EXPECT_TRUE(db_->preferences().change_preferences(
              kLocalUserId, [&](const std::string& before) { return before + letter; }));
      });
    }
  }
  EXPECT_EQ(stored().size(), 2U + 3U * kEach);
}

TEST_P(PreferenceStoreTest, WhoDoesNotExistHasNone) {
  EXPECT_EQ(set("{}", "nobody").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(set("{}", "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(stored("nobody"), "{}");
}

TEST_P(PreferenceStoreTest, GoWithTheAccount) {
  for (const char* const user : {testing::kOtherUserId, kLocalUserId}) {
    ASSERT_TRUE(set(R"({"theme":"dark"})", user));
    ASSERT_TRUE(db_->accounts().remove_account(user));
    EXPECT_EQ(stored(user), "{}");
  }
}

}  // namespace
}  // namespace vat::db
