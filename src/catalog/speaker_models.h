// The models that tell who speaks, and where they are had.
#pragma once

#include <span>
#include <string_view>

#include "catalog/packages.h"
#include "catalog/published.h"

namespace vat::catalog {

/// Who is active when, in ten seconds: pyannote's segmentation 3.0 (MIT).
inline constexpr std::string_view kSegmentationModel = "segmentation-3.0.onnx";
/// What tells voices apart: CAM++ of 3D-Speaker (Apache 2.0).
inline constexpr std::string_view kEmbeddingModel = "campplus-zh-en.onnx";

/// For StoreOptions::models and StoreOptions::packages of a store of these. The views are valid for ever.
/// They need kVoiceLibrary as well, which belongs to the voices.
[[nodiscard]] std::span<const PublishedModel> speaker_models();
[[nodiscard]] std::span<const PackagedModel> packaged_speaker_models();

}  // namespace vat::catalog
