// Which processor this machine has.
#pragma once

#include <string>

namespace vat {

/// The processor's name as the system tells it, or what identifies it on machines whose system has no name
/// for it; empty if neither is told. For people, and to notice that results of a measurement come from
/// another machine. Any thread.
[[nodiscard]] std::string processor_name();

}  // namespace vat
