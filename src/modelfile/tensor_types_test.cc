#include "modelfile/tensor_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "modelfile/testing/small_model.h"
#include "modelfile/testing/synthetic.h"

namespace vat::modelfile {
namespace {

using testing::HasSubstr;
using TensorTypesTest = SmallModelTest;

TEST_F(TensorTypesTest, AreThoseOfTheFile) {
  ASSERT_TRUE(write_synthetic(path(), {}));
  const TensorTypes types = read_tensor_types(path()).value();
  EXPECT_EQ(types.at("decoder.token_embedding.weight"), kTensorF16);
  EXPECT_EQ(types.at("encoder.conv1.weight"), kTensorF16);
  EXPECT_EQ(types.at("encoder.positional_embedding"), kTensorF32);
  EXPECT_EQ(types.size(), 11U + 15 * 3 + 24 * 3);
  EXPECT_EQ(read_tensor_types(dir_.path() / "none").error().code, ErrorCode::kNotFound);
}

// The tensors of two types say so in the table alone.
TEST_F(TensorTypesTest, ADecoderMayHaveMatricesOfQ8) {
  const std::string model = mixed_model();
  const ModelLayout mixed = layout(model).value();
  EXPECT_EQ(matrix_types_name(mixed.matrices), "f16+q8_0");
  EXPECT_EQ(mixed.parameters.file_type, 2001);
  const auto of_type = [&](std::int32_t id) {
    return std::count_if(mixed.tensors.begin(), mixed.tensors.end(),
                         [&](const TensorEntry& tensor) { return tensor.type->id == id; });
  };
  EXPECT_EQ(of_type(8), 1 + 4 + 2 + 2);           // embedding, attention, MLP, query and output of the other
  EXPECT_EQ(of_type(kTensorF16), 2 + 4 + 2 + 2);  // convolutions, attention, MLP, key and value of the other
}

TEST_F(TensorTypesTest, MatricesOfADecoderThatDifferAreRefused) {
  const std::string model = mixed_model();
  const std::string half = small_model();
  const auto tensor_at = [](const std::string& bytes, const std::string& name) {
    return bytes.find(name) - 12;
  };
  const std::string later = "decoder.blocks.0.mlp.0.weight";
  EXPECT_THAT(refusal(with(model, tensor_at(model, later), std::int32_t{1})),
              HasSubstr("its tensor " + later + " has the type 1"));
  EXPECT_THAT(refusal(with(half, tensor_at(half, "encoder.blocks.0.mlp.0.weight"), std::int32_t{8})),
              HasSubstr("its tensor encoder.blocks.0.mlp.0.weight has the type 8"));
  EXPECT_THAT(refusal(with(half, tensor_at(half, "decoder.token_embedding.weight"), std::int32_t{30})),
              HasSubstr("has the type 30"));
}

TEST_F(TensorTypesTest, TheFormerNumberOfTwoTypesIsUnknown) {
  EXPECT_THAT(refusal(with(mixed_model(), kFileType, std::int32_t{2101})),
              HasSubstr("its weights are of the unknown type 2101"));
}

}  // namespace
}  // namespace vat::modelfile
