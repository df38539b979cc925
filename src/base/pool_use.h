// How busy a thread pool is, for metrics.
#pragma once

#include <cstddef>

namespace vat {

struct PoolUse {
  std::size_t threads = 0;
  std::size_t busy = 0;     ///< Threads working now.
  std::size_t waiting = 0;  ///< Tasks that no thread has started yet.
};

}  // namespace vat
