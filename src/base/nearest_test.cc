#include "base/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vat {
namespace {

TEST(NearestTest, TheDistanceIsLevenshteins) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(NearestTest, ASlipOfTheFingersIsUnderstood) {
  const std::vector<std::string_view> names = {"tiny", "base", "base.en", "small"};
  EXPECT_EQ(nearest("basee", names), "base");
  EXPECT_EQ(nearest("bsae.en", names), "base.en");
  EXPECT_EQ(nearest("smal", names), "small");
  EXPECT_EQ(nearest("gigantic", names), "");
  EXPECT_EQ(nearest(std::string(100'000, 'b'), names), "");
}

}  // namespace
}  // namespace vat
