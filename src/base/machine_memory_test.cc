#include "base/machine_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace vat {
namespace {

TEST(MachineMemory, IsNoMoreThanTheMachineHas) {
  const std::uint64_t bytes = machine_memory_bytes();
  EXPECT_GE(bytes, std::uint64_t{1} << 20U);
  EXPECT_LE(bytes, static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                       static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace
}  // namespace vat
