#include "onnx/runtime.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "base/loaded_library.h"

namespace vat::onnx {
namespace {

// The C API of ONNX Runtime (onnxruntime_c_api.h): a table of functions that only grows at its end, of which
// each version serves the tables of all before it. Debian 12 has no header of it. Version 17 has all of
// these.
constexpr std::uint32_t kApiVersion = 17;

struct Status;       // OrtStatus
struct Environment;  // OrtEnv
struct Session;      // OrtSession
struct Options;      // OrtSessionOptions
struct Value;        // OrtValue
struct Shape;        // OrtTensorTypeAndShapeInfo
struct Memory;       // OrtMemoryInfo
struct Allocator;    // OrtAllocator

/// The places in the table.
enum Slot : std::size_t {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kSessionGetOutputName = 37,
  kCreateTensorWithData = 49,
  kGetTensorMutableData = 51,
  kGetTensorElementType = 60,
  kGetTensorShapeElementCount = 64,
  kGetTensorTypeAndShape = 65,
  kCreateCpuMemoryInfo = 69,
  kAllocatorFree = 76,
  kGetDefaultAllocator = 78,
  kReleaseEnv = 92,
  kReleaseStatus = 93,
  kReleaseMemoryInfo = 94,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseShape = 99,
  kReleaseSessionOptions = 100,
  kAddSessionConfigEntry = 130,
};

struct ApiBase {  // OrtApiBase
  void* const* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

constexpr int kLogErrors = 3;  // ORT_LOGGING_LEVEL_ERROR
/// ORT_ENABLE_BASIC: all levels load twice as long, and what they make is no faster for these models.
constexpr int kBasicOptimization = 1;
constexpr int kFloats = 1;             // ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
constexpr int kIntegers = 7;           // ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64
constexpr int kDeviceAllocator = 0;    // OrtDeviceAllocator
constexpr int kDefaultMemoryType = 0;  // OrtMemTypeDefault

/// The table, with functions called by their place.
class Api {
 public:
  explicit Api(void* const* table) : table_(table) {}

  template <class... Arguments>
  [[nodiscard]] Result<> call(Slot slot, Arguments... arguments) const {
    Status* const status = function<Status*(Arguments...)>(slot)(arguments...);
    if (status == nullptr) return {};
    std::string reason = function<const char*(const Status*)>(kGetErrorMessage)(status);
    function<void(Status*)>(kReleaseStatus)(status);
    return fail(ErrorCode::kBadData, "The model cannot be run.", std::move(reason));
  }
  template <class Thing>
  void release(Slot slot, Thing* thing) const {
    if (thing != nullptr) function<void(Thing*)>(slot)(thing);
  }

