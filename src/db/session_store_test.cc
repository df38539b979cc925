#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/target.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kIssuer = "https://issuer.example";

class SessionStoreTest : public testing::DatabaseTest {
 protected:
  SessionStore& sessions() { return db_->sessions(); }
  static SignIn ada() {
    return {.provider = kIssuer,
            .subject = "42",
            .email = "ada@example.com",
            .email_verified = true,
            .name = "Ada",
            .may_join = true};
  }
  Session begin(const std::string& user_id, const std::string& digest, const std::string& sid = {}) {
    return sessions()
        .begin({.user_id = user_id,
                .provider = kIssuer,
                .subject = "42",
                .provider_session = sid,
                .device = "Firefox"},
               digest, {.idle = hours(2), .absolute = hours(5)})
        .value();
  }
  bool valid(const std::string& digest) { return sessions().find(digest).value().has_value(); }
  long long rows(const std::string& table) {
    long long count = 0;
    const auto target = find_target(location_.options());
    count = *connect(*target, location_.options(), Role::kWriter)
                 ->row<long long>("SELECT COUNT(*) FROM " + table);
    return count;
  }
  const std::string one_ = std::string(64, '1');
  const std::string two_ = std::string(64, '2');
};
VAT_ON_BOTH_ENGINES(SessionStoreTest);

TEST_P(SessionStoreTest, APersonIsTheSameUserEveryTime) {
  const User first = sessions().sign_in(ada()).value();
  EXPECT_EQ(first.role, UserRole::kMember);
  SignIn later = ada();
  later.name = "Ada Lovelace";
  later.email = "countess@example.com";
  later.may_join = false;
  const User again = sessions().sign_in(later).value();
  EXPECT_EQ(again.id, first.id);
  const User stored = db_->users().get(first.id).value();
  EXPECT_EQ(stored.name, "Ada Lovelace");
  EXPECT_EQ(stored.email, "countess@example.com");
}

TEST_P(SessionStoreTest, TheSameAddressElsewhereIsAnotherUser) {
  const User first = sessions().sign_in(ada()).value();
  SignIn other = ada();
  other.provider = "https://other.example";
  EXPECT_NE(sessions().sign_in(other)->id, first.id);
}

TEST_P(SessionStoreTest, TheFirstIsAdminIfNobodyIsNamed) {
  SignIn first = ada();
  first.first_is_admin = true;
  first.may_join = false;
  EXPECT_EQ(sessions().sign_in(first)->role, UserRole::kAdmin);
  SignIn second = first;
  second.subject = "43";
  EXPECT_EQ(sessions().sign_in(second).error().code, ErrorCode::kUnauthorized);
  second.may_join = true;
  EXPECT_EQ(sessions().sign_in(second)->role, UserRole::kMember);
  second.admin = true;
  EXPECT_EQ(sessions().sign_in(second)->role, UserRole::kAdmin) << "named later";
}

TEST_P(SessionStoreTest, WhoWasInvitedComesInByTheVerifiedAddress) {
  const User invited = db_->users().add({.email = "Ada@example.com", .name = ""}).value();
  SignIn person = ada();
  person.may_join = false;
  person.email_verified = false;
  EXPECT_THAT(sessions().sign_in(person).error().message, HasSubstr("ada@example.com"));
  person.email_verified = true;
  EXPECT_EQ(sessions().sign_in(person)->id, invited.id);
  person.subject = "43";
  EXPECT_FALSE(sessions().sign_in(person)) << "an invitation is for one";
}

TEST_P(SessionStoreTest, ADisabledUserDoesNotComeIn) {
  const User user = sessions().sign_in(ada()).value();
  begin(user.id, one_);
  ASSERT_TRUE(db_->users().set_disabled(user.id, true).has_value());
  EXPECT_FALSE(valid(one_));
  EXPECT_THAT(sessions().sign_in(ada()).error().message, HasSubstr("disabled"));
  ASSERT_TRUE(db_->users().set_disabled(user.id, false).has_value());
  EXPECT_FALSE(valid(one_)) << "its sessions have ended";
}

