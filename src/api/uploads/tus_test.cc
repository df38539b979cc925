// Resumable uploads: tus 1.0 (https://tus.io/protocols/resumable-upload).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/intake_service.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "domain/user.h"
#include "uploads/expiry.h"
#include "uploads/staged_file.h"

namespace vat::api {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using testing::IntakeService;
using testing::Reply;

constexpr const char* kUploads = "/api/v1/uploads";

/// Upload-Metadata for one pair.
std::string pair(const std::string& key, const std::string& value) {
  return key + " " + base64_encode(value);
}
std::string length_of(const std::string& bytes) { return std::to_string(bytes.size()); }
std::string checksum(Digest digest, const std::string& bytes) {
  const std::string hex = hash_hex(digest, bytes);
  std::string raw;
  for (std::size_t at = 0; at < hex.size(); at += 2)
    raw += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  return (digest == Digest::kSha1 ? "sha1 " : "sha256 ") + base64_encode(raw);
}

class Tus : public ::testing::Test {
 protected:
  /// Creates an upload and returns its URL.
  std::string begin(const std::string& bytes, HttpHeaders more = {}) {
    more.emplace_back("Upload-Length", length_of(bytes));
    if (find_header(more, "Upload-Metadata").empty())
      more.emplace_back("Upload-Metadata", pair("filename", "talk.wav"));
    const Reply reply = service.tus(Method::kPost, kUploads, more);
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.header("Tus-Resumable"), "1.0.0");
    return reply.header("Location");
  }
  Reply send(const std::string& address, std::size_t offset, std::string bytes, HttpHeaders more = {}) {
    more.emplace_back("Upload-Offset", std::to_string(offset));
    return service.tus(Method::kPatch, address, std::move(more), std::move(bytes));
  }
  Reply head(const std::string& address) { return service.tus(Method::kHead, address, {}); }
  std::string offset(const std::string& address) { return head(address).header("Upload-Offset"); }
  static std::string id_of(const std::string& address) { return address.substr(address.rfind('/') + 1); }
  json::object shown(const std::string& address) {
    return json::parse(service.client().get(address).body).get_object();
  }
  [[nodiscard]] std::string state(const std::string& address) {
    return json::value_to<std::string>(shown(address).at("state"));
  }
  [[nodiscard]] fs::path staged(const std::string& address) {
    return uploads::resumable_path(service.services().objects.staging(), id_of(address));
  }

  IntakeService service{{.max_upload_bytes = 1U << 20U}};
  const std::string wav = service.recording();
};

TEST_F(Tus, OptionsSayWhatTheServerCan) {
  for (const std::string& target : {std::string(kUploads), kUploads + ("/" + make_uuid())}) {
    const Reply reply = service.client().send(Method::kOptions, target);
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.header("Tus-Version"), "1.0.0");
    EXPECT_EQ(reply.header("Tus-Resumable"), "1.0.0");
    EXPECT_EQ(reply.header("Tus-Max-Size"), std::to_string(1U << 20U));
    EXPECT_THAT(reply.header("Tus-Extension"), HasSubstr("concatenation"));
    EXPECT_EQ(reply.header("Tus-Checksum-Algorithm"), "sha1,sha256");
  }
}

