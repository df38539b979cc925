#include "onnx/host.h"

#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/helper_process.h"
#include "base/process_limits.h"
#include "onnx/model_messages.h"
#include "onnx/runtime.h"

namespace vat::onnx {
namespace {

constexpr std::size_t kMaxRequestBytes = std::size_t{32} << 20U;
/// Ten minutes of sound at 48 kHz, for instance; the answer must fit what its reader accepts.
constexpr std::size_t kMaxValues = std::size_t{15} << 20U;

Result<std::unique_ptr<Model>> open_asked(std::string_view request) {
  VAT_ASSIGN(const OpenModel asked, read_open(request));
  if (asked.max_memory > 0) limit_memory(asked.max_memory);
  return Model::open(asked.library, asked.model, static_cast<int>(asked.threads));
}

Result<Output> run_asked(Model& model, std::string_view request) {
  VAT_ASSIGN(std::vector<Tensor> inputs, read_inputs(request));
  const std::clock_t begin = std::clock();
  Output output;
  VAT_ASSIGN(output.values, model.run(inputs, kMaxValues));
  output.computing = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return output;
}

}  // namespace

Result<> host_model() {
  VAT_ASSIGN(Channel channel, inherit_channel());
  VAT_ASSIGN(auto request, channel.receive(kMaxRequestBytes));
  if (!request) return {};
  auto model = open_asked(request->bytes);
  Result<Output> answer;
  if (!model) answer = fail(model.error());
  VAT_TRY(channel.send(write_answer(answer)));
  while (model) {
    VAT_ASSIGN(request, channel.receive(kMaxRequestBytes));
    if (!request) break;
    VAT_TRY(channel.send(write_answer(run_asked(**model, request->bytes))));
  }
  return {};
}

}  // namespace vat::onnx
