#include "modelfile/graph.h"

#include <archive.h>
#include <archive_entry.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "modelfile/graphs.h"

namespace vat::modelfile {
namespace {

constexpr std::size_t kMaxCheckpoint = 64'000'000;
constexpr std::size_t kMaxGraph = 4'000'000;
constexpr std::size_t kMaxModel = 64'000'000;
constexpr float kEpsilon = 1e-5F;  // Of PyTorch's batch normalisation.

struct EndReading {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using Reading = std::unique_ptr<archive, EndReading>;

/// The rest of the current entry; empty if it is longer than `max`.
std::string read_rest(archive* handle, std::size_t max) {
  std::string bytes;
  std::vector<char> block(65'536);
  la_ssize_t count = 0;
  while ((count = archive_read_data(handle, block.data(), block.size())) > 0) {
    if (bytes.size() + static_cast<std::size_t>(count) > max) return {};
    bytes.append(block.data(), static_cast<std::size_t>(count));
  }
  return count < 0 ? std::string() : bytes;
}

std::string decompress(std::string_view graph) {
  const Reading reading(archive_read_new());
  archive_read_support_format_raw(reading.get());
  archive_read_support_filter_xz(reading.get());
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(reading.get(), graph.data(), graph.size()) != ARCHIVE_OK ||
      archive_read_next_header(reading.get(), &entry) != ARCHIVE_OK)
    return {};
  return read_rest(reading.get(), kMaxGraph);
}

/// The tensors of a file of PyTorch's, by the N of "ROOT/data/N".
std::map<std::string, std::string, std::less<>> read_tensors(std::string_view checkpoint) {
  constexpr std::string_view kFolder = "/data/";
  std::map<std::string, std::string, std::less<>> tensors;
  const Reading reading(archive_read_new());
  archive_read_support_format_zip(reading.get());
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(reading.get(), checkpoint.data(), checkpoint.size()) != ARCHIVE_OK)
    return tensors;
  while (archive_read_next_header(reading.get(), &entry) == ARCHIVE_OK) {
    const char* const path = archive_entry_pathname(entry);
    const std::string_view name = path == nullptr ? "" : path;
    const std::size_t folder = name.find('/');
    if (folder == std::string_view::npos || !name.substr(folder).starts_with(kFolder)) continue;
    tensors[std::string(name.substr(folder + kFolder.size()))] = read_rest(reading.get(), kMaxCheckpoint);
  }
  return tensors;
}

/// Carries out a graph's lines. Whatever does not fit makes good() false.
class Filling {
 public:
  Filling(std::string_view own, std::map<std::string, std::string, std::less<>> tensors)
      : own_(own), tensors_(std::move(tensors)) {}

  void line(std::string_view text) {
    words_ = text;
    const std::string_view what = take_part(words_, ' ');
    if (what == "own") {
      const std::size_t count = number();
      good_ = good_ && count <= own_.size();
      if (!good_) return;
      model_.append(own_.substr(0, count));
      own_.remove_prefix(count);
    } else if (what == "copy") {
      const std::string_view entry = take_part(words_, ' ');
      const std::size_t offset = number();
      put(floats(entry, offset, number()));
    } else if (what == "transpose") {
      transpose();
    } else if (what == "scale") {
      scale();
    } else if (what == "shift") {
      shift();
    } else {
      good_ = false;
    }
    good_ = good_ && words_.empty() && model_.size() <= kMaxModel;
  }
  [[nodiscard]] bool complete() const { return good_ && own_.empty(); }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] const std::string& model() const { return model_; }

