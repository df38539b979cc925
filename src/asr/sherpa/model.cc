#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "asr/sherpa/heard.h"
#include "asr/sherpa/library.h"
#include "asr/sherpa/messages.h"
#include "asr/sherpa_model.h"
#include "base/file.h"
#include "base/fork_server.h"
#include "base/hash.h"
#include "base/machine_memory.h"
#include "modelfile/recogniser_folder.h"

namespace vat::asr {
namespace {

namespace fs = std::filesystem;
using modelfile::RecogniserKind;

constexpr Millis kLongestChunk{30'000};
/// Of a fork beside the model's weights, which all share: an estimate with room to spare.
constexpr std::uint64_t kForkBytes = std::uint64_t{512} << 20U;
constexpr std::size_t kMaxListBytes = std::size_t{16} << 20U;
constexpr std::array<std::string_view, 5> kSenseVoiceLanguages = {"zh", "en", "ja", "ko", "yue"};

tl::unexpected<Error> stopped_chunk() { return fail(ErrorCode::kCancelled, "The recognition was stopped."); }

/// What goes wrong between the processes, as the user should read it.
Error process_error(Error error) {
  if (error.code == ErrorCode::kCancelled) return stopped_chunk().value();
  if (error.code == ErrorCode::kLimit)
    return {ErrorCode::kUnavailable, "The process that runs the model did not answer in time."};
  if (error.code == ErrorCode::kInternal) error.code = ErrorCode::kUnavailable;
  return error;
}

/// One fork of the process that has the model. One thread at a time.
class SherpaFork {
 public:
  enum class State { kAlive, kEnded, kUseless };
  explicit SherpaFork(std::unique_ptr<ForkedTask> task) : task_(std::move(task)) {}

  /// The library's JSON, and what the fork is worth afterwards.
  Result<std::string> ask(const std::string& request, const Patience& patience, State& state) {
    state = State::kUseless;
    if (auto sent = task_->channel().send(request, {}, patience);
        !sent && sent.error().code != ErrorCode::kUnavailable)
      return fail(process_error(std::move(sent).error()));
    auto reply = task_->channel().receive(kMaxSherpaAnswer, patience);
    if (!reply) return fail(process_error(std::move(reply).error()));
    if (!*reply) {
      state = State::kEnded;
      return fail(ErrorCode::kUnavailable, "The process that runs the model ended unexpectedly.", end());
    }
    auto answer = read_answer((*reply)->bytes);
    if (!answer && answer.error().code == ErrorCode::kInternal)
      return fail(process_error(std::move(answer).error()));
    state = State::kAlive;
    return answer;
  }

 private:
  [[nodiscard]] std::string end() {
    const auto end = task_->end();
    if (!end) return "how is not known";
    return end->signal != 0 ? "signal " + std::to_string(end->signal)
                            : "exit code " + std::to_string(end->exit_code);
  }
  std::unique_ptr<ForkedTask> task_;
};

class SherpaModel;

class SherpaModelRecognizer final : public Recognizer {
 public:
  explicit SherpaModelRecognizer(std::shared_ptr<const SherpaModel> model) : model_(std::move(model)) {}
  Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                              std::stop_token stop) override;
  Result<DetectedLanguage> detect_language(std::span<const float> samples, std::stop_token stop) override;

 private:
  Result<Heard> hear(std::span<const float> samples, const std::string& language,
                     const std::stop_token& stop);
  Result<std::string> ask(const std::string& request, const std::stop_token& stop);

  std::shared_ptr<const SherpaModel> model_;
  std::optional<SherpaFork> fork_;
};

class SherpaModel final : public RecognitionModel, public std::enable_shared_from_this<SherpaModel> {
 public:
  SherpaModel(modelfile::RecogniserFolder folder, std::string fingerprint, std::uint64_t bytes,
              SherpaOptions options)
      : folder_(std::move(folder)),
        fingerprint_(std::move(fingerprint)),
        bytes_(bytes),
        options_(std::move(options)),
        forks_(options_.helper) {}

  std::string engine() const override { return "sherpa"; }
  std::string name() const override { return options_.name; }
  std::string version() const override { return std::string("sherpa-onnx ") + kSherpaVersion; }
  std::string fingerprint() const override { return fingerprint_; }
  Millis longest_chunk() const override { return kLongestChunk; }
  bool may_leave_out_speech() const override { return true; }
  std::optional<int> max_recognizers() const override {
    const std::uint64_t machine = machine_memory_bytes();
    if (machine == 0) return std::nullopt;
    const std::uint64_t room = machine > bytes_ ? (machine - bytes_) / 2 : 0;
    return static_cast<int>(std::clamp<std::uint64_t>(room / kForkBytes, 1, 1024));
  }
  Result<> validate(const RecognitionOptions& options) const override;
  Result<std::unique_ptr<Recognizer>> make_recognizer() const override {
    return std::make_unique<SherpaModelRecognizer>(shared_from_this());
  }

  [[nodiscard]] bool tells_language() const { return folder_.kind == RecogniserKind::kSenseVoice; }
  [[nodiscard]] std::chrono::milliseconds chunk_timeout() const { return options_.chunk_timeout; }
  [[nodiscard]] Result<SherpaFork> start() const {
    VAT_ASSIGN(auto task, forks_.start());
    return SherpaFork(std::move(task));
  }
  /// Waits until the model is loaded.
  [[nodiscard]] Result<> load() const {
    VAT_ASSIGN(SherpaFork fork, start());
    auto state = SherpaFork::State::kAlive;
    VAT_TRY(fork.ask(write_request("", {}), {.time = options_.load_timeout, .stop = options_.stop}, state));
    return {};
  }

