#include "auth/access_tokens.h"

#include <gtest/gtest.h>

namespace vat::auth {
namespace {

/// Remembers keys, and one family that never ends.
class KeysOnly final : public TokenStore {
 public:
  explicit KeysOnly(const UtcTime& time) : time_(time) {}
  Result<TokenFamily> begin_family(const TokenFamily& family, const std::string& /*digest*/) override {
    return family;
  }
  Result<std::optional<TokenFamily>> rotate(const std::string& /*id*/, const std::string& /*old_digest*/,
                                            const std::string& /*new_digest*/, UtcTime /*expires*/) override {
    return std::optional<TokenFamily>();
  }
  Result<std::optional<Caller>> find_family(const std::string& /*id*/) override {
    return std::optional<Caller>(Caller());
  }
  Result<std::vector<StoredSigningKey>> signing_keys() override {
    std::vector<StoredSigningKey> valid;
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
      if (key->expires_at > time_) valid.push_back(*key);
    }
    return valid;
  }
  Result<> add_signing_key(const StoredSigningKey& key) override {
    keys.push_back(key);
    return {};
  }
  std::vector<StoredSigningKey> keys;

 private:
  const UtcTime& time_;
};

class AccessTokensTest : public ::testing::Test {
 protected:
  std::string issue() { return tokens.issue(caller, Scopes::all()).value().access_token; }
  std::string kid_of(const std::string& token) { return read_token_header(token)->kid; }
  bool valid(const std::string& token) { return tokens.identify(token).value().has_value(); }

  UtcTime now = from_unix_seconds(1'800'000'000);
  KeysOnly store{now};
  AccessTokens tokens{"https://vat.example", store, [this] { return now; }};
  Caller caller = [] {
    Caller one;
    one.key_id = "k";
    return one;
  }();
};

TEST_F(AccessTokensTest, LastMinutes) {
  const std::string token = issue();
  EXPECT_TRUE(valid(token));
  now += kAccessTokenLifetime - std::chrono::seconds(1);
  EXPECT_TRUE(valid(token));
  now += std::chrono::seconds(1);
  EXPECT_FALSE(valid(token));
}

TEST_F(AccessTokensTest, AreForThisServiceOnly) {
  AccessTokens other("https://other.example", store, [this] { return now; });
  EXPECT_FALSE(valid(other.issue(caller, Scopes::all())->access_token)) << "the same keys, another issuer";
}

TEST_F(AccessTokensTest, AreSignedByKeysThatChange) {
  const std::string first = issue();
  EXPECT_EQ(kid_of(issue()), kid_of(first));
  now += kSigningKeySigns - std::chrono::minutes(5);
  const std::string last = issue();
  EXPECT_EQ(kid_of(last), kid_of(first));
  now += std::chrono::minutes(5);
  const std::string next = issue();
  EXPECT_NE(kid_of(next), kid_of(first));
  EXPECT_TRUE(valid(last)) << "the old key is still published";
  EXPECT_TRUE(KeySet::parse(tokens.published_keys().value())->has(kid_of(first)));
  now += kSigningKeyStays;
  EXPECT_FALSE(KeySet::parse(tokens.published_keys().value())->has(kid_of(first)));
  EXPECT_EQ(store.keys.size(), 2U);
}

TEST_F(AccessTokensTest, AreMadeFromAKeyOrASession) {
  EXPECT_EQ(tokens.issue(Caller(), Scopes::all()).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vat::auth
