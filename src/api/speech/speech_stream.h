// Speech while the client waits: bytes are streamed as the voice and the encoder make them. Private to api.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/common/handler.h"
#include "api/services.h"
#include "http/message.h"
#include "pipeline/options.h"

namespace vat::api {

struct SpeechOrder {
  std::string user_id;
  std::string text;
  std::string language;
  pipeline::SpeechOptions options;
  std::string content_type;
  bool bare_samples = false;  ///< With AudioFormat::kWav: the samples without the file's header.
  /// Server-sent events whose data are made by these, from the audio's bytes and at the end, instead of the
  /// audio.
  std::function<std::string(std::string_view bytes)> audio_event;
  std::function<std::string()> done_event;
};

/// 200 with the audio, or the error that occurred before the first byte. When the client disconnects, the
/// voice stops. kUnavailable when there are too many such clients.
[[nodiscard]] Answer stream_speech(const Services& services, SpeechOrder order);

}  // namespace vat::api