TEST_P(SessionStoreTest, ASessionExpiresUnlessItIsUsed) {
  begin(kLocalUserId, one_);
  advance(hours(1));
  EXPECT_TRUE(valid(one_));
  advance(minutes(119));
  EXPECT_TRUE(valid(one_)) << "two hours after it was last used";
  advance(hours(2));
  EXPECT_FALSE(valid(one_));
}

TEST_P(SessionStoreTest, ASessionEndsHoweverMuchItIsUsed) {
  begin(kLocalUserId, one_);
  for (int i = 0; i < 4; ++i) {
    advance(hours(1));
    EXPECT_TRUE(valid(one_));
  }
  advance(hours(1));
  EXPECT_FALSE(valid(one_));
}

TEST_P(SessionStoreTest, SessionsAreListedAndEndedByTheirOwner) {
  const std::string one = begin(kLocalUserId, one_).id;
  advance(minutes(2));
  const std::string two = begin(kLocalUserId, two_).id;
  EXPECT_EQ(sessions().find(two_).value()->session_id, two);
  auto list = sessions().list(kLocalUserId).value();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].id, two);
  EXPECT_EQ(list[1].device, "Firefox");
  EXPECT_TRUE(sessions().list(testing::kOtherUserId)->empty());
  EXPECT_EQ(sessions().get(testing::kOtherUserId, one).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sessions().remove(testing::kOtherUserId, one).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(sessions().remove_all(testing::kOtherUserId, {}).value(), 0);
  EXPECT_EQ(sessions().remove_all(kLocalUserId, two).value(), 1);
  EXPECT_FALSE(valid(one_));
  EXPECT_TRUE(valid(two_));
  EXPECT_TRUE(sessions().remove(kLocalUserId, two).has_value());
  EXPECT_EQ(sessions().remove(kLocalUserId, two).error().code, ErrorCode::kNotFound);
}

TEST_P(SessionStoreTest, TheProviderEndsItsSessions) {
  begin(kLocalUserId, one_, "s1");
  begin(kLocalUserId, two_, "s2");
  const auto end = [&](const std::string& issuer, const std::string& subject, const std::string& sid,
                       const std::string& token) {
    return sessions().end_at_provider(issuer, subject, sid, token, now() + hours(1));
  };
  EXPECT_EQ(end("https://other.example", "42", "", "a").value(), 0);
  EXPECT_EQ(end(kIssuer, "41", "s1", "b").value(), 0);
  EXPECT_EQ(end(kIssuer, "", "s1", "c").value(), 1);
  EXPECT_FALSE(valid(one_));
  EXPECT_EQ(end(kIssuer, "42", "", "c").error().code, ErrorCode::kExists) << "replayed";
  EXPECT_TRUE(valid(two_));
  EXPECT_EQ(end(kIssuer, "42", "", "d").value(), 1);
  EXPECT_FALSE(valid(two_));
}

TEST_P(SessionStoreTest, ManySignInsLeaveFewRows) {
  const User user = sessions().sign_in(ada()).value();
  for (int i = 0; i < 3 * kMaxSessions; ++i) {
    std::string digest = std::to_string(i);
    digest.insert(0, 64 - digest.size(), '0');
    (void)sessions().sign_in(ada()).value();
    begin(user.id, digest);
    advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(sessions().list(user.id)->size(), static_cast<std::size_t>(kMaxSessions));
  EXPECT_EQ(rows("sessions"), kMaxSessions);
  EXPECT_EQ(rows("identities"), 1);
  EXPECT_EQ(rows("users"), 3) << "with the local user and the fixture's";
  ASSERT_TRUE(sessions().end_at_provider(kIssuer, "0", "", "j", now()).has_value());
  advance(hours(6));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(rows("sessions"), 0);
  EXPECT_EQ(rows("used_tokens"), 0);
}

}  // namespace
}  // namespace vat::db
