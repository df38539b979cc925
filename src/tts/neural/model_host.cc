#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/helper_process.h"
#include "base/process_limits.h"
#include "tts/neural/model_messages.h"
#include "tts/neural/onnx_runtime.h"
#include "tts/neural_engine.h"

namespace vat::tts {
namespace {

constexpr std::size_t kMaxRequestBytes = std::size_t{1} << 20U;
/// Ten minutes at 48 kHz are more than any utterance; the answer must fit what its reader accepts.
constexpr std::size_t kMaxSamples = std::size_t{15} << 20U;

Result<std::unique_ptr<OnnxModel>> open_asked(std::string_view request) {
  VAT_ASSIGN(const OpenModel asked, read_open(request));
  if (asked.max_memory > 0) limit_memory(asked.max_memory);
  return OnnxModel::open(asked.library, asked.model, static_cast<int>(asked.threads));
}

Result<std::vector<float>> run_asked(OnnxModel& model, std::string_view request) {
  VAT_ASSIGN(std::vector<Tensor> inputs, read_inputs(request));
  return model.run(inputs, kMaxSamples);
}

}  // namespace

Result<> host_model() {
  VAT_ASSIGN(Channel channel, inherit_channel());
  VAT_ASSIGN(auto request, channel.receive(kMaxRequestBytes));
  if (!request) return {};
  auto model = open_asked(request->bytes);
  Result<std::vector<float>> answer;
  if (!model) answer = fail(model.error());
  VAT_TRY(channel.send(write_answer(answer)));
  while (model) {
    VAT_ASSIGN(request, channel.receive(kMaxRequestBytes));
    if (!request) break;
    VAT_TRY(channel.send(write_answer(run_asked(**model, request->bytes))));
  }
  return {};
}

}  // namespace vat::tts
