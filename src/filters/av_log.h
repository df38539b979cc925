// The messages of FFmpeg's libraries.
#pragma once

namespace vat::filters {

/// Sends the messages of FFmpeg's libraries to the program's log as debug messages. To be called before any
/// use of these libraries. Any thread.
void route_av_log();

}  // namespace vat::filters