TEST_F(Tus, AnUploadArrivesInPieces) {
  const std::string address = begin(wav);
  EXPECT_EQ(offset(address), "0");
  EXPECT_EQ(send(address, 0, wav.substr(0, 5000)).header("Upload-Offset"), "5000");
  const Reply standing = head(address);
  EXPECT_EQ(standing.status, 200);
  EXPECT_EQ(standing.header("Upload-Offset"), "5000");
  EXPECT_EQ(standing.header("Upload-Length"), length_of(wav));
  EXPECT_EQ(standing.header("Upload-Metadata"), pair("filename", "talk.wav"));
  EXPECT_EQ(standing.header("Cache-Control"), "no-store");
  EXPECT_THAT(standing.header("Upload-Expires"), HasSubstr("GMT"));
  EXPECT_EQ(state(address), "receiving");
  const Reply last = send(address, 5000, wav.substr(5000));
  EXPECT_EQ(last.status, 204) << last.body;
  EXPECT_EQ(last.header("Upload-Offset"), length_of(wav));
  EXPECT_EQ(last.header("Upload-Expires"), "");
  EXPECT_EQ(last.header("Upload-Job-Id"), "");
  const json::object upload = shown(address);
  EXPECT_EQ(json::value_to<std::string>(upload.at("state")), "complete");
  EXPECT_EQ(service.content(id_of(address)), wav);
  EXPECT_EQ(offset(address), length_of(wav));
  EXPECT_EQ(service.staged_files(), 0U);
  EXPECT_EQ(service.stored_files(), 1U);
  const Reply job =
      service.client().json(Method::kPost, "/api/v1/jobs", R"({"upload_id":")" + id_of(address) + R"("})");
  EXPECT_EQ(job.status, 202) << job.body;
  // After the end, nothing more is accepted, and repeating the last request does no harm.
  EXPECT_EQ(send(address, wav.size(), "").status, 204);
  EXPECT_EQ(send(address, wav.size(), "x").status, 409);
  EXPECT_EQ(send(address, 0, "x").status, 409);
}

TEST_F(Tus, TheFirstBytesMayComeWithTheCreation) {
  const HttpHeaders headers = {{"Upload-Length", length_of(wav)},
                               {"Upload-Metadata", pair("filename", "a.wav")}};
  const Reply half = service.tus(Method::kPost, kUploads, headers, wav.substr(0, 100));
  EXPECT_EQ(half.status, 201);
  EXPECT_EQ(half.header("Upload-Offset"), "100");
  EXPECT_EQ(send(half.header("Location"), 100, wav.substr(100)).status, 204);
  const Reply whole = service.tus(Method::kPost, kUploads, headers, wav);
  EXPECT_EQ(whole.header("Upload-Offset"), length_of(wav));
  EXPECT_EQ(state(whole.header("Location")), "complete");
}

TEST_F(Tus, TheLengthMayBeSaidLater) {
  const Reply made = service.tus(Method::kPost, kUploads, {{"Upload-Defer-Length", "1"}});
  ASSERT_EQ(made.status, 201);
  const std::string address = made.header("Location");
  EXPECT_EQ(head(address).header("Upload-Defer-Length"), "1");
  EXPECT_EQ(head(address).header("Upload-Length"), "");
  EXPECT_EQ(send(address, 0, wav.substr(0, 10)).status, 204);
  EXPECT_EQ(send(address, 10, wav.substr(10), {{"Upload-Length", length_of(wav)}}).status, 204);
  EXPECT_EQ(state(address), "complete");
  const std::string other = begin(wav);
  EXPECT_EQ(send(other, 0, wav.substr(0, 10), {{"Upload-Length", "11"}}).status, 400);
}

