// What is done differently for transcripts of many thousand segments. Private to api.
#pragma once

#include "api/services.h"
#include "base/result.h"
#include "http/message.h"

namespace vat::api {

/// Gives back to the system what the allocator keeps.
void give_memory_back();

/// The result of `work`, which needs much memory for a while; that is given back.
template <class Work>
auto trimmed(const Work& work) {
  auto result = work();
  give_memory_back();
  return result;
}

/// A long text waits in a file without a name, not in memory, for a client that reads slowly. In memory if
/// the disk has no room. Blocks.
[[nodiscard]] Result<http::Response> in_a_file(const Services& services, Result<http::Response> made);

}  // namespace vat::api