 private:
  const modelfile::RecogniserFolder folder_;
  const std::string fingerprint_;
  const std::uint64_t bytes_;
  const SherpaOptions options_;
  mutable ForkServer forks_;  ///< Safe to use from any thread.
};

Result<> SherpaModel::validate(const RecognitionOptions& options) const {
  const std::string model = "The model " + options_.name;
  if (options.translate)
    return fail(ErrorCode::kInvalidArgument, model + " does not translate; use a Whisper model for that.");
  if (options.mixed_languages && !tells_language())
    return fail(ErrorCode::kInvalidArgument,
                model + " does not tell languages apart; use a Whisper model for several of them.");
  const bool known = std::find(kSenseVoiceLanguages.begin(), kSenseVoiceLanguages.end(), options.language) !=
                     kSenseVoiceLanguages.end();
  if (tells_language() && options.language != "auto" && !options.language.empty() && !known)
    return fail(ErrorCode::kInvalidArgument,
                model +
                    " knows Chinese, Cantonese, English, Japanese and Korean (zh, yue, en, ja, ko), not " +
                    options.language + ".");
  return {};
}

/// A fork that had worked and then ended, such as on a machine short of memory, is replaced once.
Result<std::string> SherpaModelRecognizer::ask(const std::string& request, const std::stop_token& stop) {
  for (const bool had_worked : {fork_.has_value(), false}) {
    if (stop.stop_requested()) return stopped_chunk();
    if (!fork_) {
      VAT_ASSIGN(fork_, model_->start());
    }
    auto state = SherpaFork::State::kAlive;
    auto answer = fork_->ask(request, {.time = model_->chunk_timeout(), .stop = stop}, state);
    if (state != SherpaFork::State::kAlive) fork_.reset();
    if (!had_worked || state != SherpaFork::State::kEnded) return answer;
  }
  return stopped_chunk();
}

Result<Heard> SherpaModelRecognizer::hear(std::span<const float> samples, const std::string& language,
                                          const std::stop_token& stop) {
  if (samples.size() > static_cast<std::size_t>(time_to_samples(kLongestChunk)))
    return fail(ErrorCode::kInternal, "The chunk is longer than this engine's maximum.");
  if (samples.empty()) return Heard{};
  VAT_ASSIGN(const std::string json, ask(write_request(language, samples), stop));
  // A fork that was told a language has ended.
  if (model_->tells_language() && !language.empty()) fork_.reset();
  auto heard = read_heard(json);
  if (heard) return heard;
  fork_.reset();
  return fail(process_error(std::move(heard).error()));
}

Result<ChunkText> SherpaModelRecognizer::recognize(std::span<const float> samples,
                                                   const RecognitionOptions& options, std::stop_token stop) {
  VAT_TRY(model_->validate(options));
  const std::string language = options.language == "auto" ? "" : options.language;
  VAT_ASSIGN(Heard heard, hear(samples, language, stop));
  if (heard.language.empty()) heard.language = language;
  ChunkText text;
  text.language = heard.language;
  text.segments =
      heard_segments(heard, samples_to_time(static_cast<std::int64_t>(samples.size())), options.word_times);
  return text;
}

Result<DetectedLanguage> SherpaModelRecognizer::detect_language(std::span<const float> samples,
                                                                std::stop_token stop) {
  if (!model_->tells_language()) return DetectedLanguage{};
  VAT_ASSIGN(const Heard heard, hear(samples, "", stop));
  return DetectedLanguage{heard.language, 0};
}

/// Of the names and sizes of all files, of their recorded digests and of the tokens: hashing large weights
/// takes longer than loading them, and an imported folder never changes in place.
Result<std::string> fingerprint_of(const fs::path& folder, const modelfile::RecogniserFolder& model,
                                   std::uint64_t& bytes) {
  std::string list;
  for (const std::string& name : model.files()) {
    std::error_code error;
    const auto size = fs::file_size(folder / name, error);
    if (error) return fail(system_error(error.value(), "read", (folder / name).string()));
    bytes += size;
    list += name + " " + std::to_string(size) + "\n";
  }
  VAT_ASSIGN(const std::string tokens, read_file(folder / model.tokens, kMaxListBytes));
  if (const auto sums = read_file(folder / "SHA256SUMS", kMaxListBytes)) list += *sums;
  return hash_hex(Digest::kSha256, list + tokens);
}

}  // namespace

Result<std::shared_ptr<const RecognitionModel>> load_sherpa(const fs::path& folder,
                                                            const SherpaOptions& options) {
  VAT_ASSIGN(modelfile::RecogniserFolder files, modelfile::inspect_recogniser(folder));
  std::error_code ignored;
  if (!fs::is_regular_file(options.library, ignored))
    return fail(ErrorCode::kUnavailable, "The library of sherpa-onnx is not installed.",
                options.library.string());
  std::uint64_t bytes = 0;
  VAT_ASSIGN(std::string fingerprint, fingerprint_of(folder, files, bytes));
  SherpaOptions all = options;
  all.helper.arguments.push_back(options.library.string());
  all.helper.arguments.push_back(folder.string());
  const auto model =
      std::make_shared<SherpaModel>(std::move(files), std::move(fingerprint), bytes, std::move(all));
  VAT_TRY(model->load());
  return model;
}

}  // namespace vat::asr
