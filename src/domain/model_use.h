// What loaded models take and how often they are loaded, as metrics show it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace vat {

struct LoadedModel {
  std::string name;
  std::string engine;
  std::uint64_t bytes = 0;
};

struct ModelUse {
  std::size_t loaded = 0;
  std::uint64_t bytes = 0;      ///< Of those that are loaded or being loaded.
  std::uint64_t max_bytes = 0;  ///< That they may take together.
  std::size_t waiting = 0;      ///< Callers that wait for a model now.
  // Since the start:
  std::uint64_t loads = 0;
  std::uint64_t failed_loads = 0;
  std::uint64_t stopped_loads = 0;  ///< Because nobody waited any more.
  std::uint64_t evictions = 0;      ///< Models that were unloaded for others.
};

}  // namespace vat
