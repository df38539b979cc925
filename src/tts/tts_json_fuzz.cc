// Everything that a speech service or a key file may contain: JSON, base64, WAV, and the text that is to be
// spoken.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/base64.h"
#include "tts/google_messages.h"
#include "tts/openai_messages.h"
#include "tts/remote.h"
#include "tts/sentences.h"
#include "tts/service_account.h"
#include "tts/wav.h"

namespace {

using namespace vat;
using namespace vat::tts;

void check_sentences(std::string_view text) {
  for (const Sentence& sentence : split_sentences(text, 40))
    if (sentence.text.empty() || sentence.text.size() > 40) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      (void)parse_google_audio(text);
      break;
    case 1:
      (void)parse_google_voices(text);
      break;
    case 2:
      (void)remote_error("Service", 400, google_error_message(text));
      break;
    case 3:
      (void)parse_service_account(text);
      break;
    case 4:
      (void)parse_access_token(text);
      break;
    case 5:
      (void)parse_wav(text);
      break;
    case 6: {
      (void)parse_openai_error(text);
      (void)parse_openai_audio({.status = 200, .headers = {}, .body = std::string(text)}, size % 2 == 0,
                               24'000);
      break;
    }
    default:
      check_sentences(text);
  }
  return 0;
}
