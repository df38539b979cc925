#include "base/uuid.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace vat {
namespace {

TEST(Uuid, IsCanonicalAndOfVersionSeven) {
  const std::string id = make_uuid();
  EXPECT_TRUE(is_uuid(id)) << id;
  EXPECT_EQ(id[14], '7');
  EXPECT_THAT(std::string("89ab"), ::testing::HasSubstr(id.substr(19, 1)));
}

TEST(Uuid, AscendsAlsoWithinAMillisecond) {
  std::string last = make_uuid();
  for (int i = 0; i < 20'000; ++i) {
    std::string next = make_uuid();
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(Uuid, IsUniqueAcrossThreads) {
  std::vector<std::vector<std::string>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& ids : made) {
      threads.emplace_back([&ids] {
        for (int i = 0; i < 5'000; ++i) ids.push_back(make_uuid());
      });
    }
  }
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000U);
}

TEST(Uuid, TellsIdentifiersFromOtherText) {
  EXPECT_TRUE(is_uuid("019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11"));
  for (const char* bad : {"", "019395a1", "019395A1-8f0e-7c3a-9c1f-5d2b6f0a7e11",
                          "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e1", "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e1g",
                          "019395a1_8f0e-7c3a-9c1f-5d2b6f0a7e11", "../395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11"})
    EXPECT_FALSE(is_uuid(bad)) << bad;
}

}  // namespace
}  // namespace vat
