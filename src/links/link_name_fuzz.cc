// Names that strangers' servers give their files: whatever they are, no name is a path.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "links/link_name.h"

namespace {

void check(const std::string& name) {
  if (name.find_first_of("/\\") != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(vat::links::name_of_disposition(text));
  vat::HttpResponse answer{.url = std::string(text)};
  answer.headers = {{"Content-Disposition", std::string(text)}};
  (void)vat::links::name_of_answer(text, answer);
  (void)vat::links::name_of_url(text);
  (void)vat::links::host_of_url(text);
  return 0;
}
