#include "modelfile/tensor_types.h"

#include "modelfile/model_layout.h"

namespace vat::modelfile {

Result<TensorTypes> read_tensor_types(const std::filesystem::path& path) {
  VAT_ASSIGN(FileSource source, FileSource::open(path));
  VAT_ASSIGN(const ModelLayout layout, read_layout(source, path.string()));
  TensorTypes types;
  for (const TensorEntry& tensor : layout.tensors) types.emplace(tensor.name, tensor.type->id);
  return types;
}

}  // namespace vat::modelfile
