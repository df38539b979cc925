#include "domain/object_store.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(ObjectKey, IsMadeOfAKindAndAnIdentifier) {
  EXPECT_TRUE(is_object_key(make_object_key("uploads")));
  EXPECT_NE(make_object_key("uploads"), make_object_key("uploads"));
}

TEST(ObjectKey, CannotNameAnotherFile) {
  for (const char* bad :
       {"", "uploads", "uploads/", "/019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11", "../etc/passwd",
        "uploads/../019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e1", "Uploads/019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11",
        "uploads/019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11/x"})
    EXPECT_FALSE(is_object_key(bad)) << bad;
}

}  // namespace
}  // namespace vat
