#include "asr/transcriber.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "asr/chunk_planner.h"
#include "asr/chunk_text.h"
#include "asr/coverage.h"
#include "asr/hallucinations.h"
#include "asr/recovery.h"
#include "asr/stitcher.h"
#include "base/text.h"

namespace vat::asr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Takes the chunks' texts in any order, and passes segments on in the recording's order. Any thread may
/// call.
class Collector {
 public:
  Collector(const TranscriptionRequest& request, std::stop_source& stop)
      : request_(request), stop_(stop), total_(request.source.duration().value_or(Millis(0))) {}

  /// A chunk that an earlier run finished.
  void add_known(const Chunk& chunk, ChunkText text) {
    {
      const std::lock_guard lock(mutex_);
      known_ += samples_to_time(chunk.length());
    }
    add(chunk, std::move(text));
  }

  void add(const Chunk& chunk, ChunkText text) {
    Ready added{.place = chunk, .text = std::move(text), .speech = speech_in_recording(chunk)};
    const std::lock_guard lock(mutex_);
    waiting_.emplace(chunk.index, std::move(added));
    for (auto next = waiting_.find(next_index_); next != waiting_.end(); next = waiting_.find(next_index_)) {
      Ready ready = std::move(next->second);
      waiting_.erase(next);
      ++next_index_;
      transcript_.removed += ready.text.removed;
      take_language(ready.text);
      take_speech(ready.speech);
      const Millis end = samples_to_time(ready.place.end());
      give_on(stitcher_.add(ready.place, std::move(ready.text)), end);
    }
  }

  /// The first failure wins and stops the rest.
  void fail_with(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    stop_.request_stop();
  }

  void add_recognition_time(double seconds) {
    const std::lock_guard lock(mutex_);
    transcript_.timings.recognition += seconds;
  }

  [[nodiscard]] Result<Transcript> finish(Millis duration) {
    const std::lock_guard lock(mutex_);
    if (error_) return fail(std::move(*error_));
    give_on(stitcher_.finish(), duration);
    transcript_.duration = duration;
    transcript_.coverage = measure_coverage(speech_, transcript_.segments);
    transcript_.timings.total = seconds_since(start_);
    return std::move(transcript_);
  }

 private:
  /// A chunk that is finished, but perhaps not the next one.
  struct Ready {
    ChunkPlace place;
    ChunkText text;
    std::vector<TimeSpan> speech;  ///< In the recording's time.
  };

  static std::vector<TimeSpan> speech_in_recording(const Chunk& chunk) {
    std::vector<TimeSpan> speech = find_speech(chunk.speech, chunk.speech_frame);
    for (TimeSpan& span : speech) span = chunk.to_recording(span);
    return speech;
  }

  /// The overlap of two chunks counts once.
  void take_speech(const std::vector<TimeSpan>& speech) {
    for (TimeSpan span : speech) {
      if (!speech_.empty()) span.start = std::max(span.start, speech_.back().end);
      if (span.start < span.end) speech_.push_back(span);
    }
  }

  void take_language(const ChunkText& text) {
    if (!transcript_.language.empty() || text.language.empty()) return;
    transcript_.language = text.language;
    transcript_.language_probability = text.language_probability;
  }

  void give_on(std::vector<Segment> segments, Millis done) {
    Progress progress{.stage = Stage::kTranscribe, .fraction = -1, .done = done, .total = total_};
    if (total_ > Millis(0)) progress.fraction = std::min(1.0, to_seconds(done) / to_seconds(total_));
    progress.speed = std::max(0.0, to_seconds(done - known_)) / std::max(seconds_since(start_), 1e-3);
    for (Segment& segment : segments) {
      progress.segment = &segment;
      if (request_.progress) request_.progress(progress);
      transcript_.segments.push_back(std::move(segment));
    }
    progress.segment = nullptr;
    if (request_.progress && segments.empty()) request_.progress(progress);
  }

  const TranscriptionRequest& request_;
  std::stop_source& stop_;
  const Millis total_;
  const Clock::time_point start_ = Clock::now();

  std::mutex mutex_;
  std::map<std::size_t, Ready> waiting_;
  std::size_t next_index_ = 0;
  Millis known_{0};  ///< Length of the chunks that an earlier run finished.
  Stitcher stitcher_;
  std::vector<TimeSpan> speech_;  ///< Of the chunks that the stitcher has.
  Transcript transcript_;
  std::optional<Error> error_;
};

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
        forward_(std::move(stop), [this] { stop_.request_stop(); }) {}

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
      const auto more = following ? ChunkPool::Following::kMore : ChunkPool::Following::kNone;
      VAT_TRY(submit(std::make_shared<const Chunk>(std::move(*chunk)), more));
      chunk = std::move(following);
    }
    return {};
  }

  [[nodiscard]] Result<> submit(const std::shared_ptr<const Chunk>& chunk, ChunkPool::Following following) {
    if (request_.checkpoint != nullptr) {
      if (std::optional<ChunkText> known = request_.checkpoint->find(chunk->key())) {
        if (options_.language == "auto") options_.language = known->language;
        previous_text_ = text_of(*known);
        collector_.add_known(*chunk, std::move(*known));
        return {};
      }
    }
    if (options_.carry_text) following = ChunkPool::Following::kNone;
    if (options_.language == "auto") return submit_first(chunk, following);
    lane_.submit([this, chunk, options = options_for_next()](
                     Result<Recognizer*> recognizer) { recognize(recognizer, *chunk, options); },
                 following);
    // The next chunk needs this one's text.
    if (options_.carry_text) lane_.wait();
    return {};
  }

  /// Detects the language of the whole recording on all cores, and then continues with the chunk in the same
  /// recogniser, which has already encoded it, while the next ones start.
  [[nodiscard]] Result<> submit_first(const std::shared_ptr<const Chunk>& chunk,
                                      ChunkPool::Following following) {
    // Shared, because a task must be copyable.
    const auto settled = std::make_shared<std::promise<Result<DetectedLanguage>>>();
    auto task = [this, chunk, following, settled,
                 options = options_for_next()](Result<Recognizer*> recognizer) mutable {
      Result<DetectedLanguage> language =
          recognizer ? (*recognizer)->detect_language(chunk->samples, stop_.get_token())
                     : Result<DetectedLanguage>(fail(std::move(recognizer).error()));
      if (!language) return settled->set_value(std::move(language));
      options.language = language->code;
      language_probability_ = language->probability;
      settled->set_value(std::move(language));
      if (following == ChunkPool::Following::kMore) (*recognizer)->use_threads(1);
      recognize(recognizer, *chunk, options);
    };
    lane_.submit(std::move(task), ChunkPool::Following::kNone);
    VAT_ASSIGN(const DetectedLanguage language, settled->get_future().get());
    options_.language = language.code;
    if (options_.carry_text) lane_.wait();
    return {};
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
    Result<ChunkText> text = words_of(**recognizer, chunk, options);
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
    VAT_ASSIGN(ChunkText text, recognizer.recognize(chunk.samples, options, stop));
    text.language_probability = language_probability_;
    put_in_order(text, samples_to_time(chunk.length()));
    filter_hallucinations(text, chunk.speech, chunk.speech_frame);
    if (request_.model->may_leave_out_speech())
      VAT_TRY(recover_speech(recognizer, chunk, options, text, stop));
    return text;
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
