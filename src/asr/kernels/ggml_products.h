// Products as operators of ggml. Private to the kernels.
#pragma once

#include <traits.h>

namespace vat::asr::kernels {

/// What computes this product, or null if ggml shall do it. Any thread.
ggml::cpu::tensor_traits* product_kernel(const ggml_tensor* op);

}  // namespace vat::asr::kernels