 private:
  std::size_t number() {
    const auto value = parse_number<std::size_t>(take_part(words_, ' '));
    good_ = good_ && value && *value <= kMaxModel;
    return good_ ? *value : 0;
  }
  std::vector<float> floats(std::string_view entry, std::size_t offset, std::size_t count) {
    const auto found = tensors_.find(entry);
    good_ = good_ && found != tensors_.end() && offset + count <= found->second.size() / sizeof(float);
    std::vector<float> values(good_ ? count : 0);
    if (!values.empty())
      std::memcpy(values.data(), found->second.data() + offset * sizeof(float), count * sizeof(float));
    return values;
  }
  /// The tensor "ENTRY:OFFSET".
  std::vector<float> floats(std::string_view place, std::size_t count) {
    const std::string_view entry = take_part(place, ':');
    const auto offset = parse_number<std::size_t>(place);
    good_ = good_ && offset && *offset <= kMaxModel;
    return good_ ? floats(entry, *offset, count) : std::vector<float>();
  }
  void put(const std::vector<float>& values) {
    model_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
  void transpose() {
    const std::string_view entry = take_part(words_, ' ');
    const std::size_t offset = number();
    const std::size_t rows = number();
    const std::size_t columns = number();
    good_ = good_ && (columns == 0 || rows <= kMaxModel / columns);
    const std::vector<float> values = good_ ? floats(entry, offset, rows * columns) : std::vector<float>();
    if (!good_) return;
    std::vector<float> turned(values.size());
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t column = 0; column < columns; ++column)
        turned[column * rows + row] = values[row * columns + column];
    put(turned);
  }
  /// gamma / sqrt(variance + epsilon), moved by the steps of the line's end.
  std::vector<float> factors(std::size_t channels) {
    const std::string_view gamma = take_part(words_, ' ');
    std::vector<float> factors = floats(gamma, channels);
    const std::vector<float> variances = floats(take_part(words_, ' '), channels);
    if (!good_) return {};
    for (std::size_t c = 0; c < channels; ++c) factors[c] /= std::sqrt(variances[c] + kEpsilon);
    std::string_view fixes = take_part(words_, ' ');
    while (good_ && !fixes.empty() && fixes != "-") {
      std::string_view fix = take_part(fixes, ',');
      const auto channel = parse_number<std::size_t>(take_part(fix, ':'));
      const auto steps = parse_number<int>(fix);
      good_ = channel && steps && *channel < channels;
      if (!good_) return {};
      for (int i = 0; i < std::abs(*steps); ++i)
        factors[*channel] = std::nextafter(factors[*channel], *steps > 0 ? HUGE_VALF : -HUGE_VALF);
    }
    return factors;
  }
  void scale() {
    const std::string_view place = take_part(words_, ' ');
    const std::size_t channels = number();
    const std::size_t each = number();
    good_ = good_ && (each == 0 || channels <= kMaxModel / each);
    std::vector<float> weights = good_ ? floats(place, channels * each) : std::vector<float>();
    const std::vector<float> by = factors(channels);
    if (!good_) return;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= by[i / each];
    put(weights);
  }
  void shift() {
    const std::string_view mean_place = take_part(words_, ' ');
    const std::string_view beta_place = take_part(words_, ' ');
    const std::size_t channels = number();
    const std::vector<float> means = floats(mean_place, channels);
    std::vector<float> values = floats(beta_place, channels);
    const std::vector<float> by = factors(channels);
    if (!good_) return;
    for (std::size_t c = 0; c < channels; ++c) {
      // Rounded after the product, which a compiler might otherwise add without.
      const auto product = static_cast<float>(-double{means[c]} * double{by[c]});
      values[c] = static_cast<float>(double{product} + double{values[c]});
    }
    put(values);
  }

  std::string_view own_;
  std::string_view words_;
  std::map<std::string, std::string, std::less<>> tensors_;
  std::string model_;
  bool good_ = true;
};

}  // namespace

std::string_view graph_of(std::string_view model) {
  if (model == "segmentation-3.0.onnx")
    return {reinterpret_cast<const char*>(kSegmentationGraph), sizeof kSegmentationGraph};
  if (model == "campplus-zh-en.onnx")
    return {reinterpret_cast<const char*>(kCampplusGraph), sizeof kCampplusGraph};
  return {};
}

Result<> fill_graph(std::string_view graph, const std::filesystem::path& checkpoint,
                    const std::filesystem::path& target) {
  const std::string plain = decompress(graph);
  const std::size_t end = plain.find("\n\n");
  if (end == std::string::npos)
    return fail(ErrorCode::kInternal, "A model's graph in this program cannot be read.");
  VAT_ASSIGN(const std::string weights, read_file(checkpoint, kMaxCheckpoint));
  Filling filling(std::string_view(plain).substr(end + 2), read_tensors(weights));
  for (std::string_view lines = std::string_view(plain).substr(0, end); filling.good() && !lines.empty();)
    filling.line(take_part(lines, '\n'));
  if (!filling.complete())
    return fail(ErrorCode::kBadData, checkpoint.string() + " does not have the weights of this model.");
  return write_file_atomically(target, filling.model(), Overwrite::kReplace);
}

}  // namespace vat::modelfile