 private:
  template <class Function>
  [[nodiscard]] Function* function(Slot slot) const {
    return reinterpret_cast<Function*>(table_[slot]);
  }
  void* const* table_;
};

Result<Api> load_api(const std::filesystem::path& library) {
  VAT_ASSIGN(const LoadedLibrary loaded,
             LoadedLibrary::load(library.string(), "The library that runs neural models cannot be loaded."));
  const ApiBase* (*get_base)() = nullptr;
  void* const* const table =
      loaded.find("OrtGetApiBase", get_base) ? get_base()->get_api(kApiVersion) : nullptr;
  if (table == nullptr)
    return fail(ErrorCode::kUnavailable, "The library that runs neural models is not a fit ONNX Runtime.",
                library.string());
  return Api(table);
}

}  // namespace

struct Model::Parts {
  explicit Parts(Api the_api) : api(the_api) {}
  ~Parts() {
    api.release(kReleaseMemoryInfo, memory);
    api.release(kReleaseSession, session);
    api.release(kReleaseSessionOptions, options);
    api.release(kReleaseEnv, environment);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Result<> open(const std::filesystem::path& model, int threads) {
    VAT_TRY(api.call(kCreateEnv, kLogErrors, "vat", &environment));
    VAT_TRY(api.call(kCreateSessionOptions, &options));
    VAT_TRY(api.call(kSetIntraOpNumThreads, options, threads));
    VAT_TRY(api.call(kSetInterOpNumThreads, options, 1));
    VAT_TRY(api.call(kSetOptimizationLevel, options, kBasicOptimization));
    // Threads that spin while they wait take a third of the CPU time, which others can use.
    VAT_TRY(api.call(kAddSessionConfigEntry, options, "session.intra_op.allow_spinning", "0"));
    VAT_TRY(api.call(kCreateSession, environment, model.c_str(), options, &session));
    VAT_TRY(api.call(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemoryType, &memory));
    Allocator* allocator = nullptr;  // The library's own, which is never released.
    VAT_TRY(api.call(kGetDefaultAllocator, &allocator));
    char* name = nullptr;
    VAT_TRY(api.call(kSessionGetOutputName, session, std::size_t{0}, allocator, &name));
    output = name;
    return api.call(kAllocatorFree, allocator, static_cast<void*>(name));
  }

  Api api;
  Environment* environment = nullptr;
  Options* options = nullptr;
  Session* session = nullptr;
  Memory* memory = nullptr;
  std::string output;
};

namespace {

/// The inputs and the output of one run.
class Values {
 public:
  Values(const Api& api, Memory* memory) : api_(api), memory_(memory) {}
  ~Values() {
    for (Value* const value : inputs_) api_.release(kReleaseValue, value);
    api_.release(kReleaseValue, output_);
    api_.release(kReleaseShape, shape_);
  }
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  Result<> add(Tensor& tensor) {
    return std::visit([&](auto& values) { return add(tensor, std::span(values)); }, tensor.values);
  }
  Result<std::vector<float>> run(Session* session, const char* output_name, std::size_t max_values) {
    const void* const no_options = nullptr;
    VAT_TRY(api_.call(kRun, session, no_options, names_.data(), inputs_.data(), inputs_.size(), &output_name,
                      std::size_t{1}, &output_));
    VAT_TRY(api_.call(kGetTensorTypeAndShape, output_, &shape_));
    int type = 0;
    std::size_t count = 0;
    VAT_TRY(api_.call(kGetTensorElementType, shape_, &type));
    VAT_TRY(api_.call(kGetTensorShapeElementCount, shape_, &count));
    if (type != kFloats || count > max_values)
      return fail(ErrorCode::kBadData, "The model does not return numbers of the expected kind.");
    void* data = nullptr;
    VAT_TRY(api_.call(kGetTensorMutableData, output_, &data));
    const auto* const values = static_cast<const float*>(data);
    return std::vector<float>(values, values + count);
  }

 private:
  template <class Number>
  Result<> add(const Tensor& tensor, std::span<Number> values) {
    names_.push_back(tensor.name.c_str());
    inputs_.push_back(nullptr);
    const int type = std::is_same_v<Number, float> ? kFloats : kIntegers;
    return api_.call(kCreateTensorWithData, memory_, static_cast<void*>(values.data()), values.size_bytes(),
                     tensor.shape.data(), tensor.shape.size(), type, &inputs_.back());
  }

  const Api& api_;
  Memory* memory_;
  std::vector<const char*> names_;
  std::vector<Value*> inputs_;
  Value* output_ = nullptr;
  Shape* shape_ = nullptr;
};

}  // namespace

Model::Model(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Model::~Model() = default;

Result<std::unique_ptr<Model>> Model::open(const std::filesystem::path& library,
                                           const std::filesystem::path& model, int threads) {
  VAT_ASSIGN(const Api api, load_api(library));
  auto parts = std::make_unique<Parts>(api);
  VAT_TRY(parts->open(model, threads));
  return std::unique_ptr<Model>(new Model(std::move(parts)));
}

Result<std::vector<float>> Model::run(std::vector<Tensor>& inputs, std::size_t max_values) {
  Values values(parts_->api, parts_->memory);
  for (Tensor& input : inputs) VAT_TRY(values.add(input));
  return values.run(parts_->session, parts_->output.c_str(), max_values);
}

}  // namespace vat::onnx
