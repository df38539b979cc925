// What the kernels need to compute an operator of ggml. Private to the kernels.
#pragma once

#include <ggml-cpu-impl.h>
#include <traits.h>

#include <cstddef>

namespace vat::asr::kernels {

using ggml::cpu::tensor_traits;

template <class Number>
Number* at(const ggml_tensor* tensor, std::size_t offset = 0) {
  return reinterpret_cast<Number*>(static_cast<char*>(tensor->data) + offset);
}

/// Gives the chunks from 0 to `count` to the threads, as they become free. Every thread calls it, and all
/// wait for each other first.
template <class Use>
void share_chunks(const ggml_compute_params* params, int count, Use use) {
  if (params->ith == 0) ggml_threadpool_chunk_set(params->threadpool, params->nth);
  ggml_barrier(params->threadpool);
  int chunk = params->ith;
  while (chunk < count) {
    use(chunk);
    if (params->nth >= count) return;
    chunk = ggml_threadpool_chunk_add(params->threadpool, 1);
  }
}

}  // namespace vat::asr::kernels