TEST_F(Tus, WhatIsWrongIsRefused) {
  const auto create = [&](HttpHeaders headers, std::string body = {}) {
    return service.tus(Method::kPost, kUploads, std::move(headers), std::move(body)).status;
  };
  EXPECT_EQ(create({}), 400);
  EXPECT_EQ(create({{"Upload-Length", "-5"}}), 400);
  EXPECT_EQ(create({{"Upload-Length", "5"}, {"Upload-Defer-Length", "1"}}), 400);
  EXPECT_EQ(create({{"Upload-Defer-Length", "2"}}), 400);
  EXPECT_EQ(create({{"Upload-Length", "5"}, {"Upload-Metadata", "a !"}}), 400);
  EXPECT_EQ(create({{"Upload-Length", "5"}, {"Upload-Concat", "some"}}), 400);
  EXPECT_EQ(create({{"Upload-Length", std::to_string((1U << 20U) + 1)}}), 413);
  const std::string address = begin(wav);
  EXPECT_EQ(service.tus(Method::kPatch, address, {}, "x").status, 400);
  EXPECT_EQ(send(address, 1, "x").status, 409);
  EXPECT_EQ(send(address, 0, wav + "x").status, 413);
  EXPECT_EQ(send(address, 0, "x", {{"Upload-Checksum", "md5 YQ=="}}).status, 400);
  EXPECT_EQ(send(std::string(kUploads) + "/" + make_uuid(), 0, "x").status, 404);
  EXPECT_EQ(offset(address), "0");
  HttpHeaders other_type = {
      {"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "text/plain"}};
  EXPECT_EQ(service.client().send(Method::kPatch, address, "x", other_type).status, 415);
  other_type = {{"Upload-Offset", "0"}, {"Content-Type", "application/offset+octet-stream"}};
  const Reply old = service.client().send(Method::kPatch, address, "x", other_type);
  EXPECT_EQ(old.status, 412);
  EXPECT_EQ(old.header("Tus-Version"), "1.0.0");
  EXPECT_EQ(service.client().send(Method::kHead, address, {}, {{"Tus-Resumable", "0.2.0"}}).status, 412);
}

TEST_F(Tus, ContentThatIsNoRecordingIsRemovedAtItsEnd) {
  const std::string text = "This is no recording at all.";
  const std::string address = begin(text);
  EXPECT_EQ(send(address, 0, text.substr(0, 4)).status, 204);
  const Reply last = send(address, 4, text.substr(4));
  EXPECT_EQ(last.status, 422);
  EXPECT_EQ(last.header("Tus-Resumable"), "1.0.0");
  EXPECT_THAT(last.body, HasSubstr("talk.wav"));
  EXPECT_EQ(head(address).status, 404);
  EXPECT_EQ(service.tus(Method::kPost, kUploads, {{"Upload-Length", "0"}}).status, 422);
  EXPECT_EQ(service.staged_files() + service.stored_files(), 0U);
}

TEST_F(Tus, AChunkWithTheWrongChecksumIsThrownAway) {
  const std::string address = begin(wav);
  const std::string piece = wav.substr(0, 3000);
  const Reply wrong = send(address, 0, piece, {{"Upload-Checksum", checksum(Digest::kSha1, "another")}});
  EXPECT_EQ(wrong.status, 460);
  EXPECT_EQ(offset(address), "0");
  EXPECT_EQ(send(address, 0, piece, {{"Upload-Checksum", checksum(Digest::kSha1, piece)}}).status, 204);
  const std::string rest = wav.substr(3000);
  EXPECT_EQ(send(address, 3000, rest, {{"Upload-Checksum", checksum(Digest::kSha256, "another")}}).status,
            460);
  EXPECT_EQ(offset(address), "3000");
  EXPECT_EQ(send(address, 3000, rest, {{"Upload-Checksum", checksum(Digest::kSha256, rest)}}).status, 204);
  EXPECT_EQ(state(address), "complete");
  EXPECT_EQ(service.staged_files(), 0U);
  // All of it in one request.
  const std::string once = begin(wav);
  EXPECT_EQ(send(once, 0, wav, {{"Upload-Checksum", checksum(Digest::kSha1, wav)}}).status, 204);
  EXPECT_EQ(service.content(id_of(once)), wav);
  const Reply bad = service.tus(
      Method::kPost, kUploads,
      {{"Upload-Length", length_of(wav)}, {"Upload-Checksum", checksum(Digest::kSha1, "another")}}, piece);
  EXPECT_EQ(bad.status, 460);
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST_F(Tus, BytesOfACheckedChunkThatACrashCutShortAreNotKept) {
  const std::string address = begin(wav);
  ASSERT_EQ(send(address, 0, wav.substr(0, 100)).status, 204);
  {
    auto file =
        uploads::StagedFile::open_resumable(service.services().objects.staging(), id_of(address)).value();
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->mark(100));
    ASSERT_TRUE(file->append("unproven"));
  }  // as the process does when it is killed
  EXPECT_EQ(offset(address), "100");
  EXPECT_EQ(send(address, 100, wav.substr(100)).status, 204);
  EXPECT_EQ(service.content(id_of(address)), wav);
}

TEST_F(Tus, OneRequestAtATimeWrites) {
  const std::string address = begin(wav);
  auto file =
      uploads::StagedFile::open_resumable(service.services().objects.staging(), id_of(address)).value();
  ASSERT_TRUE(file);
  EXPECT_EQ(send(address, 0, wav).status, 423);
  EXPECT_EQ(service.tus(Method::kDelete, address, {}).status, 409);
  file.reset();
  EXPECT_EQ(send(address, 0, wav).status, 204);
}

TEST_F(Tus, TerminationRemovesTheBytes) {
  const std::string half = begin(wav);
  ASSERT_EQ(send(half, 0, wav.substr(0, 50)).status, 204);
  EXPECT_EQ(service.tus(Method::kDelete, half, {}).status, 204);
  const std::string whole = begin(wav);
  ASSERT_EQ(send(whole, 0, wav).status, 204);
  EXPECT_EQ(service.client().send(Method::kDelete, whole).status, 204);
  EXPECT_EQ(head(whole).status, 404);
  EXPECT_EQ(service.tus(Method::kDelete, whole, {}).status, 404);
  EXPECT_EQ(service.staged_files() + service.stored_files(), 0U);
}

TEST_F(Tus, MethodsMayBeOverridden) {
  const std::string address = begin(wav);
  HttpHeaders patch = {{"X-HTTP-Method-Override", "PATCH"}, {"Upload-Offset", "0"}};
  EXPECT_EQ(service.tus(Method::kPost, address, patch, wav).status, 204);
  EXPECT_EQ(state(address), "complete");
  EXPECT_EQ(service.tus(Method::kPost, address, {}, "x").status, 405);
  EXPECT_EQ(service.tus(Method::kPost, address, {{"X-HTTP-Method-Override", "DELETE"}}).status, 204);
  EXPECT_EQ(head(address).status, 404);
}

TEST_F(Tus, PartsArePutTogether) {
  const std::string first = begin(wav.substr(0, 7000), {{"Upload-Concat", "partial"}});
  const std::string second = begin(wav.substr(7000), {{"Upload-Concat", "partial"}});
  EXPECT_EQ(send(second, 0, wav.substr(7000)).status, 204);
  const HttpHeaders whole = {
      {"Upload-Concat", "final;" + first + " http://localhost:8000" + second},
      {"Upload-Metadata", pair("filename", "whole.wav") + "," + pair("create_job", "true")}};
  EXPECT_EQ(service.tus(Method::kPost, kUploads, whole).status, 400) << "the first part has no bytes yet";
  EXPECT_EQ(send(first, 0, wav.substr(0, 7000)).status, 204);
  EXPECT_EQ(head(first).header("Upload-Concat"), "partial");
  EXPECT_EQ(service.client()
                .json(Method::kPost, "/api/v1/jobs", R"({"upload_id":")" + id_of(first) + R"("})")
                .status,
            409);
  const Reply made = service.tus(Method::kPost, kUploads, whole);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string address = made.header("Location");
  EXPECT_EQ(service.content(id_of(address)), wav);
  EXPECT_EQ(head(address).header("Upload-Concat"), whole.front().second);
  EXPECT_EQ(head(address).header("Upload-Offset"), length_of(wav));
  EXPECT_EQ(head(address).header("Upload-Job-Id"), made.header("Upload-Job-Id"));
  EXPECT_NE(made.header("Upload-Job-Id"), "");
  EXPECT_EQ(send(address, wav.size(), "x").status, 403);
  EXPECT_EQ(head(first).status, 404);
  EXPECT_EQ(service.staged_files(), 0U);
  EXPECT_EQ(service.jobs().size(), 1U);
  const HttpHeaders missing = {{"Upload-Concat", "final;" + first}};
  EXPECT_EQ(service.tus(Method::kPost, kUploads, missing).status, 400);
}

TEST_F(Tus, TheLastByteMakesTheJobThatTheMetadataAskFor) {
  const HttpHeaders metadata = {{"Upload-Metadata", pair("filename", "talk.wav") + "," +
                                                        pair("title", "My talk") + "," +
                                                        pair("options", R"({"language":"de"})")}};
  const std::string address = begin(wav, metadata);
  const Reply last = send(address, 0, wav);
  ASSERT_EQ(last.status, 204) << last.body;
  const std::string job_id = last.header("Upload-Job-Id");
  const Job job = service.services().jobs.get(kLocalUserId, job_id).value();
  EXPECT_EQ(job.title, "My talk");
  EXPECT_THAT(job.options, HasSubstr(R"("language":"de")"));
  // A client that did not receive the response repeats the request.
  EXPECT_EQ(head(address).header("Upload-Job-Id"), job_id);
  EXPECT_EQ(service.jobs().size(), 1U);
  const Reply bad =
      service.tus(Method::kPost, kUploads,
                  {{"Upload-Length", "5"}, {"Upload-Metadata", pair("options", R"({"colour":"red"})")}});
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr("options.colour"));
}

// Each state in which a `kill -9` can leave an upload.

TEST_F(Tus, AnUploadWhoseLastByteCameBeforeACrashIsCompletedLater) {
  const std::string address = begin(wav, {{"Upload-Metadata", pair("create_job", "true")}});
  ASSERT_TRUE(write_file_atomically(staged(address), wav, Overwrite::kReplace));
  const Reply standing = head(address);
  EXPECT_EQ(standing.header("Upload-Offset"), length_of(wav));
  EXPECT_NE(standing.header("Upload-Job-Id"), "");
  EXPECT_EQ(state(address), "complete");
}

TEST_F(Tus, AnUploadWhoseBytesWereStoredBeforeACrashIsCompletedLater) {
  const std::string address = begin(wav);
  const fs::path file = service.services().objects.staging() / "moved";
  ASSERT_TRUE(write_file_atomically(file, wav, Overwrite::kReplace));
  ASSERT_TRUE(service.services().objects.put(make_object_key("uploads", id_of(address)), file));
  const Reply job =
      service.client().json(Method::kPost, "/api/v1/jobs", R"({"upload_id":")" + id_of(address) + R"("})");
  EXPECT_EQ(job.status, 202) << job.body;
  EXPECT_EQ(service.content(id_of(address)), wav);
}

TEST_F(Tus, AnUploadThatIsBeingCompletedIsNotShownAsWhole) {
  const std::string address = begin(wav);
  {
    auto last =
        uploads::StagedFile::open_resumable(service.services().objects.staging(), id_of(address)).value();
    ASSERT_TRUE(last->append(wav));
    EXPECT_EQ(head(address).status, 423);
  }
  const auto whole = head(address);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.header("Upload-Offset"), std::to_string(wav.size()));
  EXPECT_EQ(service.services().uploads.get(kLocalUserId, id_of(address))->state, UploadState::kComplete);
}

