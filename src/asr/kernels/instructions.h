// What this file is compiled for: AVX-512 (with DQ, BW and VL), or AVX2, both with FMA and F16C.
// VAT_KERNEL_VECTORS is the number of floats of a vector; where it is not defined, neither are the kernels.
// VAT_KERNEL_VNNI is defined if vectors of that size have an instruction that multiplies bytes. C++17, as
// ggml is compiled.
#pragma once

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#if defined(__AVX512BW__) && defined(__AVX512VL__)
#define VAT_KERNEL_VECTORS 16
#endif
#else
#define VAT_KERNEL_VECTORS 8
#endif
#endif

#if defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && VAT_KERNEL_VECTORS == 8)
#define VAT_KERNEL_VNNI
#endif
