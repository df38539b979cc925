// What this file is compiled for: AVX-512, or AVX2, both with FMA and F16C. VAT_KERNEL_VECTORS is the number
// of floats of a vector; where it is not defined, neither are the kernels that need it. C++17, as ggml is
// compiled.
#pragma once

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define VAT_KERNEL_VECTORS 16
#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#define VAT_KERNEL_VECTORS 8
#endif
