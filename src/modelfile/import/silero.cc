#include "modelfile/import/silero.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/number.h"
#include "modelfile/file_format.h"

namespace vat::modelfile {
namespace {

constexpr int kMaxEntries = 1000;
constexpr std::string_view kRootOfVersion6 = "VADr_v6";
/// The version of the published file, whose weights those of every 6.2 are. whisper.cpp only prints it.
constexpr std::array<std::int32_t, 3> kSileroVersion{6, 2, 0};

struct SileroTensor {
  const char* name;
  int number;  // of the archive's entry
};
// In the order of the file.
constexpr std::array kSileroTensors{SileroTensor{"_model.encoder.0.reparam_conv.weight", 3},
                                    SileroTensor{"_model.encoder.0.reparam_conv.bias", 4},
                                    SileroTensor{"_model.encoder.1.reparam_conv.weight", 5},
                                    SileroTensor{"_model.encoder.1.reparam_conv.bias", 6},
                                    SileroTensor{"_model.encoder.2.reparam_conv.weight", 7},
                                    SileroTensor{"_model.encoder.2.reparam_conv.bias", 8},
                                    SileroTensor{"_model.encoder.3.reparam_conv.weight", 9},
                                    SileroTensor{"_model.encoder.3.reparam_conv.bias", 10},
                                    SileroTensor{"_model.decoder.rnn.weight_ih", 11},
                                    SileroTensor{"_model.decoder.rnn.weight_hh", 12},
                                    SileroTensor{"_model.decoder.rnn.bias_ih", 13},
                                    SileroTensor{"_model.decoder.rnn.bias_hh", 14},
                                    SileroTensor{"_model.decoder.decoder.2.weight", 15},
                                    SileroTensor{"_model.decoder.decoder.2.bias", 16},
                                    SileroTensor{"_model.stft.forward_basis_buffer", 2}};

struct CloseArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

/// The N of "ROOT/data/N".
std::optional<int> tensor_number(std::string_view path) {
  constexpr std::string_view kFolder = "/data/";
  const std::size_t root = path.find('/');
  if (root == std::string_view::npos || !path.starts_with(kRootOfVersion6)) return std::nullopt;
  const std::string_view rest = path.substr(root);
  return rest.starts_with(kFolder) ? parse_number<int>(rest.substr(kFolder.size()), 0, 999) : std::nullopt;
}

std::string foreign_name(int number) { return "data/" + std::to_string(number); }

const SileroTensor* find_tensor(int number) {
  const auto* const found =
      std::find_if(kSileroTensors.begin(), kSileroTensors.end(),
                   [number](const SileroTensor& tensor) { return tensor.number == number; });
  return found == kSileroTensors.end() ? nullptr : found;
}

std::vector<std::uint64_t> shape_of(const SileroTensor& tensor) {
  const ExpectedTensors expected = silero_tensors();
  const auto& extents = expected.find(tensor.name)->second.extents;
  return {extents.rbegin(), extents.rend()};
}

/// The current entry's contents; empty if it does not have that size.
std::optional<std::string> read_entry(archive* handle, archive_entry* entry, std::uint64_t size) {
  if (archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) != static_cast<la_int64_t>(size))
    return std::nullopt;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const la_ssize_t count = archive_read_data(handle, bytes.data() + done, bytes.size() - done);
    if (count <= 0) return std::nullopt;
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

tl::unexpected<Error> not_silero(const std::string& name, std::string detail = {}) {
  return fail(
      ErrorCode::kBadData,
      name +
          " is not version 6 of Silero's speech detector, and no other file of PyTorch's is read: import "
          "Whisper from model.safetensors or from CTranslate2's model.bin.",
      std::move(detail));
}

std::string silero_front() {
  std::string front;
  const auto put = [&front](std::int32_t number) {
    front.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  put(static_cast<std::int32_t>(kMagic));
  put(static_cast<std::int32_t>(kSileroType.size()));
  front += kSileroType;
  for (const std::int32_t part : kSileroVersion) put(part);
  for (const std::int32_t part : kSileroShape) put(part);
  return front;
}

}  // namespace

Result<SileroWeights> SileroWeights::read(std::string_view bytes, const std::string& name) {
  const Archive archive(archive_read_new());
  archive_read_support_format_zip(archive.get());
  SileroWeights weights;
  if (archive_read_open_memory(archive.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return not_silero(name, archive_error_string(archive.get()));
  archive_entry* entry = nullptr;
  for (int i = 0; i < kMaxEntries && archive_read_next_header(archive.get(), &entry) == ARCHIVE_OK; ++i) {
    const char* const path = archive_entry_pathname(entry);
    const auto number = path == nullptr ? std::nullopt : tensor_number(path);
    const SileroTensor* const tensor = number ? find_tensor(*number) : nullptr;
    if (tensor == nullptr) continue;
    auto contents = read_entry(archive.get(), entry, *number_count(shape_of(*tensor)) * sizeof(float));
    if (!contents) return not_silero(name, "its entry " + foreign_name(*number) + " has another size");
    VAT_TRY(weights.take(*number, std::move(*contents), name));
  }
  if (weights.tensors_.size() != kSileroTensors.size()) return not_silero(name);
  return weights;
}

Result<> SileroWeights::take(int number, std::string bytes, const std::string& name) {
  SourceTensor tensor{StoredType::kF32, shape_of(*find_tensor(number))};
  tensor.source = &sources_.emplace_back(bytes_.emplace_back(std::move(bytes)));
  return add_tensor(tensors_, foreign_name(number), std::move(tensor), name);
}

Result<ModelPlan> SileroWeights::plan(const std::string& name) const {
  ModelPlan plan;
  plan.front = silero_front();
  const ExpectedTensors expected = silero_tensors();
  for (const SileroTensor& tensor : kSileroTensors) {
    VAT_ASSIGN(PlannedTensor planned, plan_tensor(tensor.name, expected.find(tensor.name)->second, tensors_,
                                                  foreign_name(tensor.number), 0, 1, name));
    plan.tensors.push_back(std::move(planned));
  }
  return plan;
}

}  // namespace vat::modelfile
