#include "base/shared_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vat {
namespace {

constexpr std::size_t kBytes = 100'000;

TEST(SharedMemoryTest, WhatOneProcessWritesTheOtherReads) {
  const SharedMemory memory = SharedMemory::create(kBytes).value();
  ASSERT_EQ(memory.size(), kBytes);
  EXPECT_EQ(memory.data()[kBytes - 1], std::byte(0));
  const pid_t id = ::fork();
  if (id == 0) {
    const auto theirs = SharedMemory::map_to_write(memory.fd(), kBytes);
    if (!theirs) ::_exit(1);
    theirs->data()[kBytes - 1] = std::byte(42);
    ::_exit(0);
  }
  int state = -1;
  ASSERT_EQ(::waitpid(id, &state, 0), id);
  EXPECT_EQ(state, 0);
  EXPECT_EQ(memory.data()[kBytes - 1], std::byte(42));
}

TEST(SharedMemoryTest, IsClosedOnExec) {
  const SharedMemory memory = SharedMemory::create(kBytes).value();
  EXPECT_NE(::fcntl(memory.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SharedMemoryTest, NobodyChangesItsSize) {
  const SharedMemory memory = SharedMemory::create(kBytes).value();
  EXPECT_NE(::ftruncate(memory.fd(), 0), 0);
  EXPECT_NE(::ftruncate(memory.fd(), static_cast<off_t>(kBytes * 1000)), 0);
  EXPECT_EQ(memory.data()[kBytes - 1], std::byte(0)) << "still there";
#ifdef __linux__
  EXPECT_NE(::fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_WRITE), 0) << "and nobody can seal it further";
#endif
}

TEST(SharedMemoryTest, MovesWithItsContents) {
  SharedMemory memory = SharedMemory::create(kBytes).value();
  SharedMemory moved = std::move(memory);
  memory = SharedMemory::create(10).value();
  EXPECT_EQ(memory.size(), 10U);
  EXPECT_EQ(moved.size(), kBytes);
  EXPECT_EQ(moved.data()[kBytes - 1], std::byte(0));
}

}  // namespace
}  // namespace vat
