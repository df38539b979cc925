#include "base/processor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(Processor, HasAnIdentityOfOneLine) {
  const std::string name = processor_name();
  EXPECT_FALSE(name.empty());
  EXPECT_EQ(name.find('\n'), std::string::npos);
  EXPECT_EQ(name, processor_name());
}

}  // namespace
}  // namespace vat
