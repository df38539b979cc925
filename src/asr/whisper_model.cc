#include "asr/whisper_model.h"

#include <ggml-backend.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "asr/whisper_handles.h"
#include "asr/whisper_loader.h"
#include "asr/whisper_recognizer.h"
#include "asr/whisper_token_times.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/number.h"
#include "base/text.h"
#include "modelfile/header.h"

namespace vat::asr {
namespace {

namespace fs = std::filesystem;

constexpr Millis kWindow{30'000};  // Whisper's window

bool is_gpu(ggml_backend_dev_t device) {
  const auto type = ggml_backend_dev_type(device);
  return type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

/// ggml's GPU devices in its own order, which whisper.cpp's `gpu_device` counts.
std::vector<ggml_backend_dev_t> gpu_devices() {
  std::vector<ggml_backend_dev_t> devices;
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    if (ggml_backend_dev_t device = ggml_backend_dev_get(i); is_gpu(device)) devices.push_back(device);
  }
  return devices;
}

/// The index of the GPU that the option selects, or empty for the CPU.
Result<std::optional<int>> choose_gpu(const std::string& device) {
  const auto count = static_cast<int>(gpu_devices().size());
  if (device == "cpu") return std::nullopt;
  if (device == "auto") return count > 0 ? std::optional(0) : std::nullopt;
  int index = 0;
  if (device != "gpu") {
    constexpr std::string_view kNumbered = "gpu:";
    const auto number = device.starts_with(kNumbered)
                            ? parse_number<int>(std::string_view(device).substr(kNumbered.size()), 0)
                            : std::nullopt;
    if (!number)
      return fail(ErrorCode::kInvalidArgument,
                  "The device must be auto, cpu, gpu or gpu:N, not \"" + device + "\".");
    index = *number;
  }
  if (index >= count) {
    return fail(Error(ErrorCode::kUnavailable, "There is no device " + device + " here; choose auto or cpu.")
                    .about_field("device"));
  }
  return index;
}

/// Identifies weights without reading gigabytes: size, and a digest of both ends of the file.
Result<std::string> fingerprint_of(const fs::path& path) {
  constexpr std::size_t kEnd = 1 << 20;
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return fail(system_error(error.value(), "read", path.string()));
  std::string bytes(std::min<std::uintmax_t>(size, 2 * kEnd), '\0');
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return fail(system_error(errno, "read", path.string()));
  const std::size_t head = bytes.size() / 2;
  std::size_t count = std::fread(bytes.data(), 1, head, file);
  std::fseek(file, -static_cast<long>(bytes.size() - head), SEEK_END);
  count += std::fread(bytes.data() + head, 1, bytes.size() - head, file);
  std::fclose(file);
  bytes.resize(count);
  return std::to_string(size) + "-" + hash_hex(Digest::kSha256, bytes).substr(0, 16);
}

/// "ggml-base.en.bin" is the model "base.en".
std::string name_from_file(const fs::path& path) {
  std::string name = path.stem().string();
  if (name.starts_with("ggml-")) name.erase(0, 5);
  return name;
}

class WhisperModel : public RecognitionModel {
 public:
  WhisperModel(std::shared_ptr<whisper_context> context, std::string name, std::string weights,
               std::string fingerprint, std::optional<int> gpu, const Alignment& alignment)
      : context_(std::move(context)),
        name_(std::move(name)),
        weights_(std::move(weights)),
        fingerprint_(std::move(fingerprint)),
        gpu_(gpu),
        alignment_(alignment) {}

  [[nodiscard]] std::string engine() const override { return "whisper"; }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string version() const override {
    return whisper_version_text() + ", " + weights_ + " weights";
  }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }
  [[nodiscard]] Millis longest_chunk() const override { return kWindow; }
  [[nodiscard]] bool may_leave_out_speech() const override { return true; }
  [[nodiscard]] bool takes_prompts() const override { return true; }
  [[nodiscard]] Result<> validate(const RecognitionOptions& options) const override;
  [[nodiscard]] std::optional<int> max_recognizers() const override;
  [[nodiscard]] Result<std::unique_ptr<Recognizer>> make_recognizer() const override;

 private:
  std::shared_ptr<whisper_context> context_;
  std::string name_;
  std::string weights_;  ///< "f16": the type of the large matrices.
  std::string fingerprint_;
  std::optional<int> gpu_;
  Alignment alignment_;
};

Result<> WhisperModel::validate(const RecognitionOptions& options) const {
  const bool multilingual = whisper_is_multilingual(context_.get()) != 0;
  const bool named = options.language != "auto";
  if (named && whisper_lang_id(options.language.c_str()) < 0) {
    return fail(ErrorCode::kInvalidArgument, "Whisper does not support the language \"" + options.language +
                                                 "\"; use a code such as en, de or ja.");
  }
  if (!multilingual &&
      ((named && options.language != "en") || options.translate || options.mixed_languages)) {
    return fail(ErrorCode::kInvalidArgument,
                "The model " + name_ + " is English-only; use one whose name does not end in .en.");
  }
  if (options.beam_size < 1 || options.beam_size > 8 || options.best_of < 1 || options.best_of > 8)
    return fail(ErrorCode::kInvalidArgument,
                "The beam size and the number of candidates must be from 1 to 8.");
  if (!(options.temperature >= 0 && options.temperature <= 1))
    return fail(ErrorCode::kInvalidArgument, "The temperature must be from 0 to 1.");
  return {};
}

std::optional<int> WhisperModel::max_recognizers() const {
  if (!gpu_) return std::nullopt;
  // A state holds the key-value caches of both attentions (f16) and the compute buffers, which the caches
  // dominate; twice the caches and 256 MiB for buffers is a safe estimate for every published shape.
  const std::size_t layer_bytes =
      static_cast<std::size_t>(whisper_model_n_text_state(context_.get())) * 2 * 2;
  const std::size_t positions = static_cast<std::size_t>(whisper_model_n_audio_ctx(context_.get())) +
                                static_cast<std::size_t>(whisper_model_n_text_ctx(context_.get())) * 8;
  const std::size_t caches =
      layer_bytes * positions * static_cast<std::size_t>(whisper_model_n_text_layer(context_.get()));
  std::size_t free = 0;
  std::size_t total = 0;
  ggml_backend_dev_memory(gpu_devices().at(static_cast<std::size_t>(*gpu_)), &free, &total);
  return std::max(1, static_cast<int>(free / (2 * caches + (std::size_t{256} << 20U))));
}

Result<std::unique_ptr<Recognizer>> WhisperModel::make_recognizer() const {
  WhisperState state(whisper_init_state(context_.get()));
  if (!state)
    return fail(ErrorCode::kUnavailable,
                "There is not enough memory for another recogniser of " + name_ + ".");
  return std::make_unique<WhisperRecognizer>(context_, std::move(state), alignment_);
}

LogLevel from_ggml(ggml_log_level level) {
  // What ggml logs as an error is often a successful fallback; the caller reports real failures.
  return level == GGML_LOG_LEVEL_ERROR ? LogLevel::kInfo : LogLevel::kDebug;
}

}  // namespace

void prepare_ggml() {
  static std::once_flag once;
  std::call_once(once, [] {
    const auto sink = [](ggml_log_level level, const char* text, void*) {
      std::string_view line = text == nullptr ? "" : text;
      while (line.ends_with('\n')) line.remove_suffix(1);
      if (line.size() > 1) log(from_ggml(level), line);
    };
    whisper_log_set(sink, nullptr);
#ifdef VAT_GGML_MODULES
    ggml_backend_load_all_from_path(VAT_GGML_MODULES);
    // An installed program finds them next to itself.
    if (ggml_backend_dev_count() == 0) ggml_backend_load_all();
#endif
  });
}

Result<std::shared_ptr<const RecognitionModel>> load_whisper(const fs::path& path,
                                                             const WhisperOptions& options) {
  prepare_ggml();
  VAT_ASSIGN(const std::optional<int> gpu, choose_gpu(options.device));
  // whisper.cpp trusts the numbers in the file, so they are checked first.
  VAT_ASSIGN(const modelfile::ModelHeader header, modelfile::read_header(path));
  if (header.kind != modelfile::ModelKind::kWhisper)
    return fail(ErrorCode::kBadData, path.string() + " is not a Whisper model.");
  if (!header.runs) {
    return fail(
        Error(ErrorCode::kUnavailable,
              path.string() + " has 32-bit weights, which Whisper cannot run on a CPU; convert them to bf16.")
            .about_field("weights"));
  }
  VAT_ASSIGN(std::string fingerprint, fingerprint_of(path));

  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = gpu.has_value();
  params.gpu_device = gpu.value_or(0);
  params.flash_attn = true;
#ifdef VAT_WHISPER_PATCHED
  const Alignment alignment =
      alignment_of(header.text_layers, header.state, header.mels, header.multilingual);
#else
  const Alignment alignment;  // attention is not kept
#endif
  params.dtw_aheads_preset = alignment.heads;
  WhisperContext context = load_whisper_context(path, params, options.stop);
  if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "Loading was stopped.");
  if (!context)
    return fail(ErrorCode::kBadData,
                "whisper.cpp cannot load " + path.string() + "; pull or import it again.");
  return std::make_shared<WhisperModel>(std::shared_ptr<whisper_context>(std::move(context)),
                                        options.name.empty() ? name_from_file(path) : options.name,
                                        header.weights, std::move(fingerprint), gpu, alignment);
}

