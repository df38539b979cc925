// What a person is told about a recording that is done.
#pragma once

#include <string>

#include "console.h"
#include "recording.h"

namespace vat::app {

/// "Whisper base": the recogniser as people write it.
[[nodiscard]] std::string recogniser_name(const Transcript& transcript);

/// `label` is what the recording is called.
void tell_report(Console& console, const std::string& label, const RecordingReport& report);

}  // namespace vat::app
