#include "modelfile/model_writer.h"

#include "modelfile/number_formats.h"

namespace vat::modelfile {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

template <class Convert>
void append_halves(std::span<const float> values, std::string& out, Convert convert) {
  const std::size_t begin = out.size();
  out.resize(begin + values.size() * 2);
  char* place = out.data() + begin;
  for (const float value : values) {
    const std::uint16_t half = convert(value);
    *place++ = static_cast<char>(half & 0xffU);
    *place++ = static_cast<char>(half >> 8);
  }
}

void append_q8(std::span<const float> values, std::string& out) {
  for (std::size_t i = 0; i + kQ8BlockWeights <= values.size(); i += kQ8BlockWeights) {
    const std::size_t begin = out.size();
    out.resize(begin + kQ8BlockBytes);
    to_q8_block(std::span<const float, kQ8BlockWeights>(values.data() + i, kQ8BlockWeights),
                std::span<char, kQ8BlockBytes>(out.data() + begin, kQ8BlockBytes));
  }
}

}  // namespace

Result<ModelWriter> ModelWriter::create(const std::filesystem::path& path) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(path, Overwrite::kReplace));
  return ModelWriter(std::move(file));
}

void ModelWriter::put_bytes(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kFlushBytes) write_buffer();
}

void ModelWriter::begin_tensor(std::string_view name, std::span<const std::int32_t> extents,
                               std::int32_t type_id) {
  put(static_cast<std::int32_t>(extents.size()));
  put(static_cast<std::int32_t>(name.size()));
  put(type_id);
  for (const std::int32_t extent : extents) put(extent);
  put_bytes(name);
}

void ModelWriter::put_weights(std::span<const float> values, WeightType type) {
  switch (type) {
    case WeightType::kF32:
      buffer_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
      break;
    case WeightType::kF16:
      append_halves(values, buffer_, to_half);
      break;
    case WeightType::kBf16:
      append_halves(values, buffer_, to_bfloat);
      break;
    case WeightType::kQ8_0:
      append_q8(values, buffer_);
      break;
  }
  if (buffer_.size() >= kFlushBytes) write_buffer();
}

Result<> ModelWriter::flush() {
  write_buffer();
  if (error_) return fail(*error_);
  return {};
}

Result<> ModelWriter::commit() {
  VAT_TRY(flush());
  return file_.commit();
}

void ModelWriter::write_buffer() {
  if (!error_) {
    if (auto written = file_.write(buffer_); !written) error_ = std::move(written).error();
  }
  buffer_.clear();
}

}  // namespace vat::modelfile
