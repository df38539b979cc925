#include <gtest/gtest.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::hours;

class TokenStoreTest : public testing::DatabaseTest {
 protected:
  TokenStore& tokens() { return db_->tokens(); }
  static std::string digest(char c) { return std::string(64, c); }
  ApiKey key(std::optional<UtcTime> expires_at = {}) {
    ApiKey one{.user_id = testing::kOtherUserId, .name = "x"};
    one.expires_at = expires_at;
    return db_->users().create_key(one, digest('k')).value();
  }
  TokenFamily family(const std::string& key_id) {
    TokenFamily one{.user_id = testing::kOtherUserId, .key_id = key_id, .scopes = {.read = true}};
    one.expires_at = now() + hours(10);
    return tokens().begin_family(one, digest('a')).value();
  }
  bool alive(const TokenFamily& one) { return tokens().find_family(one.id).value().has_value(); }
};
VAT_ON_BOTH_ENGINES(TokenStoreTest);

TEST_P(TokenStoreTest, ARefreshTokenCountsOnce) {
  const TokenFamily one = family(key().id);
  const auto caller = tokens().find_family(one.id).value();
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->id, testing::kOtherUserId);
  EXPECT_EQ(caller->scopes, (Scopes{.read = true}));
  EXPECT_EQ(caller->key_id, one.key_id);
  EXPECT_EQ(caller->session_id, "");
  const auto rotated = tokens().rotate(one.id, digest('a'), digest('b'), now() + hours(10)).value();
  ASSERT_TRUE(rotated.has_value());
  EXPECT_EQ(rotated->user_id, testing::kOtherUserId);
  EXPECT_TRUE(tokens().rotate(one.id, digest('b'), digest('c'), now() + hours(10)).value().has_value());
  EXPECT_TRUE(alive(one));
  EXPECT_FALSE(tokens().rotate(one.id, digest('a'), digest('d'), now() + hours(10)).value().has_value());
  EXPECT_FALSE(alive(one)) << "a token that was used before ends the family";
  EXPECT_FALSE(tokens().rotate(one.id, digest('c'), digest('d'), now() + hours(10)).value().has_value());
}

TEST_P(TokenStoreTest, AFamilyEndsWithItsKey) {
  const ApiKey made = key();
  const TokenFamily one = family(made.id);
  ASSERT_TRUE(db_->users().remove_key(testing::kOtherUserId, made.id).has_value());
  EXPECT_FALSE(alive(one));
}

TEST_P(TokenStoreTest, AFamilyEndsWhenItsKeyExpires) {
  const TokenFamily one = family(key(now() + hours(1)).id);
  EXPECT_TRUE(alive(one));
  advance(hours(1));
  EXPECT_FALSE(alive(one));
  EXPECT_FALSE(tokens().rotate(one.id, digest('a'), digest('b'), now() + hours(1)).value().has_value());
}

TEST_P(TokenStoreTest, AFamilyEndsWithItsSession) {
  const Session session =
      db_->sessions()
          .begin({.user_id = testing::kOtherUserId, .provider = "p", .subject = "s"}, digest('s'), {})
          .value();
  TokenFamily one{.user_id = testing::kOtherUserId, .session_id = session.id, .scopes = Scopes::all()};
  one.expires_at = now() + hours(10);
  one = tokens().begin_family(one, digest('a')).value();
  EXPECT_EQ(tokens().find_family(one.id).value()->session_id, session.id);
  ASSERT_TRUE(db_->sessions().remove(testing::kOtherUserId, session.id).has_value());
  EXPECT_FALSE(alive(one));
}

TEST_P(TokenStoreTest, NoFamilyOfADisabledUserIsAlive) {
  const TokenFamily one = family(key().id);
  ASSERT_TRUE(db_->users().set_disabled(testing::kOtherUserId, true).has_value());
  EXPECT_FALSE(alive(one));
}

TEST_P(TokenStoreTest, FamiliesAreBoundedAndExpire) {
  const ApiKey made = key();
  const TokenFamily first = family(made.id);
  TokenFamily last;
  for (int i = 0; i < kMaxTokenFamilies; ++i) {
    advance(std::chrono::milliseconds(2));
    last = family(made.id);
  }
  EXPECT_FALSE(alive(first));
  EXPECT_TRUE(alive(last));
  advance(hours(10));
  EXPECT_FALSE(alive(last));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_FALSE(tokens().find_family("x").value().has_value());
}

TEST_P(TokenStoreTest, SigningKeysExpire) {
  ASSERT_TRUE(tokens().add_signing_key({"a", "{}", now() + hours(1), now() + hours(2)}).has_value());
  advance(hours(1));
  ASSERT_TRUE(tokens().add_signing_key({"b", "{}", now() + hours(1), now() + hours(2)}).has_value());
  const auto both = tokens().signing_keys().value();
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].kid, "b");
  advance(hours(1));
  EXPECT_EQ(tokens().signing_keys()->size(), 1U);
}

}  // namespace
}  // namespace vat::db
