// Names of a job's files, made from an untrusted title. Internal to worker.
#pragma once

#include <string>
#include <string_view>

namespace vat::worker {

/// "talk" for a recording called "talk.mp4" or "C:\\films\\talk.mp4". The result is UTF-8 of at most 150
/// bytes, has no character that a file system or a shell treats specially, no invisible one, and neither
/// begins nor ends with a dot or a space; "recording" when nothing else is left.
[[nodiscard]] std::string recording_stem(std::string_view title);

/// The same for the first words of a text; "speech" when nothing is left.
[[nodiscard]] std::string text_stem(std::string_view title);

}  // namespace vat::worker
