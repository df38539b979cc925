// Where FFmpeg's libraries tell what they notice.
#pragma once

namespace vat::filters {

/// Sends the messages of FFmpeg's libraries to the program's log as debug messages. Whoever enters these
/// libraries calls it first. Any thread.
void route_av_log();

}  // namespace vat::filters
