#include "asr/whisper_recognizer.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>

#include "asr/segment_words.h"
#include "asr/whisper_token_times.h"
#include "asr/whisper_tokens.h"
#include "asr/whisper_words.h"
#include "asr/window_end.h"
#include "base/text.h"

namespace vat::asr {
namespace {

/// Whisper processes what remains after its last timestamp again, at the full cost of a window. Below this
/// length the rest is the chunk's own padding of silence.
constexpr int kMinRest = kFramesPerSecond / 2;

/// whisper.cpp mirrors the first 200 samples behind the first one, whether there are so many or not.
constexpr std::size_t kMinSamples = 201;

/// The samples, with silence behind them in `longer` if they are fewer than whisper.cpp reads.
std::span<const float> at_least_readable(std::span<const float> samples, std::vector<float>& longer) {
  if (samples.size() >= kMinSamples) return samples;
  longer.assign(samples.begin(), samples.end());
  longer.resize(kMinSamples);
  return longer;
}

/// The data of the callbacks of one whisper_full call.
struct CallState {
  std::stop_token stop;
  int total_frames = 0;
  std::vector<TimeSpan> speech;
  int windows = 0;                 // that have begun
  std::vector<int> later_windows;  // the first segment of each
  /// Where Whisper last went on although it did not want to; several beams may say so at once.
  std::atomic<Millis> went_on{Millis(-1)};
  std::optional<HotwordCheck> hotwords;

