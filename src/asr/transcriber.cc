#include "asr/transcriber.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <iterator>
#include <optional>
#include <utility>

#include "asr/chunk_planner.h"
#include "asr/chunk_text.h"
#include "asr/collector.h"
#include "asr/coverage.h"
#include "asr/hallucinations.h"
#include "asr/language_parts.h"
#include "asr/prompted_text.h"
#include "asr/recovery.h"
#include "asr/second_look.h"
#include "asr/sound_marks.h"
#include "asr/word_fit.h"
#include "base/text.h"

namespace vat::asr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Transcribes one recording. Its public method runs on the caller's thread, the tasks on the pool's.
class Transcription {
 public:
  Transcription(ChunkPool& pool, const TranscriptionRequest& request, std::stop_token stop)
      : request_(request),
        options_(request.options),
        planner_(request.source, request.detector, plan_options(request)),
        collector_(request, stop_),
        outer_(stop),
        lane_(pool.open_lane(request.model)),
        forward_(std::move(stop), [this] { stop_.request_stop(); }) {
    if (request.model->takes_prompts()) return;
    options_.prompt.clear();
    options_.carry_text = false;
  }

  [[nodiscard]] Result<Transcript> run() {
    VAT_TRY(plan_and_submit());
    lane_.wait();
    if (outer_.stop_requested()) return fail(ErrorCode::kCancelled, "Recognition was stopped.");
    VAT_ASSIGN(Transcript transcript, collector_.finish(planner_.position()));
    transcript.speech = planner_.speech();
    return describe(std::move(transcript));
  }

 private:
  static PlanOptions plan_options(const TranscriptionRequest& request) {
    PlanOptions options;
    options.longest = request.model->longest_chunk();
    return options;
  }

  /// Plans one chunk ahead of the one it submits, because the last one may use every core.
  [[nodiscard]] Result<> plan_and_submit() {
    VAT_ASSIGN(std::optional<Chunk> chunk, planner_.next());
    while (chunk && !stop_.stop_requested()) {
      VAT_ASSIGN(std::optional<Chunk> following, planner_.next());
      VAT_TRY(submit(std::make_shared<const Chunk>(std::move(*chunk)), following ? &*following : nullptr));
      chunk = std::move(following);
    }
    return {};
  }

  /// `next` is the chunk after this one; null if there is none.
  [[nodiscard]] Result<> submit(const std::shared_ptr<const Chunk>& chunk, const Chunk* next) {
    if (request_.checkpoint != nullptr) {
      if (std::optional<ChunkText> known = request_.checkpoint->find(chunk->key())) {
        if (options_.language == "auto") options_.language = known->language;
        previous_text_ = text_of(*known);
        collector_.add_known(*chunk, std::move(*known));
        return {};
      }
    }
    const bool alone = next == nullptr || options_.carry_text;
    const auto following = alone ? ChunkPool::Following::kNone : ChunkPool::Following::kMore;
    if (options_.language == "auto") return submit_first(chunk, next);
    lane_.submit([this, chunk, options = options_for_next()](
                     Result<Recognizer*> recognizer) { recognize(recognizer, *chunk, options); },
                 following);
    // The next chunk needs this one's text.
    if (options_.carry_text) lane_.wait();
    return {};
  }

  /// Detects the language of the whole recording on all cores, and then continues with the chunk in the same
  /// recogniser, which has already encoded it, while the next ones start.
  [[nodiscard]] Result<> submit_first(const std::shared_ptr<const Chunk>& chunk, const Chunk* next) {
    // Shared, because a task must be copyable.
    const auto settled = std::make_shared<std::promise<Result<DetectedLanguage>>>();
    auto task = [this, chunk, next, settled,
                 options = options_for_next()](Result<Recognizer*> recognizer) mutable {
      Result<DetectedLanguage> language = recognizer
                                              ? detect_language(**recognizer, *chunk, next)
                                              : Result<DetectedLanguage>(fail(std::move(recognizer).error()));
      if (!language) return settled->set_value(std::move(language));
      options.language = language->code;
      language_probability_ = language->probability;
      settled->set_value(std::move(language));
      recognize(recognizer, *chunk, options);
    };
    lane_.submit(std::move(task), ChunkPool::Following::kNone);
    VAT_ASSIGN(const DetectedLanguage language, settled->get_future().get());
    options_.language = language.code;
    if (options_.carry_text) lane_.wait();
    return {};
  }

  /// Of the first chunk, whose speech may be a jingle or a name: when in doubt, of the next one, too. Then
  /// the surer of the two decides.
  [[nodiscard]] Result<DetectedLanguage> detect_language(Recognizer& recognizer, const Chunk& chunk,
                                                         const Chunk* next) const {
    constexpr float kSure = 0.6F;
    VAT_ASSIGN(DetectedLanguage language, recognizer.detect_language(chunk.samples, stop_.get_token()));
    if (language.probability >= kSure || next == nullptr) return language;
    VAT_ASSIGN(DetectedLanguage second, recognizer.detect_language(next->samples, stop_.get_token()));
    return second.probability > language.probability ? second : language;
  }

