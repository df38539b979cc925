#include "asr/chunk_part.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "asr/chunk_text.h"
#include "asr/hallucinations.h"
#include "asr/sound_marks.h"

namespace vat::asr {

Result<ChunkText> recognize_part(Recognizer& recognizer, const Chunk& chunk, const TimeSpan& window,
                                 const RecognitionOptions& options, const std::stop_token& stop) {
  const std::int64_t begin = std::max<std::int64_t>(0, time_to_samples(window.start));
  const std::size_t first = static_cast<std::size_t>(begin) / chunk.speech_frame;
  const std::size_t offset = first * chunk.speech_frame;
  const std::size_t end =
      std::min(chunk.samples.size(), static_cast<std::size_t>(time_to_samples(window.end)));
  const auto samples = std::span<const float>(chunk.samples).subspan(offset, end - offset);
  VAT_ASSIGN(ChunkText found, recognizer.recognize(samples, options, stop));
  put_in_order(found, samples_to_time(static_cast<std::int64_t>(samples.size())));
  take_sound_marks(found);
  filter_hallucinations(found, std::span<const float>(chunk.speech).subspan(first), chunk.speech_frame,
                        {.echoes = false});
  shift(found, samples_to_time(static_cast<std::int64_t>(offset)));
  return found;
}

}  // namespace vat::asr
