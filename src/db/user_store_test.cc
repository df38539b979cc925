#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::IsEmpty;

class UserStoreTest : public testing::DatabaseTest {
 protected:
  UserStore& users() { return db_->users(); }
  ErrorCode code_of(const auto& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  const std::string digest_ = std::string(64, 'd');
  ApiKey add_key(std::optional<UtcTime> expires_at = {}) {
    ApiKey key;
    key.user_id = kLocalUserId;
    key.name = "laptop";
    key.prefix = "vat_3fGk";
    key.expires_at = expires_at;
    return users().create_key(key, digest_).value();
  }
};
VAT_ON_BOTH_ENGINES(UserStoreTest);

TEST_P(UserStoreTest, TheLocalUserIsThereFromTheBeginning) {
  const User user = users().get(kLocalUserId).value();
  EXPECT_EQ(user.id, kLocalUserId);
  EXPECT_EQ(user.email, "");
  EXPECT_NE(user.name, "");
  EXPECT_EQ(code_of(users().get(make_uuid())), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(users().get("x")), ErrorCode::kNotFound);
}

TEST_P(UserStoreTest, AKeyLeadsToItsUserUntilItIsRemoved) {
  const ApiKey key = add_key();
  EXPECT_EQ(users().find_by_key(digest_).value()->user.id, kLocalUserId);
  EXPECT_FALSE(users().find_by_key(std::string(64, 'e')).value());
  const auto keys = users().keys(kLocalUserId).value();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].id, key.id);
  EXPECT_EQ(keys[0].name, "laptop");
  EXPECT_EQ(keys[0].prefix, "vat_3fGk");
  EXPECT_EQ(keys[0].created_at, now());
  EXPECT_THAT(users().keys(testing::kOtherUserId).value(), IsEmpty());
  EXPECT_EQ(code_of(users().remove_key(testing::kOtherUserId, key.id)), ErrorCode::kNotFound);
  ASSERT_TRUE(users().remove_key(kLocalUserId, key.id).has_value());
  EXPECT_FALSE(users().find_by_key(digest_).value());
  EXPECT_EQ(code_of(users().remove_key(kLocalUserId, key.id)), ErrorCode::kNotFound);
}

TEST_P(UserStoreTest, TheSameSecretIsNotStoredTwice) {
  add_key();
  ApiKey again;
  again.user_id = kLocalUserId;
  EXPECT_EQ(code_of(users().create_key(again, digest_)), ErrorCode::kExists);
}

TEST_P(UserStoreTest, AKeyThatExpiredIsNoKey) {
  add_key(now() + std::chrono::hours(1));
  EXPECT_TRUE(users().find_by_key(digest_).value());
  advance(std::chrono::hours(1));
  EXPECT_FALSE(users().find_by_key(digest_).value());
}

TEST_P(UserStoreTest, UseOfAKeyIsNotedOnceAMinute) {
  add_key();
  const auto last_used = [&] { return users().keys(kLocalUserId)->at(0).last_used_at; };
  EXPECT_FALSE(last_used());
  const UtcTime first = now();
  ASSERT_TRUE(users().find_by_key(digest_).value());
  EXPECT_EQ(last_used(), first);
  advance(std::chrono::seconds(59));
  ASSERT_TRUE(users().find_by_key(digest_).value());
  EXPECT_EQ(last_used(), first);
  advance(std::chrono::seconds(1));
  ASSERT_TRUE(users().find_by_key(digest_).value());
  EXPECT_EQ(last_used(), now());
}

TEST_P(UserStoreTest, UsersAreAddedAndListedInOrder) {
  const User ada = users().add({.email = "Ada@Example.com", .name = "Ada"}).value();
  EXPECT_EQ(ada.role, UserRole::kMember);
  EXPECT_EQ(users().find_by_email("ADA@example.com").value()->id, ada.id);
  EXPECT_FALSE(users().find_by_email("bob@example.com").value());
  EXPECT_FALSE(users().find_by_email("").value()) << "the local user has no address";
  EXPECT_EQ(code_of(users().add({.email = "ada@example.com", .name = "Another"})), ErrorCode::kExists);
  const User bob = users().add({.name = "Bob"}).value();
  const auto all = users().list({}, 10).value();
  ASSERT_EQ(all.size(), 4U) << "with the local user and the fixture's";
  EXPECT_EQ(users().list(all[2].id, 10).value().size(), 1U);
  EXPECT_EQ(users().list({}, 1).value()[0].id, kLocalUserId);
  EXPECT_EQ(users().get(bob.id).value().name, "Bob");
}

