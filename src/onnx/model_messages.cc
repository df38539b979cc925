#include "onnx/model_messages.h"

#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace vat::onnx {
namespace {

constexpr std::uint32_t kMaxTensors = 16;
constexpr std::uint32_t kMaxShape = 8;

class MessageWriter {
 public:
  template <class Number>
  void number(Number value) {
    static_assert(std::is_arithmetic_v<Number>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class Number>
  void numbers(const std::vector<Number>& values) {
    number(static_cast<std::uint32_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  std::string finish() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Whatever is missing is zero or empty, and good() is false from then on.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number number() {
    Number value{};
    const std::string_view part = take(sizeof value);
    if (good_) std::memcpy(&value, part.data(), sizeof value);
    return value;
  }
  template <class Number>
  std::vector<Number> numbers() {
    const auto count = number<std::uint32_t>();
    const std::string_view part = take(count * sizeof(Number));
    std::vector<Number> values(part.size() / sizeof(Number));
    if (!values.empty()) std::memcpy(values.data(), part.data(), part.size());
    return values;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  void fail_unless(bool condition) { good_ = good_ && condition; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool complete() const { return good_ && bytes_.empty(); }

 private:
  std::string_view take(std::size_t count) {
    fail_unless(count <= bytes_.size());
    if (!good_) return {};
    const std::string_view part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
  }

  std::string_view bytes_;
  bool good_ = true;
};

tl::unexpected<Error> no_message() {
  return fail(ErrorCode::kInternal, "The process that runs the model sent something else.");
}

constexpr std::uint8_t kValues = 0;
constexpr std::uint8_t kFailure = 1;

}  // namespace

std::string write_open(const OpenModel& message) {
  MessageWriter writer;
  writer.text(message.library.string());
  writer.text(message.model.string());
  writer.number(message.threads);
  writer.number(message.max_memory);
  return writer.finish();
}

Result<OpenModel> read_open(std::string_view bytes) {
  MessageReader reader(bytes);
  OpenModel message;
  message.library = reader.text();
  message.model = reader.text();
  message.threads = reader.number<std::uint32_t>();
  message.max_memory = reader.number<std::uint64_t>();
  if (!reader.complete()) return no_message();
  return message;
}

std::string write_inputs(const std::vector<Tensor>& inputs) {
  MessageWriter writer;
  writer.number(static_cast<std::uint32_t>(inputs.size()));
  for (const Tensor& input : inputs) {
    writer.text(input.name);
    writer.numbers(input.shape);
    writer.number(static_cast<std::uint8_t>(input.values.index()));
    std::visit([&](const auto& values) { writer.numbers(values); }, input.values);
  }
  return writer.finish();
}

Result<std::vector<Tensor>> read_inputs(std::string_view bytes) {
  MessageReader reader(bytes);
  const auto count = reader.number<std::uint32_t>();
  reader.fail_unless(count <= kMaxTensors);
  std::vector<Tensor> inputs;
  for (std::uint32_t i = 0; i < count && reader.good(); ++i) {
    Tensor& input = inputs.emplace_back();
    input.name = reader.text();
    input.shape = reader.numbers<std::int64_t>();
    const auto kind = reader.number<std::uint8_t>();
    reader.fail_unless(kind < std::variant_size_v<decltype(input.values)>);
    if (kind == 0)
      input.values = reader.numbers<float>();
    else
      input.values = reader.numbers<std::int64_t>();
    const std::size_t size = std::visit([](const auto& values) { return values.size(); }, input.values);
    std::int64_t product = 1;
    reader.fail_unless(input.shape.size() <= kMaxShape);
    for (const std::int64_t length : input.shape) {
      reader.fail_unless(length > 0 && length <= static_cast<std::int64_t>(bytes.size()));
      if (reader.good()) product *= length;
      reader.fail_unless(product <= static_cast<std::int64_t>(bytes.size()));
    }
    reader.fail_unless(product == static_cast<std::int64_t>(size));
  }
  if (!reader.complete()) return no_message();
  return inputs;
}

std::string write_answer(const Result<Output>& answer) {
  MessageWriter writer;
  writer.number(answer ? kValues : kFailure);
  if (answer) {
    writer.numbers(answer->values);
    writer.number(answer->computing);
  } else {
    writer.number(static_cast<std::uint8_t>(answer.error().code));
    writer.text(answer.error().message);
    writer.text(answer.error().detail);
  }
  return writer.finish();
}

Result<Output> read_answer(std::string_view bytes) {
  MessageReader reader(bytes);
  const auto kind = reader.number<std::uint8_t>();
  if (kind == kFailure) {
    const auto code = reader.number<std::uint8_t>();
    std::string message = reader.text();
    std::string detail = reader.text();
    if (!reader.complete()) return no_message();
    const bool missing = code == static_cast<std::uint8_t>(ErrorCode::kUnavailable);
    return fail(missing ? ErrorCode::kUnavailable : ErrorCode::kBadData, std::move(message),
                std::move(detail));
  }
  Output output;
  output.values = reader.numbers<float>();
  output.computing = reader.number<double>();
  if (!reader.complete() || kind != kValues || !(output.computing >= 0)) return no_message();
  return output;
}

}  // namespace vat::onnx
