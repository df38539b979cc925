#include "domain/retention.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(Retention, IsTheStricterOfTwo) {
  const Retention installation{.recordings = Days(30), .speech = Days(0), .jobs = Days(365)};
  const Retention own{.recordings = Days(7), .speech = Days(90), .jobs = Days(0)};
  const Retention both{.recordings = Days(7), .speech = Days(90), .jobs = Days(365)};
  EXPECT_EQ(stricter(installation, own), both);
  EXPECT_EQ(stricter(own, installation), both);
  EXPECT_EQ(stricter({}, {}), Retention());
}

}  // namespace
}  // namespace vat
