// Walks every operation of openapi.json with the credentials of a second user: what belongs to the first does
// not exist for them. An operation without a row here fails the test.
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <set>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "auth/testing/issuer.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

/// What an operation has to do with the things of users.
enum class Kind {
  kAdmin,      ///< For admins only: whatever it names, the others get the same refusal.
  kItem,       ///< Its path or body names one thing: for a stranger it is an unknown one.
  kOwn,        ///< Shows or changes only what the caller has.
  kShared,     ///< The same for all users: models, voices, languages.
  kPublic,     ///< Needs no credentials, and shows nothing of anybody.
  kElsewhere,  ///< Not in this router; it shows nothing of any user.
};
enum class Thing { kNone, kUser, kSession, kJob, kUpload, kKey, kWebhook, kDelivery, kShare, kLabel };

struct Row {
  Kind kind = Kind::kItem;
  Thing thing = Thing::kNone;
  std::string body;  ///< "{id}" in it is replaced, as in the path.
  HttpHeaders headers;
  std::string query;
};

const HttpHeaders::value_type kTus = {"Tus-Resumable", "1.0.0"};
const HttpHeaders::value_type kJsonType = {"Content-Type", "application/json"};
const HttpHeaders::value_type kChunk = {"Content-Type", "application/offset+octet-stream"};

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> kRows = {
      {"listJobs", {.kind = Kind::kOwn}},
      {"createJobs", {.thing = Thing::kUpload, .body = R"({"upload_id":"{id}"})", .headers = {kJsonType}}},
      {"getJob", {.thing = Thing::kJob}},
      {"updateJob", {.thing = Thing::kJob, .body = R"({"priority":5})", .headers = {kJsonType}}},
      {"deleteJob", {.thing = Thing::kJob}},
      {"cancelJob", {.thing = Thing::kJob}},
      {"retryJob", {.thing = Thing::kJob}},
      {"rerunJob", {.thing = Thing::kJob, .body = "{}", .headers = {kJsonType}}},
      {"speakTranscript", {.thing = Thing::kJob, .body = "{}", .headers = {kJsonType}}},
      {"streamJobEvents", {.thing = Thing::kJob}},
      {"getTranscript", {.thing = Thing::kJob}},
      {"archiveTranscripts", {.thing = Thing::kJob, .query = "?ids={id}&formats=srt"}},
      {"editTranscript",
       {.thing = Thing::kJob,
        .body = R"({"segments":[{"start":0,"end":2,"text":"Mine now"}]})",
        .headers = {kJsonType, {"If-Match", "*"}}}},
      {"listTranscriptRevisions", {.thing = Thing::kJob}},
      {"listSpeakers", {.thing = Thing::kJob}},
      {"changeSpeakers", {.thing = Thing::kJob, .body = R"({"rename":[]})", .headers = {kJsonType}}},
      {"putSpeakerTurns",
       {.thing = Thing::kJob,
        .body = "SPEAKER talk 1 0 2 <NA> <NA> Mine <NA> <NA>",
        .headers = {{"Content-Type", "text/x-rttm"}}}},
      {"listJobFiles", {.thing = Thing::kJob}},
      {"downloadJobFile", {.thing = Thing::kJob}},
      {"listSentences", {.thing = Thing::kJob}},
      {"makeSentenceAgain", {.thing = Thing::kJob, .body = "{}", .headers = {kJsonType, {"If-Match", "*"}}}},
      {"playSentence", {.thing = Thing::kJob}},
      {"undoSentence", {.thing = Thing::kJob, .headers = {{"If-Match", "*"}}}},
      {"downloadJobMedia", {.thing = Thing::kJob}},
      {"listLabels", {.kind = Kind::kOwn}},
      {"createLabel", {.kind = Kind::kOwn, .body = R"({"name":"x"})", .headers = {kJsonType}}},
      {"renameLabel", {.thing = Thing::kLabel, .body = R"({"name":"y"})", .headers = {kJsonType}}},
      {"deleteLabel", {.thing = Thing::kLabel}},
      {"labelJobs", {.thing = Thing::kJob, .body = R"({"job_ids":["{id}"]})", .headers = {kJsonType}}},
      {"checkSubtitles", {.thing = Thing::kJob}},
      {"fixSubtitles", {.thing = Thing::kJob, .body = "{}", .headers = {kJsonType, {"If-Match", "*"}}}},
      {"listShares", {.thing = Thing::kJob}},
      {"createShare", {.thing = Thing::kJob, .body = "{}", .headers = {kJsonType}}},
      {"deleteShare", {.thing = Thing::kJob}},
      // With a link that nobody made; those of the owner are tested beside their routes.
      {"getShared", {.kind = Kind::kPublic}},
      {"getSharedTranscript", {.kind = Kind::kPublic}},
      {"getSharedMedia", {.kind = Kind::kPublic}},
      {"getSharedWaveform", {.kind = Kind::kPublic}},
      {"getSharedThumbnail", {.kind = Kind::kPublic}},
      {"getSharedFilmstrip", {.kind = Kind::kPublic}},
      {"getSharedFilmstripSheet", {.kind = Kind::kPublic}},
      {"getWaveform", {.thing = Thing::kJob}},
      {"getThumbnail", {.thing = Thing::kJob}},
      {"getFilmstrip", {.thing = Thing::kJob}},
      {"getFilmstripSheet", {.thing = Thing::kJob}},
      {"searchTranscripts", {.kind = Kind::kOwn, .query = "?q=country"}},
      {"streamEvents", {.kind = Kind::kOwn, .query = "?last_event_id=0"}},
      {"describeUploads", {.kind = Kind::kPublic}},
      {"createUpload",
       {.thing = Thing::kUpload, .headers = {kTus, {"Upload-Concat", "final;/api/v1/uploads/{id}"}}}},
      {"putUpload", {.kind = Kind::kOwn, .body = "media", .headers = {{"Content-Type", "audio/wav"}}}},
      {"getUpload", {.thing = Thing::kUpload}},
      {"getUploadOffset", {.thing = Thing::kUpload, .headers = {kTus}}},
      {"continueUpload",
       {.thing = Thing::kUpload, .body = "more", .headers = {kTus, kChunk, {"Upload-Offset", "0"}}}},
      {"describeUpload", {.kind = Kind::kPublic}},
      {"overrideUpload", {.thing = Thing::kUpload, .headers = {kTus, {"X-HTTP-Method-Override", "DELETE"}}}},
      {"deleteUpload", {.thing = Thing::kUpload}},
      {"speak", {.kind = Kind::kOwn, .body = R"({"text":"Hello.","as_job":true})", .headers = {kJsonType}}},
      {"listModels", {.kind = Kind::kShared}},
      {"getModel", {.kind = Kind::kShared}},
      {"deleteModel", {.kind = Kind::kShared}},
      {"pullModel", {.kind = Kind::kShared}},
      {"listVoices", {.kind = Kind::kShared}},
      {"listLanguages", {.kind = Kind::kShared}},
      {"getLimits", {.kind = Kind::kOwn}},
      {"getMe", {.kind = Kind::kOwn}},
      {"getPicture", {.kind = Kind::kOwn}},
      {"listKeys", {.kind = Kind::kOwn}},
      {"createKey", {.kind = Kind::kOwn, .body = R"({"name":"x"})", .headers = {kJsonType}}},
      {"deleteKey", {.thing = Thing::kKey}},
      {"listWebhooks", {.kind = Kind::kOwn}},
      {"createWebhook",
       {.kind = Kind::kOwn, .body = R"({"url":"https://example.com/x"})", .headers = {kJsonType}}},
      {"deleteWebhook", {.thing = Thing::kWebhook}},
      {"listDeliveries", {.thing = Thing::kWebhook}},
      {"listJobDeliveries", {.thing = Thing::kJob}},
      {"replayDelivery", {.thing = Thing::kDelivery}},
      {"openaiTranscribe", {.kind = Kind::kOwn}},
      {"openaiTranslate", {.kind = Kind::kOwn}},
      {"openaiSpeak",
       {.kind = Kind::kOwn,
        .body = R"({"model":"tts-1","voice":"alloy","input":"Hello."})",
        .headers = {kJsonType}}},
      {"openaiListModels", {.kind = Kind::kShared}},
      {"openaiGetModel", {.kind = Kind::kShared}},
      {"deleteMe", {.kind = Kind::kOwn, .query = "?confirm=00000000-0000-7000-8000-000000000001"}},
      {"exportMe", {.kind = Kind::kOwn}},
      {"getRetention", {.kind = Kind::kOwn}},
      {"setRetention", {.kind = Kind::kOwn, .body = "{}", .headers = {kJsonType}}},
      {"getPreferences", {.kind = Kind::kOwn}},
      {"changePreferences", {.kind = Kind::kOwn, .body = R"({"theme":"dark"})", .headers = {kJsonType}}},
      {"getLexicon", {.kind = Kind::kOwn}},
      {"setLexicon", {.kind = Kind::kOwn, .body = R"({"text":"a = b"})", .headers = {kJsonType}}},
      {"listUsers", {.kind = Kind::kAdmin}},
      {"getUser", {.kind = Kind::kAdmin, .thing = Thing::kUser}},
      {"updateUser",
       {.kind = Kind::kAdmin, .thing = Thing::kUser, .body = R"({"disabled":true})", .headers = {kJsonType}}},
      {"listAllJobs", {.kind = Kind::kAdmin}},
      {"getStorage", {.kind = Kind::kAdmin}},
      {"getInstance", {.kind = Kind::kAdmin}},
      {"listWorkers", {.kind = Kind::kAdmin}},
      {"listAuditLog", {.kind = Kind::kAdmin}},
      {"listSessions", {.kind = Kind::kOwn}},
      {"endSessions", {.kind = Kind::kOwn}},
      {"endSession", {.thing = Thing::kSession}},
      {"listProviders", {.kind = Kind::kPublic}},
      {"signOut", {.kind = Kind::kPublic}},
      {"signOutByProvider", {.kind = Kind::kPublic}},
      {"createToken", {.kind = Kind::kOwn, .body = "{}", .headers = {kJsonType}}},
      {"refreshToken", {.kind = Kind::kPublic, .body = R"({"refresh_token":"x"})", .headers = {kJsonType}}},
      {"getTokenKeys", {.kind = Kind::kPublic}},
      {"getHealth", {.kind = Kind::kElsewhere}},
      {"getReadiness", {.kind = Kind::kElsewhere}},
      {"getMetrics", {.kind = Kind::kElsewhere}},
  };
  return kRows;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

Method method_of(std::string_view name) {
  const std::map<std::string_view, Method> methods = {
      {"get", Method::kGet},        {"head", Method::kHead},   {"post", Method::kPost},
      {"put", Method::kPut},        {"patch", Method::kPatch}, {"delete", Method::kDelete},
      {"options", Method::kOptions}};
  return methods.at(name);
}

struct Operation {
  std::string id;
  Method method = Method::kGet;
  std::string path;
  bool is_public = false;  ///< By the document.
};

/// Everything that a client sees of a response, but for identifiers that it sent itself.
std::string seen(const Reply& reply, const std::string& id) {
  std::string all = std::to_string(reply.status) + "\n";
  for (const auto& [name, value] : reply.headers) all += name + ": " + value + "\n";
  return replaced(all + "\n" + reply.body, id, "ID");
}

class Isolation : public ::testing::Test {
 protected:
  Isolation() {
    service.services().limits.heartbeat = std::chrono::milliseconds(20);
    const Reply hook =
        service.client->json(Method::kPost, "/api/v1/webhooks", R"({"url":"https://owner.example/hook"})");
    const Reply key = service.client->json(Method::kPost, "/api/v1/keys", R"({"name":"Owner's laptop"})");
    const auto id_of = [](const Reply& reply) {
      return json::value_to<std::string>(json::parse(reply.body).at("id"));
    };
    things = {{Thing::kUpload, service.upload("Owner's recording.mp4", "owner")},
              {Thing::kJob, service.completed("Owner's talk").id},
              {Thing::kUser, kLocalUserId},
              // The local user has none; those of others are tested beside the store of sessions.
              {Thing::kSession, make_uuid()},
              {Thing::kKey, id_of(key)},
              {Thing::kWebhook, id_of(hook)}};
    things[Thing::kShare] =
        id_of(service.client->json(Method::kPost, job_path(things.at(Thing::kJob)) + "/shares", "{}"));
    things[Thing::kLabel] =
        id_of(service.client->json(Method::kPost, "/api/v1/labels", R"({"name":"Owner's label"})"));
    const Reply deliveries =
        service.client->get("/api/v1/webhooks/" + things.at(Thing::kWebhook) + "/deliveries");
    things[Thing::kDelivery] =
        json::value_to<std::string>(json::parse(deliveries.body).at("items").at(0).at("id"));
  }

  std::vector<Operation> operations() {
    std::vector<Operation> all;
    const json::value document = json::parse(service.client->get("/openapi.json").body);
    for (const auto& [path, item] : document.at("paths").as_object()) {
      for (const auto& [method, value] : item.as_object()) {
        if (method == "parameters") continue;
        const json::object& operation = value.as_object();
        const json::value* const security = operation.if_contains("security");
        all.push_back({.id = json::value_to<std::string>(operation.at("operationId")),
                       .method = method_of(method),
                       .path = path,
                       .is_public = security != nullptr && security->as_array().empty()});
      }
    }
    return all;
  }

  /// The operation on the thing `id`, with these credentials.
  Reply call(const Operation& operation, const Row& row, const std::string& id, const HttpHeaders& who) {
    HttpHeaders headers = who;
    for (const auto& [name, value] : row.headers) headers.emplace_back(name, replaced(value, "{id}", id));
    std::string target = replaced(operation.path + row.query, "{id}", id);
    target = replaced(replaced(target, "{name}", "talk.srt"), "{model}", "talk.srt");
    target = replaced(target, "{index}", "0");
    target =
        replaced(replaced(target, "{share_id}", things.at(Thing::kShare)), "{token}", std::string(43, 'x'));
    const bool stream = row.kind == Kind::kOwn && operation.id == "streamEvents";
    if (stream) return service.client->follow(target, headers, [](const std::string&) { return true; });
    return service.client->send(operation.method, target, replaced(row.body, "{id}", id), headers);
  }

  /// All that the owner has, as the owner sees it.
  std::string standing() {
    std::string all;
    for (const auto& [thing, id] : things)
      for (const char* const before : {"/api/v1/jobs/", "/api/v1/uploads/", "/api/v1/webhooks/"})
        for (const char* const behind : {"", "/transcript", "/files", "/shares", "/deliveries"})
          all += seen(service.client->get(before + id + behind), id);
    for (const char* const list : {"/api/v1/jobs", "/api/v1/keys", "/api/v1/labels", "/api/v1/webhooks"})
      all += service.client->get(list).body;
    return all;
  }

  TestService service;
  const HttpHeaders stranger = service.other_user();
  std::map<Thing, std::string> things;
};

TEST_F(Isolation, HasARowForEveryOperation) {
  std::set<std::string> documented;
  for (const Operation& operation : operations()) {
    documented.insert(operation.id);
    const auto row = rows().find(operation.id);
    ASSERT_NE(row, rows().end()) << operation.id << " is new: say here what strangers may see of it.";
    const bool open = row->second.kind == Kind::kPublic || row->second.kind == Kind::kElsewhere;
    EXPECT_EQ(open, operation.is_public) << operation.id;
    if (operation.path.find("{id}") != std::string::npos && !operation.is_public) {
      EXPECT_TRUE(row->second.kind == Kind::kItem || row->second.kind == Kind::kAdmin)
          << operation.id << " names a thing.";
    }
  }
  for (const auto& [id, row] : rows()) EXPECT_TRUE(documented.contains(id)) << id << " does not exist.";
}

TEST_F(Isolation, LetsNobodySeeOrTouchAnothersThings) {
  const std::string before = standing();
  int walked = 0;
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    if (row.kind != Kind::kItem && row.kind != Kind::kAdmin) continue;
    const std::string unknown = make_uuid();
    const std::string owned = row.thing == Thing::kNone ? unknown : things.at(row.thing);
    const Reply nothing = call(operation, row, unknown, stranger);
    EXPECT_GE(nothing.status, 400) << operation.id << nothing.body;
    if (row.kind == Kind::kAdmin) {
      EXPECT_EQ(nothing.status, 403) << operation.id;
    }
    EXPECT_EQ(seen(call(operation, row, owned, stranger), owned), seen(nothing, unknown)) << operation.id;
    if (operation.method == Method::kGet) {
      Operation head = operation;
      head.method = Method::kHead;
      EXPECT_EQ(seen(call(head, row, owned, stranger), owned),
                seen(call(head, row, unknown, stranger), unknown))
          << operation.id;
    }
    ++walked;
  }
  EXPECT_GT(walked, 25);
  EXPECT_EQ(standing(), before);
}

TEST_F(Isolation, ShowsEveryoneTheirOwnThingsOnly) {
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    if (row.kind == Kind::kItem || row.kind == Kind::kAdmin || row.kind == Kind::kElsewhere) continue;
    const std::string shown = seen(call(operation, row, make_uuid(), stranger), "no id");
    EXPECT_THAT(shown, Not(HasSubstr("wner"))) << operation.id;
    EXPECT_THAT(shown, Not(HasSubstr("your country"))) << operation.id;
    for (const auto& [thing, id] : things) EXPECT_THAT(shown, Not(HasSubstr(id))) << operation.id;
  }
}

TEST_F(Isolation, LetsNobodyInWithoutCredentials) {
  auth::testing::TestWeb web;
  service.require_sign_in(web);
  const HttpHeaders session = service.session_of(kLocalUserId);
  const json::value sessions = json::parse(service.client->get("/api/v1/sessions", session).body);
  things[Thing::kSession] = json::value_to<std::string>(sessions.at("items").at(0).at("id"));
  int walked = 0;
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    if (row.kind == Kind::kElsewhere) continue;
    const std::string unknown = make_uuid();
    const std::string owned = row.thing == Thing::kNone ? unknown : things.at(row.thing);
    const std::string shown = seen(call(operation, row, owned, {}), owned);
    if (row.kind == Kind::kPublic) {
      EXPECT_THAT(shown, Not(HasSubstr("wner"))) << operation.id;
      continue;
    }
    EXPECT_EQ(shown, seen(call(operation, row, unknown, {}), unknown)) << operation.id;
    EXPECT_THAT(shown, ::testing::StartsWith("401\n")) << operation.id;
    ++walked;
  }
  EXPECT_GT(walked, 50);
  EXPECT_EQ(service.client->get(job_path(things.at(Thing::kJob)), session).status, 200)
      << "all is still there";
  for (const char* const list : {"/api/v1/jobs", "/api/v1/keys", "/api/v1/webhooks", "/api/v1/sessions"})
    EXPECT_THAT(service.client->get(list, session).body, Not(HasSubstr("\"items\":[]"))) << list;
  // Nor does a stranger's key end the owner's session.
  const auto end = [&](const std::string& id) {
    return seen(service.client->send(Method::kDelete, "/api/v1/sessions/" + id, {}, stranger), id);
  };
  const std::string unknown = make_uuid();
  EXPECT_EQ(end(things.at(Thing::kSession)), end(unknown));
  EXPECT_EQ(service.client->get("/api/v1/sessions", session).status, 200);
}

/// A sanity check of the walk itself: the owner does see all this.
TEST_F(Isolation, WalksOperationsThatWorkForTheOwner) {
  for (const Operation& operation : operations()) {
    const Row& row = rows().at(operation.id);
    const bool changes = operation.method != Method::kGet;
    if (row.kind != Kind::kItem || changes) continue;
    // Of a speech, which this job has not.
    if (operation.path.find("/sentences") != std::string::npos) continue;
    const std::string& owned = things.at(row.thing);
    const Reply reply = operation.id == "streamJobEvents"
                            ? service.client->follow("/api/v1/jobs/" + owned + "/events", {},
                                                     [](const std::string&) { return true; })
                            : call(operation, row, owned, {});
    EXPECT_EQ(reply.status, 200) << operation.id << reply.body;
  }
}

using Clock = std::chrono::steady_clock;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The bound is wide, because machines are busy: it finds another path through the program, such as one more
/// query. The figures are printed.
TEST_F(Isolation, AnswersForUnknownAndForeignThingsEquallyFast) {
  constexpr int kTimes = 400;
  for (const Thing thing : {Thing::kJob, Thing::kUpload}) {
    const std::string path = thing == Thing::kJob ? "/api/v1/jobs/" : "/api/v1/uploads/";
    std::vector<double> foreign;
    std::vector<double> unknown;
    const auto measure = [&](const std::string& id, std::vector<double>& times) {
      const auto start = Clock::now();
      (void)service.client->get(path + id, stranger);
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    };
    for (int i = 0; i < kTimes; ++i) {
      measure(things.at(thing), foreign);
      measure(make_uuid(), unknown);
    }
    const double ratio = median(foreign) / median(unknown);
    std::printf("%s foreign %.1f us, unknown %.1f us, ratio %.3f (medians of %d)\n", path.c_str(),
                median(foreign), median(unknown), ratio, kTimes);
    EXPECT_GT(ratio, 0.5);
    EXPECT_LT(ratio, 2.0);
  }
}

}  // namespace
}  // namespace vat::api