TEST_F(Tus, UnfinishedUploadsExpire) {
  const std::string half = begin(wav);
  ASSERT_EQ(send(half, 0, wav.substr(0, 50)).status, 204);
  const std::string moved = begin(wav);
  const fs::path file = service.services().objects.staging() / "moved";
  ASSERT_TRUE(write_file_atomically(file, wav, Overwrite::kReplace));
  ASSERT_TRUE(service.services().objects.put(make_object_key("uploads", id_of(moved)), file));
  EXPECT_EQ(uploads::remove_expired(service.services().intake).value(), 0U);
  // Their time is set by hand, because the test cannot wait for a day.
  for (const std::string& address : {half, moved}) {
    Upload upload = service.services().uploads.get(kLocalUserId, id_of(address)).value();
    ASSERT_TRUE(service.services().uploads.remove(kLocalUserId, upload.id));
    upload.expires_at = utc_now() - std::chrono::seconds(1);
    ASSERT_TRUE(service.services().uploads.create(upload));
  }
  EXPECT_EQ(head(half).status, 410);
  EXPECT_EQ(send(half, 50, wav.substr(50)).status, 410);
  {
    auto writing =
        uploads::StagedFile::open_resumable(service.services().objects.staging(), id_of(half)).value();
    EXPECT_EQ(uploads::remove_expired(service.services().intake).value(), 1U)
        << "the one that is being written stays";
  }
  EXPECT_EQ(uploads::remove_expired(service.services().intake).value(), 1U);
  EXPECT_EQ(head(half).status, 404);
  EXPECT_EQ(service.staged_files() + service.stored_files(), 0U);
}

}  // namespace
}  // namespace vat::api
