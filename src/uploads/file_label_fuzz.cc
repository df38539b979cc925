// Untrusted file names: whatever they are, the label is short, well-formed and not a path.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "uploads/file_label.h"

namespace {

void check(bool kept) {
  if (!kept) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string label = vat::uploads::file_label(text);
  check(!label.empty() && vat::is_utf8(label) && vat::code_points(label) <= vat::uploads::kMaxLabelLength);
  check(label.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string::npos);
  check(label != "." && label != "..");
  check(vat::is_utf8(vat::uploads::clean_title(text)));
  return 0;
}