std::vector<ComputeDevice> compute_devices() {
  prepare_ggml();
  std::vector<ComputeDevice> devices;
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    std::size_t free = 0;
    std::size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    devices.push_back(
        {ggml_backend_dev_name(device), ggml_backend_dev_description(device), is_gpu(device), free});
  }
  std::stable_partition(devices.begin(), devices.end(),
                        [](const ComputeDevice& device) { return device.gpu; });
  return devices;
}

std::string cpu_kernels() {
  prepare_ggml();
  ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (cpu == nullptr) return {};
  ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(cpu);
  const auto features = reinterpret_cast<ggml_backend_get_features_t>(
      ggml_backend_reg_get_proc_address(reg, "ggml_backend_get_features"));
  std::string names;
  if (features == nullptr) return names;
  for (const ggml_backend_feature* feature = features(reg); feature->name != nullptr; ++feature) {
    if (std::string_view(feature->value) == "1") append_item(names, feature->name, " ");
  }
  return names;
}

std::vector<WhisperLanguage> whisper_languages() {
  std::vector<WhisperLanguage> languages;
  for (int id = 0; id <= whisper_lang_max_id(); ++id)
    languages.push_back({whisper_lang_str(id), whisper_lang_str_full(id)});
  return languages;
}

std::string whisper_version_text() { return std::string("whisper.cpp ") + whisper_version(); }

}  // namespace vat::asr
