// Accepted options of a job are valid, and are written and read again without loss.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipeline/options_json.h"

namespace {

void check(const vat::pipeline::JobOptions& options) {
  const auto again = vat::pipeline::job_options_from_stored_json(vat::pipeline::to_json(options));
  if (!vat::pipeline::validate(options) || !again || !(*again == options)) std::abort();
  if (options.choice.model.find('/') != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto options = vat::pipeline::job_options_from_json(input, {})) check(*options);
  // A form's field: its name, a zero byte, its text.
  if (const std::size_t zero = input.find('\0'); zero != std::string_view::npos) {
    vat::pipeline::JobOptions options;
    if (vat::pipeline::set_option(options, input.substr(0, zero), input.substr(zero + 1))) check(options);
  }
  return 0;
}
