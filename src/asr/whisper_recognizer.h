// One Whisper state, which transcribes one chunk at a time. Private to asr.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asr/whisper_handles.h"
#include "asr/whisper_hotwords.h"
#include "domain/recognizer.h"

namespace vat::asr {

class WhisperRecognizer : public Recognizer {
 public:
  /// Shares the context; owns the state. The context has the alignment's heads.
  WhisperRecognizer(std::shared_ptr<whisper_context> context, WhisperState state, const Alignment& alignment)
      : context_(std::move(context)), state_(std::move(state)), alignment_(alignment) {}

  void use_threads(std::function<int()> threads) override { threads_ = std::move(threads); }
  void expect_speech(std::vector<TimeSpan> speech) override { speech_ = std::move(speech); }
  [[nodiscard]] Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                                            std::stop_token stop) override;
  [[nodiscard]] Result<DetectedLanguage> detect_language(std::span<const float> samples,
                                                         std::stop_token stop) override;

 private:
  [[nodiscard]] Segment segment(int index, const RecognitionOptions& options) const;
  /// The text tokens of a segment, or those that replaced them, with times.
  [[nodiscard]] std::vector<TextToken> text_tokens(int segment,
                                                   const std::vector<HotwordCheck::Piece>* replaced,
                                                   const WhisperTokenTimes& times) const;

  std::shared_ptr<whisper_context> context_;  // declared first: the state is freed before it
  WhisperState state_;
  Alignment alignment_;
  std::optional<ExpectedWords> expected_;  ///< Of the last call that had some.
  std::vector<TimeSpan> speech_;           ///< Of the next call.
  /// Of the last chunk, so that the next one's language is detected in what will be encoded for it.
  int chunks_context_ = 0;
  std::function<int()> threads_ = [] { return 1; };
};

}  // namespace vat::asr