  /// Whether a segment is what was said after Whisper took all for said.
  [[nodiscard]] bool did_not_want(int segment, Millis start) const {
    return start == went_on.load() || std::ranges::count(later_windows, segment) > 0;
  }
};

bool must_abort(void* data) { return static_cast<const CallState*>(data)->stop.stop_requested(); }

/// Called before each window; false ends the recognition with the text so far.
bool window_is_worth_it(whisper_context* /*context*/, whisper_state* state, void* data) {
  auto& call = *static_cast<CallState*>(data);
  if (call.stop.stop_requested()) return false;
  ++call.windows;
  if (call.hotwords) call.hotwords->begin_window();
  const int count = whisper_full_n_segments_from_state(state);
  if (count == 0) return true;
  call.later_windows.push_back(count);
  const std::int64_t end = whisper_full_get_segment_t1_from_state(state, count - 1);
  return call.total_frames - end >= kMinRest;
}

/// Called before each token, by several threads when there are beams.
void go_on_while_somebody_speaks(whisper_context* context, whisper_state* /*state*/,
                                 const whisper_token_data* tokens, int count, float* logits, void* data) {
  auto& call = *static_cast<CallState*>(data);
  // In a later window timestamps count from where it begins.
  if (call.windows != 1) return;
  const whisper_token end = whisper_token_eot(context);
  const whisper_token first = whisper_token_beg(context);
  if (!should_go_on({tokens, static_cast<std::size_t>(count)},
                    {logits, static_cast<std::size_t>(whisper_n_vocab(context))}, end, first, call.speech))
    return;
  logits[end] = -std::numeric_limits<float>::infinity();
  call.went_on = kTimestampStep * (tokens[count - 1].id - first);
}

void check_for_hotwords(whisper_context* /*context*/, whisper_state* /*state*/, int /*new_segments*/,
                        void* data) {
  static_cast<CallState*>(data)->hotwords->check_last_segment();
}

/// How many of its positions, 50 a second, the encoder uses for a chunk of this many samples: with a margin,
/// and in multiples of 64, which suit the kernels.
int audio_context(const RecognitionOptions& options, std::size_t samples, int full) {
  const auto in_blocks = [full](int positions) { return std::min(full, (positions + 63) / 64 * 64); };
  const int positions = static_cast<int>(samples / (kRecognitionRate / 50)) + 64;
  if (options.short_context) return in_blocks(positions);
#ifdef VAT_WHISPER_PATCHED  // another one would detect the next language in as little
  if (options.half_context && positions < full / 4) return in_blocks(full / 2);
#endif
  return full;
}

whisper_full_params make_params(const RecognitionOptions& options, std::function<int()>& threads,
                                const Alignment& alignment, CallState& call) {
  whisper_full_params params = whisper_full_default_params(
      options.beam_size > 1 ? WHISPER_SAMPLING_BEAM_SEARCH : WHISPER_SAMPLING_GREEDY);
  params.n_threads = threads();
#ifdef VAT_WHISPER_PATCHED
  params.n_threads_callback = [](void* data) { return (*static_cast<std::function<int()>*>(data))(); };
  params.n_threads_callback_user_data = &threads;
#endif
  params.no_context = true;
  params.translate = options.translate;
  params.language = options.language.c_str();
  params.token_timestamps = options.word_times && alignment.heads == WHISPER_AHEADS_NONE;
  params.print_progress = params.print_realtime = params.print_special = params.print_timestamps = false;
  params.temperature = options.temperature;
  params.temperature_inc = options.temperature_step;
  // At a temperature of zero every greedy candidate is the same.
  params.greedy.best_of = options.temperature > 0 || options.temperature_step > 0 ? options.best_of : 1;
  params.beam_search.beam_size = options.beam_size;
  if (!options.prompt.empty()) {
    params.initial_prompt = options.prompt.c_str();
    params.carry_initial_prompt = true;
  } else {
    // A second window within the chunk starts afresh, like every chunk.
    params.n_max_text_ctx = 0;
  }
  params.abort_callback = must_abort;
  params.abort_callback_user_data = &call;
  params.encoder_begin_callback = window_is_worth_it;
  params.encoder_begin_callback_user_data = &call;
  if (!call.speech.empty()) {
    params.logits_filter_callback = go_on_while_somebody_speaks;
    params.logits_filter_callback_user_data = &call;
  }
  if (call.hotwords) {
    params.new_segment_callback = check_for_hotwords;
    params.new_segment_callback_user_data = &call;
  }
  return params;
}

void note_repetition(const Segment& segment, Removed& removed) {
  ++removed.repetition_segments;
  removed.words += count_words(segment);
  removed.passages.push_back({segment.start, segment.end, segment.text, RemovalReason::kRepetition});
}

tl::unexpected<Error> stopped() { return fail(ErrorCode::kCancelled, "Recognition was stopped."); }

}  // namespace

Result<ChunkText> WhisperRecognizer::recognize(std::span<const float> samples,
                                               const RecognitionOptions& options, std::stop_token stop) {
  CallState call{.stop = stop,
                 .total_frames = static_cast<int>(samples.size() / (kRecognitionRate / kFramesPerSecond)),
                 .speech = std::exchange(speech_, {})};
  if (!options.hotwords.empty()) {
    if (!expected_ || expected_->list() != options.hotwords)
      expected_.emplace(options.hotwords, context_.get());
    call.hotwords.emplace(*expected_, context_.get(), state_.get(), options.translate, threads_());
  }
  whisper_full_params params = make_params(options, threads_, alignment_, call);
  params.audio_ctx = audio_context(options, samples.size(), whisper_n_audio_ctx(context_.get()));
  if (!options.half_context) chunks_context_ = params.audio_ctx;
  std::vector<float> longer;
  const std::span<const float> readable = at_least_readable(samples, longer);
  const int code = whisper_full_with_state(context_.get(), state_.get(), params, readable.data(),
                                           static_cast<int>(readable.size()));
  if (stop.stop_requested()) return stopped();
  if (code != 0) {
    return fail(ErrorCode::kInternal, "Whisper failed on a chunk of the recording.",
                "whisper_full_with_state returned " + std::to_string(code));
  }
  ChunkText text;
  const int language = whisper_full_lang_id_from_state(state_.get());
  text.language = whisper_is_multilingual(context_.get()) ? whisper_lang_str(language) : "en";
  const int count = whisper_full_n_segments_from_state(state_.get());
  std::optional<WhisperTokenTimes> times;
  if (options.word_times) times.emplace(state_.get(), alignment_, samples.size());
  for (int i = 0; i < count; ++i) {
    Segment next = segment(i, options);
    const std::vector<HotwordCheck::Piece>* const replaced =
        call.hotwords ? call.hotwords->tokens_of(i) : nullptr;
    if (replaced != nullptr)
      next.text = to_utf8(
          trim(join(*replaced, "", [](const HotwordCheck::Piece& piece) { return piece.text.bytes; })));
    if (next.text.empty()) continue;
    if (times) next.words = tokens_to_words(text_tokens(i, replaced, *times), text.language);
    if (call.did_not_want(i, next.start) && !text.segments.empty() &&
        only_repeats(next, text.segments.back(), call.speech)) {
      note_repetition(next, text.removed);
      continue;
    }
    text.segments.push_back(std::move(next));
  }
  return text;
}

Segment WhisperRecognizer::segment(int index, const RecognitionOptions& options) const {
  whisper_state* const state = state_.get();
  Segment segment;
  segment.start = from_frames(whisper_full_get_segment_t0_from_state(state, index));
  segment.end = std::max(segment.start, from_frames(whisper_full_get_segment_t1_from_state(state, index)));
  segment.text = to_utf8(trim(whisper_full_get_segment_text_from_state(state, index)));
  segment.no_speech_probability = whisper_full_get_segment_no_speech_prob_from_state(state, index);
  segment.temperature = options.temperature;
  double log_probability = 0;
  int text_tokens = 0;
  const int count = whisper_full_n_tokens_from_state(state, index);
  for (int i = 0; i < count; ++i) {
    const whisper_token_data token = whisper_full_get_token_data_from_state(state, index, i);
    if (!is_text(context_.get(), token.id)) continue;
    log_probability += token.plog;
    ++text_tokens;
  }
  if (text_tokens > 0) segment.average_log_probability = static_cast<float>(log_probability / text_tokens);
  return segment;
}

std::vector<TextToken> WhisperRecognizer::text_tokens(int segment,
                                                      const std::vector<HotwordCheck::Piece>* replaced,
                                                      const WhisperTokenTimes& times) const {
  std::vector<TextToken> tokens;
  const auto add = [&](TextToken token, const TokenPlace& place) {
    const TimeSpan time = times.of(segment, place);
    token.start = time.start;
    token.end = time.end;
    tokens.push_back(std::move(token));
  };
  if (replaced != nullptr) {
    for (const HotwordCheck::Piece& piece : *replaced) add(piece.text, piece.place);
    return tokens;
  }
  const int count = whisper_full_n_tokens_from_state(state_.get(), segment);
  for (int i = 0; i < count; ++i) {
    const whisper_token_data token = whisper_full_get_token_data_from_state(state_.get(), segment, i);
    if (is_text(context_.get(), token.id)) add(text_token(context_.get(), token), {.first = i, .last = i});
  }
  return tokens;
}

Result<DetectedLanguage> WhisperRecognizer::detect_language(std::span<const float> samples,
                                                            std::stop_token stop) {
  if (!whisper_is_multilingual(context_.get())) return DetectedLanguage{.code = "en", .probability = 1};
  std::vector<float> probabilities(static_cast<std::size_t>(whisper_lang_max_id()) + 1);
  std::vector<float> longer;
  const std::span<const float> readable = at_least_readable(samples, longer);
  if (whisper_pcm_to_mel_with_state(context_.get(), state_.get(), readable.data(),
                                    static_cast<int>(readable.size()), threads_()) != 0)
    return fail(ErrorCode::kInternal, "Whisper failed at the beginning of the recording.",
                "whisper_pcm_to_mel");
#ifdef VAT_WHISPER_PATCHED
  whisper_set_audio_ctx_with_state(state_.get(), chunks_context_);
#endif
  const int id =
      whisper_lang_auto_detect_with_state(context_.get(), state_.get(), 0, threads_(), probabilities.data());
  if (stop.stop_requested()) return stopped();
  if (id < 0)
    return fail(ErrorCode::kInternal, "Whisper could not detect the language.", "whisper_lang_auto_detect");
  return DetectedLanguage{.code = whisper_lang_str(id),
                          .probability = probabilities[static_cast<std::size_t>(id)]};
}

}  // namespace vat::asr