  [[nodiscard]] RecognitionOptions options_for_next() const {
    RecognitionOptions options = options_;
    if (options.carry_text && !previous_text_.empty()) append_item(options.prompt, previous_text_, " ");
    return options;
  }

  /// On a worker.
  void recognize(Result<Recognizer*>& recognizer, const Chunk& chunk, const RecognitionOptions& options) {
    if (stop_.stop_requested()) return;
    if (!recognizer) return collector_.fail_with(std::move(recognizer).error());
    const Clock::time_point start = Clock::now();
    Result<ChunkText> text = options.mixed_languages ? words_in_languages(**recognizer, chunk, options)
                                                     : words_of(**recognizer, chunk, options);
    collector_.add_recognition_time(seconds_since(start));
    if (!text) return collector_.fail_with(std::move(text).error());
    if (request_.checkpoint != nullptr) {
      if (auto saved = request_.checkpoint->save(chunk.key(), *text); !saved)
        return collector_.fail_with(std::move(saved).error());
    }
    if (options.carry_text) previous_text_ = text_of(*text);
    collector_.add(chunk, std::move(*text));
  }

  [[nodiscard]] Result<ChunkText> words_of(Recognizer& recognizer, const Chunk& chunk,
                                           const RecognitionOptions& options) const {
    const std::stop_token stop = stop_.get_token();
    VAT_ASSIGN(ChunkText text, recognize_prompted(recognizer, chunk, options, stop));
    text.language_probability = language_probability_;
    take_sound_marks(text);
    filter_hallucinations(text, chunk.speech, chunk.speech_frame);
    if (request_.model->may_leave_out_speech()) {
      RecognitionOptions unprompted = options;  // because a prompt is why speech may be left out
      unprompted.prompt.clear();
      VAT_TRY(recover_speech(recognizer, chunk, unprompted, text, stop));
      VAT_TRY(look_again_at_guesses(recognizer, chunk, unprompted, text, stop));
    }
    fit_words_to_speech(text, chunk.speech, chunk.speech_frame);
    return text;
  }

  /// `options.language` is the recording's, which is used where there is doubt.
  [[nodiscard]] Result<ChunkText> words_in_languages(Recognizer& recognizer, const Chunk& chunk,
                                                     RecognitionOptions options) const {
    ChunkText all{.language = options.language, .language_probability = language_probability_};
    VAT_ASSIGN(const std::vector<LanguagePart> parts,
               divide_by_language(recognizer, chunk, options.language, stop_.get_token()));
    for (const LanguagePart& part : parts) {
      options.language = part.language;
      VAT_ASSIGN(ChunkText text, words_of(recognizer, part.chunk, options));
      for (Segment& segment : text.segments) segment.language = part.language;
      shift(text, part.begin);
      append(all, std::move(text));
    }
    put_in_order(all, samples_to_time(chunk.length()));
    return all;
  }

  static void append(ChunkText& all, ChunkText text) {
    std::move(text.segments.begin(), text.segments.end(), std::back_inserter(all.segments));
    std::move(text.sounds.begin(), text.sounds.end(), std::back_inserter(all.sounds));
    all.removed += text.removed;
  }

  static std::string text_of(const ChunkText& text) {
    return join(text.segments, " ", [](const Segment& segment) { return segment.text; });
  }

  [[nodiscard]] Transcript describe(Transcript transcript) const {
    transcript.engine = request_.model->engine();
    transcript.model = request_.model->name();
    transcript.model_version = request_.model->version();
    transcript.task = options_.translate ? "translate" : "transcribe";
    if (transcript.language.empty() && options_.language != "auto") transcript.language = options_.language;
    transcript.warnings = request_.source.warnings();
    if (transcript.coverage && !transcript.coverage->without_words.empty())
      transcript.warnings.push_back(describe_gaps(*transcript.coverage));
    return transcript;
  }

  const TranscriptionRequest& request_;
  RecognitionOptions options_;  ///< Including the language, once it is known.
  float language_probability_ = 0;
  std::string previous_text_;  ///< Used only when text is carried, and then by one thread at a time.
  ChunkPlanner planner_;
  std::stop_source stop_;
  Collector collector_;
  std::stop_token outer_;
  ChunkPool::Lane lane_;  ///< Its destructor waits for the tasks, which use the members above.
  std::stop_callback<std::function<void()>> forward_;
};

}  // namespace

Result<Transcript> transcribe(ChunkPool& pool, const TranscriptionRequest& request, std::stop_token stop) {
  VAT_TRY(request.model->validate(request.options));
  return Transcription(pool, request, std::move(stop)).run();
}

}  // namespace vat::asr
