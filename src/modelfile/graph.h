// ONNX models that are published as weights of PyTorch only: put together from the weights' file and a graph
// without weights, which this program contains (graphs/make_graphs.py made them and says what they are).
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace vat::modelfile {

/// The graph of "segmentation-3.0.onnx" or "campplus-zh-en.onnx"; empty for any other.
[[nodiscard]] std::string_view graph_of(std::string_view model);

/// Writes the model into `target`, which is replaced only when it is complete. Takes up to 100 MB of memory,
/// and under a second. kBadData, with `checkpoint`'s name, for a file that does not have the graph's weights.
/// Any thread.
[[nodiscard]] Result<> fill_graph(std::string_view graph, const std::filesystem::path& checkpoint,
                                  const std::filesystem::path& target);

}  // namespace vat::modelfile
