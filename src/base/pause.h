// A wait for nothing but time, which a stop ends. For what cannot be waited for otherwise.
#pragma once

#include <chrono>
#include <stop_token>

namespace vat {

/// False when `stop` came before the time was over.
[[nodiscard]] bool pause(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace vat
