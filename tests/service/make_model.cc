// make_model FILE: writes a small multilingual Whisper model that always says the same words, and prints
// them. For tests that are scripts.
#include <cstdio>

#include "modelfile/testing/synthetic.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "make_model FILE\n"), 2;
  const vat::modelfile::SyntheticSpec spec{.tokens_per_window = 24};
  if (const auto written = vat::modelfile::write_synthetic(argv[1], spec); !written)
    return std::fprintf(stderr, "%s\n", written.error().message.c_str()), 1;
  std::puts(vat::modelfile::synthetic_text(spec).c_str());
  return 0;
}
