#include "base/loaded_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

#ifdef __APPLE__
constexpr const char* kMathematics = "libm.dylib";
#else
constexpr const char* kMathematics = "libm.so.6";
#endif

TEST(LoadedLibraryTest, AFunctionIsFoundByItsNameAndCalled) {
  const auto library = LoadedLibrary::load(kMathematics, "No mathematics.");
  ASSERT_TRUE(library) << library.error().detail;
  double (*root)(double) = nullptr;
  ASSERT_TRUE(library->find("sqrt", root));
  EXPECT_DOUBLE_EQ(root(9), 3);
  EXPECT_FALSE(library->find("square_root_of_nothing", root));
  EXPECT_EQ(root, nullptr);
}

TEST(LoadedLibraryTest, WhatIsNoLibraryIsUnavailableForTheLoadersReason) {
  const auto library = LoadedLibrary::load("/no/such/library.so", "Voices need it.");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(library.error().message, "Voices need it.");
  EXPECT_THAT(library.error().detail, testing::HasSubstr("library.so"));
}

}  // namespace
}  // namespace vat
