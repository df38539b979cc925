#include "catalog/published.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/ascii.h"
#include "base/text.h"

namespace vat::catalog {
namespace {

constexpr std::string_view kWhisperCpp = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main";
constexpr std::string_view kTinydiarize =
    "https://huggingface.co/akashmjn/tinydiarize-whisper.cpp/resolve/main";
constexpr std::string_view kWhisperVad = "https://huggingface.co/ggml-org/whisper-vad/resolve/main";

constexpr PublishedModel whisper(std::string_view name, std::uint64_t bytes, std::string_view sha1,
                                 std::string_view repository = kWhisperCpp) {
  return {name, ModelKind::kRecognition, bytes, sha1, repository};
}
constexpr PublishedModel silero(std::string_view name, std::uint64_t bytes, std::string_view sha256) {
  return {name, ModelKind::kSpeechDetection, bytes, sha256, kWhisperVad};
}

// Names and addresses: models/download-ggml-model.sh and models/download-vad-model.sh of whisper.cpp. SHA-1:
// models/README.md of whisper.cpp, and for the quantised models that it leaves out, the table on the
// publisher's page (huggingface.co/ggerganov/whisper.cpp). SHA-256 of the detectors: of the files at revision
// 9ffd54a1e1ee of their repository.
constexpr std::array kModels = {
    whisper("tiny", 77'691'713, "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    whisper("tiny.en", 77'704'715, "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    whisper("tiny-q5_1", 32'152'673, "2827a03e495b1ed3048ef28a6a4620537db4ee51"),
    whisper("tiny.en-q5_1", 32'166'155, "3fb92ec865cbbc769f08137f22470d6b66e071b6"),
    whisper("tiny-q8_0", 43'537'433, "19e8118f6652a650569f5a949d962154e01571d9"),
    whisper("base", 147'951'465, "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    whisper("base.en", 147'964'211, "137c40403d78fd54d454da0f9bd998f78703390c"),
    whisper("base-q5_1", 59'707'625, "a3733eda680ef76256db5fc5dd9de8629e62c5e7"),
    whisper("base.en-q5_1", 59'721'011, "d26d7ce5a1b6e57bea5d0431b9c20ae49423c94a"),
    whisper("base-q8_0", 81'768'585, "7bb89bb49ed6955013b166f1b6a6c04584a20fbe"),
    whisper("small", 487'601'967, "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    whisper("small.en", 487'614'201, "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    whisper("small.en-tdrz", 487'614'184, "b6c6e7e89af1a35c08e6de56b66ca6a02a2fdfa1", kTinydiarize),
    whisper("small-q5_1", 190'085'487, "6fe57ddcfdd1c6b07cdcc73aaf620810ce5fc771"),
    whisper("small.en-q5_1", 190'098'681, "20f54878d608f94e4a8ee3ae56016571d47cba34"),
    whisper("small-q8_0", 264'464'607, "bcad8a2083f4e53d648d586b7dbc0cd673d8afad"),
    whisper("medium", 1'533'763'059, "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    whisper("medium.en", 1'533'774'781, "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    whisper("medium-q5_0", 539'212'467, "7718d4c1ec62ca96998f058114db98236937490e"),
    whisper("medium.en-q5_0", 539'225'533, "bb3b5281bddd61605d6fc76bc5b92d8f20284c3b"),
    whisper("medium-q8_0", 823'369'779, "e66645948aff4bebbec71b3485c576f3d63af5d6"),
    whisper("large-v1", 3'094'623'691, "b1caaf735c4cc1429223d5a74f0f4d0b9b59a299"),
    whisper("large-v2", 3'094'623'691, "0f4c8e34f21cf1a914c59d8b3ce882345ad349d6"),
    whisper("large-v2-q5_0", 1'080'732'091, "00e39f2196344e901b3a2bd5814807a769bd1630"),
    whisper("large-v2-q8_0", 1'656'129'691, "da97d6ca8f8ffbeeb5fd147f79010eeea194ba38"),
    whisper("large-v3", 3'095'033'483, "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
    whisper("large-v3-q5_0", 1'081'140'203, "e6e2ed78495d403bef4b7cff42ef4aaadcfea8de"),
    whisper("large-v3-turbo", 1'624'555'275, "4af2b29d7ec73d781377bfd1758ca957a807e941"),
    whisper("large-v3-turbo-q5_0", 574'041'195, "e050f7970618a659205450ad97eb95a18d69c9ee"),
    whisper("large-v3-turbo-q8_0", 874'188'075, "01bf15bedffe9f39d65c1b6ff9b687ea91f59e0e"),
    silero("silero-v5.1.2", 885'098, "29940d98d42b91fbd05ce489f3ecf7c72f0a42f027e4875919a28fb4c04ea2cf"),
    silero("silero-v6.2.0", 885'098, "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987"),
};

struct Alias {
  std::string_view alias;
  std::string_view name;
};
// The names in OpenAI's own program.
constexpr std::array kAliases = {Alias{"large", "large-v3"}, Alias{"turbo", "large-v3-turbo"}};

constexpr std::string_view kPrefix = "ggml-";
constexpr std::string_view kSuffix = ".bin";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

std::span<const PublishedModel> published_models() { return kModels; }

bool is_voice_file(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEnds = {".onnx", ".json", ".voices", ".so", ".dylib"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [name](std::string_view end) { return name.ends_with(end); });
}

std::string model_file_name(std::string_view name) {
  if (is_voice_file(name)) return std::string(name);
  return std::string(kPrefix) + std::string(name) + std::string(kSuffix);
}

std::string canonical_model_name(std::string_view text) {
  if (text.size() > kPrefix.size() + kSuffix.size() && text.starts_with(kPrefix) && text.ends_with(kSuffix)) {
    text.remove_prefix(kPrefix.size());
    text.remove_suffix(kSuffix.size());
  }
  const auto found = std::find_if(kAliases.begin(), kAliases.end(),
                                  [text](const Alias& alias) { return alias.alias == text; });
  return std::string(found == kAliases.end() ? text : found->name);
}

Result<> check_model_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 64;
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  if (!name.empty() && name.size() <= kMaxBytes && is_alphanumeric(name.front()) &&
      std::all_of(name.begin(), name.end(), allowed))
    return {};
  return fail(ErrorCode::kInvalidArgument,
              "A model's name may have only letters, digits, dots, hyphens and underscores, at most 64, and "
              "must begin with a letter or a digit.");
}

std::string download_url(const PublishedModel& model, std::string_view mirror) {
  const std::string file = model_file_name(model.name);
  std::string url(mirror.empty() ? model.repository : mirror);
  if (url.find("{file}") != std::string::npos || url.find("{name}") != std::string::npos) {
    replace_all(url, "{file}", file);
    replace_all(url, "{name}", model.name);
    return url;
  }
  return url.ends_with('/') ? url + file : url + "/" + file;
}

std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  return to_utf8(url);
}

}  // namespace vat::catalog
