#include <gmock/gmock.h>

#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

class LexiconStoreTest : public testing::DatabaseTest {};
VAT_ON_BOTH_ENGINES(LexiconStoreTest);

TEST_P(LexiconStoreTest, EachUserHasOneTextThatCanBeReplacedAndRemoved) {
  LexiconStore& store = db_->lexicons();
  EXPECT_EQ(store.lexicon(kLocalUserId).value(), "");
  ASSERT_TRUE(store.set_lexicon(kLocalUserId, "a = b\nvæt = /væt/"));
  EXPECT_EQ(store.lexicon(kLocalUserId).value(), "a = b\nvæt = /væt/");
  EXPECT_EQ(store.lexicon(testing::kOtherUserId).value(), "");
  ASSERT_TRUE(store.set_lexicon(kLocalUserId, "c = d"));
  EXPECT_EQ(store.lexicon(kLocalUserId).value(), "c = d");
  ASSERT_TRUE(store.set_lexicon(kLocalUserId, ""));
  EXPECT_EQ(store.lexicon(kLocalUserId).value(), "");
}

TEST_P(LexiconStoreTest, WhoDoesNotExistHasNone) {
  EXPECT_EQ(db_->lexicons().set_lexicon("nobody", "a = b").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(db_->lexicons().set_lexicon("019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11", "a = b").error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(db_->lexicons().lexicon("nobody").value(), "");
}

TEST_P(LexiconStoreTest, GoesWithTheAccount) {
  ASSERT_TRUE(db_->lexicons().set_lexicon(testing::kOtherUserId, "a = b"));
  ASSERT_TRUE(db_->lexicons().set_lexicon(kLocalUserId, "a = b"));
  ASSERT_TRUE(db_->accounts().remove_account(testing::kOtherUserId));
  ASSERT_TRUE(db_->accounts().remove_account(kLocalUserId));
  EXPECT_EQ(db_->lexicons().lexicon(testing::kOtherUserId).value(), "");
  EXPECT_EQ(db_->lexicons().lexicon(kLocalUserId).value(), "");
}

}  // namespace
}  // namespace vat::db
