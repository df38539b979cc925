// How busy a pool of threads is, as metrics show it.
#pragma once

#include <cstddef>

namespace vat {

struct PoolUse {
  std::size_t threads = 0;
  std::size_t busy = 0;     ///< Threads at work now.
  std::size_t waiting = 0;  ///< Tasks that no thread has begun yet.
};

}  // namespace vat
