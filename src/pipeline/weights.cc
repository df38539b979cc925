#include "pipeline/weights.h"

#include "asr/weight_speed.h"
#include "asr/whisper_model.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "modelfile/convert.h"
#include "modelfile/header.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;
using modelfile::WeightType;
using modelfile::WeightTypes;

fs::path converted_folder() { return cache_directory() / "models" / "converted"; }

/// Held by whoever makes this.
fs::path lock_of(const std::string& name) { return converted_folder() / ".locks" / name; }

/// The common prefix of all copies of a model file.
std::string copy_prefix(const fs::path& model) {
  std::error_code ignored;
  const std::string canonical = fs::weakly_canonical(model, ignored).string();
  return model.stem().string() + "-" + hash_hex(Digest::kSha256, canonical).substr(0, 8) + "-";
}

/// Changes with how a copy of these types is written.
std::string format_of(const WeightTypes& types) { return types.encoder == types.decoder ? "" : " 2"; }

/// Changes with the file's content, as far as can be told without reading gigabytes.
std::string version_of(const fs::path& model, const WeightTypes& types) {
  std::error_code ignored;
  const auto written = fs::last_write_time(model, ignored).time_since_epoch().count();
  return hash_hex(Digest::kSha256, std::to_string(fs::file_size(model, ignored)) + " " +
                                       std::to_string(written) + format_of(types))
      .substr(0, 8);
}

WeightTypes measure_fastest() {
  const std::vector<asr::WeightSpeed> speeds = asr::measure_weight_types();
  for (const asr::WeightSpeed& speed : speeds) {
    log(LogLevel::kInfo, "weights " + weight_types_name(speed.types) + ": " + std::to_string(speed.seconds) +
                             " s for a window's products");
  }
  return asr::clearly_fastest(speeds);
}

std::optional<WeightTypes> remembered_types(const fs::path& file) {
  const auto text = read_file(file, 100);
  return text ? modelfile::parse_weight_types(*text) : std::nullopt;
}

/// The measurement of this machine, from the cache folder or made now.
Result<WeightTypes> fastest_types(const std::stop_token& stop) {
  const std::string name =
      "fastest-weights-" + hash_hex(Digest::kSha256, asr::weight_speed_key()).substr(0, 16);
  const fs::path remembered = cache_directory() / "models" / name;
  if (const auto types = remembered_types(remembered)) return *types;
  // Two measurements at once would tell nothing. Where there can be no lock, it is measured without.
  const auto lock = FileLock::acquire(lock_of(name), stop);
  if (!lock && lock.error().code == ErrorCode::kCancelled) return fail(lock.error());
  if (const auto types = remembered_types(remembered)) return *types;
  const WeightTypes types = measure_fastest();
  // If it cannot be stored, it is measured again next time.
  (void)write_file_atomically(remembered, weight_types_name(types), Overwrite::kReplace);
  return types;
}

bool gpu_will_run(const std::string& device) {
  const auto devices = asr::compute_devices();
  return device != "cpu" && !devices.empty() && devices.front().gpu;
}

void remove_copies(const std::string& prefix, const fs::path& except) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(converted_folder(), error)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(prefix) && entry.path() != except)
      fs::remove(entry.path(), ignored);
  }
}

/// The copy, made now unless it is there.
Result<fs::path> copy_of(const fs::path& model, const WeightTypes& types, const std::stop_token& stop) {
  const std::string prefix = copy_prefix(model) + weight_types_name(types) + "-";
  fs::path copy = converted_folder() / (prefix + version_of(model, types) + ".bin");
  if (modelfile::read_header(copy)) return copy;
  VAT_TRY(make_directories(converted_folder()));
  // Whoever needs the same copy, here or in another process, waits while it is made once.
  VAT_ASSIGN(const FileLock lock, FileLock::acquire(lock_of(prefix), stop));
  if (modelfile::read_header(copy)) return copy;
  remove_copies(prefix, copy);
  log(LogLevel::kInfo, "Converting " + model.string() + " to " + copy.string());
  VAT_TRY(modelfile::convert_weights(model, copy, types, {}, stop));
  return copy;
}

}  // namespace

Result<fs::path> convert_if_faster(const fs::path& model, const std::string& weights,
                                   const std::string& device, std::stop_token stop) {
  if (weights == "original") return model;
  VAT_ASSIGN(const modelfile::ModelHeader header, modelfile::read_header(model));
  if (header.kind != modelfile::ModelKind::kWhisper) return model;  // reported when it is loaded
  if (const auto named = modelfile::parse_weight_types(weights)) {
    if (header.weights == weights) return model;
    if (named->encoder != named->decoder && !asr::runs_two_weight_types())
      return fail(ErrorCode::kInvalidArgument,
                  "This program was built with the system's whisper.cpp, which does not support weights of "
                  "the types " +
                      weights + "; use bf16 or q8_0.");
    return copy_of(model, *named, stop);
  }
  // An f32 model does not run as it is, see ModelHeader::runs.
  if (header.weights == "f32") return copy_of(model, WeightType::kF16, stop);
  if (header.weights != "f16" || gpu_will_run(device)) return model;
  VAT_ASSIGN(const WeightTypes fastest, fastest_types(stop));
  if (fastest == WeightTypes(WeightType::kF16)) return model;
  auto copy = copy_of(model, fastest, stop);
  if (copy || copy.error().code == ErrorCode::kCancelled) return copy;
  log(LogLevel::kWarning, copy.error().message + " The original weights are used.");
  return model;
}

void remove_converted(const fs::path& model) { remove_copies(copy_prefix(model), {}); }

}  // namespace vat::pipeline
