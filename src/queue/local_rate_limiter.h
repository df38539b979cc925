// Rate limits of this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "domain/rate_limiter.h"

namespace vat::queue {

using SteadyClock = std::function<std::chrono::steady_clock::time_point()>;

/// Buckets in memory, of which there are never more than `max_buckets` (16 bytes each). When more are in use,
/// those that are closest to full are forgotten, which lets their owners do a little more. `clock` may be
/// called by any thread.
[[nodiscard]] std::unique_ptr<RateLimiter> make_local_rate_limiter(
    std::size_t max_buckets = 65'536, SteadyClock clock = std::chrono::steady_clock::now);

}  // namespace vat::queue