TEST_P(UserStoreTest, TheLastAdminStaysOne) {
  const std::string ada = users().add({.email = "ada@example.com", .name = "Ada"}).value().id;
  const std::string bob = users().add({.email = "bob@example.com", .name = "Bob"}).value().id;
  ASSERT_TRUE(users().set_role(ada, UserRole::kAdmin).has_value());
  EXPECT_EQ(users().get(ada).value().role, UserRole::kAdmin);
  EXPECT_EQ(code_of(users().set_role(ada, UserRole::kMember)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(users().set_disabled(ada, true)), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(users().set_role(bob, UserRole::kAdmin).has_value());
  EXPECT_TRUE(users().set_role(ada, UserRole::kMember).has_value());
  EXPECT_TRUE(users().set_disabled(ada, true).has_value()) << "no admin";
  EXPECT_EQ(code_of(users().set_role(make_uuid(), UserRole::kAdmin)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(users().set_disabled("x", true)), ErrorCode::kNotFound);
}

TEST_P(UserStoreTest, TheLocalUserStaysAnAdmin) {
  const std::string ada = users().add({.email = "ada@example.com", .name = "Ada"}).value().id;
  ASSERT_TRUE(users().set_role(ada, UserRole::kAdmin).has_value());
  const std::string local(kLocalUserId);
  EXPECT_EQ(code_of(users().set_role(local, UserRole::kMember)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(users().set_disabled(local, true)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(users().get(local).value().role, UserRole::kAdmin);
  EXPECT_FALSE(users().get(local).value().disabled);
}

TEST_P(UserStoreTest, NoKeyOfADisabledUserLetsAnybodyIn) {
  const ApiKey key = users().create_key({.user_id = testing::kOtherUserId, .name = "x"}, digest_).value();
  EXPECT_EQ(users().find_by_key(digest_).value()->key_id, key.id);
  ASSERT_TRUE(users().set_disabled(testing::kOtherUserId, true).has_value());
  EXPECT_FALSE(users().find_by_key(digest_).value());
  EXPECT_TRUE(users().get(testing::kOtherUserId).value().disabled);
  ASSERT_TRUE(users().set_disabled(testing::kOtherUserId, false).has_value());
  EXPECT_TRUE(users().find_by_key(digest_).value());
}

TEST_P(UserStoreTest, AKeyHasItsScopes) {
  ApiKey key;
  key.user_id = kLocalUserId;
  key.scopes = {.read = true};
  (void)users().create_key(key, digest_).value();
  EXPECT_EQ(users().find_by_key(digest_).value()->scopes, (Scopes{.read = true}));
  EXPECT_EQ(users().keys(kLocalUserId).value()[0].scopes, (Scopes{.read = true}));
}

TEST_P(UserStoreTest, APictureIsReplacedAndGoesWithItsUser) {
  const User user = users().add({.email = "ada@example.com", .name = "Ada"}).value();
  EXPECT_FALSE(users().picture_facts(user.id).value());
  EXPECT_EQ(users().picture(user.id).error().code, ErrorCode::kNotFound);
  const std::string bytes("\x89PNG\0\xff", 6);
  ASSERT_TRUE(users().set_picture(user.id, "https://pictures.example/1", {"image/png", bytes}));
  EXPECT_EQ(users().picture(user.id)->bytes, bytes);
  EXPECT_EQ(users().picture(user.id)->content_type, "image/png");
  const PictureFacts first = users().picture_facts(user.id).value().value();
  EXPECT_EQ(first.url, "https://pictures.example/1");
  EXPECT_EQ(first.digest.size(), 64U);
  EXPECT_EQ(first.fetched_at, now());
  ASSERT_TRUE(users().set_picture(user.id, "https://pictures.example/2", {}));
  EXPECT_EQ(users().picture(user.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(users().picture_facts(user.id).value()->digest, "");
  EXPECT_EQ(users().set_picture(make_uuid(), "", {}).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(users().set_picture(user.id, "https://pictures.example/2", {"image/png", bytes}));
  ASSERT_TRUE(db_->accounts().remove_account(user.id).has_value());
  EXPECT_EQ(users().picture(user.id).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(users().picture_facts(user.id).value());
}

}  // namespace
}  // namespace vat::db
