#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class JobStoreTest : public testing::DatabaseTest {
 protected:
  JobStore& jobs() { return db_->jobs(); }
  ErrorCode code_of(const auto& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  std::vector<std::string> titles(const JobFilter& filter) {
    std::vector<std::string> found;
    const JobPage page = jobs().list(kLocalUserId, filter).value();
    for (const Job& job : page.jobs) found.push_back(job.title);
    return found;
  }
  NewJob new_job(const std::string& upload_id) {
    NewJob job;
    job.user_id = kLocalUserId;
    job.title = "Talk";
    job.upload_id = upload_id;
    job.options = "{}";
    return job;
  }
  std::uint64_t count(JobState state) {
    return jobs().count_by_state(kLocalUserId).value().at(static_cast<std::size_t>(state));
  }
};
VAT_ON_BOTH_ENGINES(JobStoreTest);

TEST_P(JobStoreTest, AJobComesBackAsItWasMade) {
  const Upload upload = add_upload();
  NewJob wanted = new_job(upload.id);
  wanted.title = "Grüße 世界 \"x\" 'y'.mp4";
  wanted.options = R"({"language":"de"})";
  wanted.priority = -3;
  wanted.webhook_url = "https://example.com/hook";
  const Job made = jobs().create({wanted}, {}).value().jobs.at(0);
  EXPECT_TRUE(is_uuid(made.id));
  const Job job = jobs().get(kLocalUserId, made.id).value();
  EXPECT_EQ(job.id, made.id);
  EXPECT_EQ(job.user_id, kLocalUserId);
  EXPECT_EQ(job.kind, JobKind::kProcess);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.title, wanted.title);
  EXPECT_EQ(job.upload_id, upload.id);
  EXPECT_EQ(job.options, wanted.options);
  EXPECT_EQ(job.priority, -3);
  EXPECT_EQ(job.progress, JobProgress());
  EXPECT_EQ(job.duration, Millis(90'000)) << "the length that the probe of the upload found";
  EXPECT_EQ(job.webhook_url, wanted.webhook_url);
  EXPECT_EQ(job.created_at, now());
  EXPECT_EQ(job.attempt, 0);
  EXPECT_FALSE(job.failure || job.started_at || job.finished_at || job.not_before);
}

TEST_P(JobStoreTest, AJobOfSpeechHasATextAndNoUpload) {
  NewJob wanted = new_job({});
  wanted.kind = JobKind::kSpeech;
  wanted.input_text = "Say this: %s; DROP TABLE jobs; --";
  const Job made = jobs().create({wanted}, {}).value().jobs.at(0);
  EXPECT_EQ(jobs().get(kLocalUserId, made.id)->input_text, wanted.input_text);
  EXPECT_EQ(jobs().list(kLocalUserId, {})->jobs.at(0).input_text, "") << "lists are short";
}

TEST_P(JobStoreTest, AJobNeedsACompleteUploadOfItsUser) {
  Upload unfinished;
  unfinished.user_id = kLocalUserId;
  unfinished = db_->uploads().create(unfinished).value();
  const Upload foreign = add_upload(testing::kOtherUserId);
  for (const std::string& id : {unfinished.id, foreign.id, make_uuid(), std::string("x'y"), std::string()}) {
    EXPECT_EQ(code_of(jobs().create({new_job(id)}, {})), ErrorCode::kNotFound) << id;
  }
  // All or none.
  EXPECT_EQ(code_of(jobs().create({new_job(add_upload().id), new_job(foreign.id)}, {})),
            ErrorCode::kNotFound);
  EXPECT_THAT(titles({}), IsEmpty());
}

TEST_P(JobStoreTest, ANewJobIsToldOfOnceItIsStored) {
  const Job job = add_job();
  EXPECT_THAT(bus_.kinds(job.id),
              UnorderedElementsAre(Notification::Kind::kEvent, Notification::Kind::kQueued));
  const auto events = this->events(job.id);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "state");
  EXPECT_EQ(events[0].data, R"({"state":"queued","attempt":0})");
  EXPECT_EQ(events[0].user_id, kLocalUserId);
}

TEST_P(JobStoreTest, TheSameKeyGivesTheSameJobsAgain) {
  const IdempotencyKey key{"key 1", "hash"};
  const auto first = jobs().create({new_job(add_upload().id), new_job(add_upload().id)}, key).value();
  EXPECT_FALSE(first.replayed);
  const auto again = jobs().create({new_job(add_upload().id)}, key).value();
  EXPECT_TRUE(again.replayed);
  ASSERT_EQ(again.jobs.size(), 2U);
  EXPECT_EQ(again.jobs[0].id, first.jobs[0].id);
  EXPECT_EQ(again.jobs[1].id, first.jobs[1].id);
  EXPECT_EQ(jobs().find_idempotent(kLocalUserId, key)->size(), 2U);

  const IdempotencyKey other{"key 1", "another"};
  EXPECT_EQ(code_of(jobs().create({new_job(add_upload().id)}, other)), ErrorCode::kExists);
  EXPECT_EQ(code_of(jobs().find_idempotent(kLocalUserId, other)), ErrorCode::kExists);
  EXPECT_THAT(jobs().find_idempotent(kLocalUserId, {"key 2", "hash"}).value(), IsEmpty());
  EXPECT_THAT(jobs().find_idempotent(testing::kOtherUserId, key).value(), IsEmpty());
  EXPECT_EQ(titles({}).size(), 2U);
}

TEST_P(JobStoreTest, AKeyIsFreeAgainAfterADayOrWhenItsJobsAreGone) {
  const IdempotencyKey key{"key", "hash"};
  const std::string first = jobs().create({new_job(add_upload().id)}, key)->jobs.at(0).id;
  advance(std::chrono::hours(25));
  EXPECT_THAT(jobs().find_idempotent(kLocalUserId, key).value(), IsEmpty());
  const auto second = jobs().create({new_job(add_upload().id)}, IdempotencyKey{"key", "other"}).value();
  EXPECT_FALSE(second.replayed);
  EXPECT_NE(second.jobs.at(0).id, first);
  ASSERT_TRUE(jobs().remove(kLocalUserId, second.jobs[0].id).has_value());
  EXPECT_FALSE(jobs().create({new_job(add_upload().id)}, IdempotencyKey{"key", "other"})->replayed);
}

TEST_P(JobStoreTest, AFailedRequestLeavesItsKeyFree) {
  const IdempotencyKey key{"key", "hash"};
  EXPECT_EQ(code_of(jobs().create({new_job(make_uuid())}, key)), ErrorCode::kNotFound);
  EXPECT_FALSE(jobs().create({new_job(add_upload().id)}, key)->replayed);
}

TEST_P(JobStoreTest, JobsOfAnotherUserAreNotThere) {
  const Job job = add_job();
  const std::string other = testing::kOtherUserId;
  EXPECT_EQ(code_of(jobs().get(other, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().cancel(other, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().retry(other, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().change(other, job.id, {.priority = 1, .title = {}})), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().remove(other, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().artifacts(other, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().artifact(other, job.id, "a")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(jobs().events(other, job.id, 0, 10)), ErrorCode::kNotFound);
  EXPECT_THAT(jobs().events(other, {}, 0, 10).value(), IsEmpty());
  EXPECT_EQ(jobs().last_event_id(other).value(), 0);
  EXPECT_THAT(jobs().list(other, {})->jobs, IsEmpty());
  EXPECT_THAT(jobs().count_by_state(other).value(), ElementsAre(0, 0, 0, 0, 0));
}

TEST_P(JobStoreTest, WhatIsNoIdentifierIsNotThere) {
  for (const std::string& id :
       {std::string(), std::string("'; --"), std::string(36, 'x'), std::string("a\0b", 3)}) {
    EXPECT_EQ(code_of(jobs().get(kLocalUserId, id)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(jobs().cancel(kLocalUserId, id)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(jobs().get(id, make_uuid())), ErrorCode::kNotFound);
  }
  JobFilter filter;
  filter.after_id = "x";
  EXPECT_EQ(code_of(jobs().list(kLocalUserId, filter)), ErrorCode::kInvalidArgument);
}

TEST_P(JobStoreTest, PagesFollowOneAnotherAndNothingIsSeenTwice) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(add_job().id);
  std::reverse(made.begin(), made.end());
  std::vector<std::string> seen;
  JobFilter filter;
  filter.limit = 3;
  for (bool more = true; more;) {
    const JobPage page = jobs().list(kLocalUserId, filter).value();
    for (const Job& job : page.jobs) seen.push_back(job.id);
    more = page.more;
    filter.after_id = seen.back();
    if (seen.size() == 3) add_job();  // a new one does not shift the pages
  }
  EXPECT_EQ(seen, made);
}

TEST_P(JobStoreTest, ListsAreFiltered) {
  const Job first = add_job(kLocalUserId, "Überfahrt 100%_a\\b.mp4");
  advance(std::chrono::hours(1));
  const UtcTime middle = now();
  advance(std::chrono::hours(1));
  const Job second = add_job(kLocalUserId, "Other.mp4");
  ASSERT_TRUE(jobs().cancel(kLocalUserId, first.id).has_value());
  const auto filtered = [&](auto set) {
    JobFilter filter;
    set(filter);
    return titles(filter);
  };
  EXPECT_THAT(filtered([](JobFilter&) {}), ElementsAre(second.title, first.title));
  EXPECT_THAT(filtered([](JobFilter& f) { f.state = JobState::kCancelled; }), ElementsAre(first.title));
  EXPECT_THAT(filtered([](JobFilter& f) { f.state = JobState::kFailed; }), IsEmpty());
  EXPECT_THAT(filtered([](JobFilter& f) { f.kind = JobKind::kSpeech; }), IsEmpty());
  EXPECT_THAT(filtered([&](JobFilter& f) { f.created_after = middle; }), ElementsAre(second.title));
  EXPECT_THAT(filtered([&](JobFilter& f) { f.created_before = middle; }), ElementsAre(first.title));
  EXPECT_THAT(filtered([](JobFilter& f) { f.title = "üBERFAHRT"; }), ElementsAre(first.title))
      << "without case";
  EXPECT_THAT(filtered([](JobFilter& f) { f.title = "100%_A\\B"; }), ElementsAre(first.title));
  EXPECT_THAT(filtered([](JobFilter& f) { f.title = "%"; }), ElementsAre(first.title)) << "no wildcard";
  EXPECT_THAT(filtered([](JobFilter& f) { f.title = "O_her"; }), IsEmpty());
  EXPECT_THAT(filtered([](JobFilter& f) {
                f.title = "other";
                f.state = JobState::kQueued;
                f.kind = JobKind::kProcess;
              }),
              ElementsAre(second.title));
}

TEST_P(JobStoreTest, AQueuedJobIsCancelledAtOnce) {
  const Job job = add_job();
  bus_.clear();
  const Job cancelled = jobs().cancel(kLocalUserId, job.id).value();
  EXPECT_EQ(cancelled.state, JobState::kCancelled);
  EXPECT_EQ(cancelled.finished_at, now());
  EXPECT_EQ(jobs().get(kLocalUserId, job.id)->state, JobState::kCancelled);
  EXPECT_EQ(count(JobState::kCancelled), 1U);
  EXPECT_THAT(bus_.kinds(job.id),
              UnorderedElementsAre(Notification::Kind::kEvent, Notification::Kind::kCancel));
  EXPECT_EQ(code_of(jobs().cancel(kLocalUserId, job.id)), ErrorCode::kExists) << "it has ended";
  EXPECT_FALSE(try_claim());
}

TEST_P(JobStoreTest, ACancelledJobCanBeRetried) {
  const Job job = add_job();
  EXPECT_EQ(code_of(jobs().retry(kLocalUserId, job.id)), ErrorCode::kExists) << "it is queued";
  ASSERT_TRUE(jobs().cancel(kLocalUserId, job.id).has_value());
  bus_.clear();
  const Job retried = jobs().retry(kLocalUserId, job.id).value();
  EXPECT_EQ(retried.state, JobState::kQueued);
  EXPECT_FALSE(retried.finished_at);
  EXPECT_THAT(bus_.kinds(job.id),
              UnorderedElementsAre(Notification::Kind::kEvent, Notification::Kind::kQueued));
  EXPECT_EQ(claim().job.id, job.id);
}

TEST_P(JobStoreTest, APriorityWithinItsBoundsIsSet) {
  const Job job = add_job();
  EXPECT_EQ(jobs().change(kLocalUserId, job.id, {.priority = 10, .title = {}})->priority, 10);
  EXPECT_EQ(jobs().get(kLocalUserId, job.id)->priority, 10);
  EXPECT_EQ(jobs().get(kLocalUserId, job.id)->title, job.title);
  EXPECT_EQ(code_of(jobs().change(kLocalUserId, job.id, {.priority = 11, .title = {}})),
            ErrorCode::kInvalidArgument);
  NewJob wanted = new_job(add_upload().id);
  wanted.priority = -11;
  EXPECT_EQ(code_of(jobs().create({wanted}, {})), ErrorCode::kInvalidArgument);
}

TEST_P(JobStoreTest, ARenamedJobIsFoundByItsNewTitleOnly) {
  const Job job = add_job();
  EXPECT_EQ(jobs().change(kLocalUserId, job.id, {.priority = {}, .title = "Über München"})->title,
            "Über München");
  JobFilter filter;
  filter.title = "über";
  ASSERT_EQ(jobs().list(kLocalUserId, filter)->jobs.size(), 1U);
  EXPECT_EQ(jobs().list(kLocalUserId, filter)->jobs[0].priority, job.priority);
  filter.title = job.title;
  EXPECT_TRUE(jobs().list(kLocalUserId, filter)->jobs.empty());
}

TEST_P(JobStoreTest, ARemovedJobLeavesOnlyTheNewsOfIt) {
  const Job job = add_job();
  const ClaimedJob claimed = claim();
  Artifact artifact{.name = "talk.srt", .kind = "transcript", .content_type = "text/plain", .size = 7};
  artifact.object_key = "artifacts/one";
  ASSERT_TRUE(db_->queue().save_artifact(claimed.lease, artifact).has_value());
  EXPECT_EQ(code_of(jobs().remove(kLocalUserId, job.id)), ErrorCode::kExists) << "it is running";
  ASSERT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
  const std::string upload_key = db_->uploads().get(kLocalUserId, job.upload_id)->object_key;

  EXPECT_THAT(jobs().remove(kLocalUserId, job.id).value(), UnorderedElementsAre("artifacts/one", upload_key));
  EXPECT_EQ(code_of(jobs().get(kLocalUserId, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(db_->uploads().get(kLocalUserId, job.upload_id)), ErrorCode::kNotFound);
  const auto left = jobs().events(kLocalUserId, {}, 0, 100).value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].type, "deleted");
  EXPECT_EQ(left[0].job_id, job.id);
}

TEST_P(JobStoreTest, FilesOfAJobThatEndedAreChangedAtOnceOrNotAtAll) {
  const Job job = add_job();
  const ClaimedJob claimed = claim();
  const auto file = [](const std::string& name, const std::string& key, std::string_view kind) {
    return Artifact{.id = make_uuid(), .name = name, .kind = std::string(kind), .size = 7, .object_key = key};
  };
  const Artifact speech = file("talk.mp3", "artifacts/speech", "speech");
  const Artifact list = file("list", "artifacts/list", kTakesKind);
  const Artifact take = file("take", "artifacts/take", kTakeKind);
  for (const Artifact& one : {speech, list, take})
    ASSERT_TRUE(db_->queue().save_artifact(claimed.lease, one).has_value());
  const Artifact newer = file("list", "artifacts/list2", kTakesKind);
  ArtifactChange change{.based_on = list.id,
                        .made = {file("talk.mp3", "artifacts/speech2", "speech"), newer},
                        .dropped = {"take", "never there"}};
  EXPECT_EQ(code_of(jobs().change_artifacts(kLocalUserId, job.id, change)), ErrorCode::kExists) << "it runs";
  ASSERT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
  EXPECT_EQ(code_of(jobs().change_artifacts(testing::kOtherUserId, job.id, change)), ErrorCode::kNotFound);
  const UtcTime before = jobs().get(kLocalUserId, job.id)->updated_at;
  advance(std::chrono::seconds(1));
  EXPECT_THAT(jobs().change_artifacts(kLocalUserId, job.id, change).value().value(),
              UnorderedElementsAre("artifacts/speech", "artifacts/list", "artifacts/take"));
  EXPECT_EQ(jobs().artifact(kLocalUserId, job.id, "talk.mp3")->object_key, "artifacts/speech2");
  EXPECT_EQ(jobs().artifact(kLocalUserId, job.id, "list")->id, newer.id);
  EXPECT_EQ(code_of(jobs().artifact(kLocalUserId, job.id, "take")), ErrorCode::kNotFound);
  EXPECT_GT(jobs().get(kLocalUserId, job.id)->updated_at, before);
  const auto told = jobs().events(kLocalUserId, job.id, 0, 100).value();
  EXPECT_EQ(
      std::count_if(told.begin(), told.end(), [](const JobEvent& one) { return one.type == "artifact"; }), 2)
      << "of the speech, twice, and of nothing that nobody asked for";
  EXPECT_EQ(jobs().change_artifacts(kLocalUserId, job.id, change).value(), std::nullopt) << "it was changed";
}

TEST_P(JobStoreTest, WhatJobsShareStaysUntilTheLastIsRemoved) {
  // Two uploads with one content, the first of them used by two jobs.
  const Upload one = add_upload(kLocalUserId, std::string(64, 'a'), "uploads/shared");
  const Upload two = add_upload(kLocalUserId, std::string(64, 'a'), "uploads/shared");
  const auto made = jobs().create({new_job(one.id), new_job(one.id), new_job(two.id)}, {}).value().jobs;
  EXPECT_THAT(jobs().remove(kLocalUserId, made[0].id).value(), IsEmpty());
  EXPECT_TRUE(db_->uploads().get(kLocalUserId, one.id).has_value());
  EXPECT_THAT(jobs().remove(kLocalUserId, made[1].id).value(), IsEmpty());
  EXPECT_EQ(code_of(db_->uploads().get(kLocalUserId, one.id)), ErrorCode::kNotFound);
  EXPECT_THAT(jobs().remove(kLocalUserId, made[2].id).value(), ElementsAre("uploads/shared"));
}

TEST_P(JobStoreTest, EventsAreReadFromWhereOneStopped) {
  const Job one = add_job();
  const Job two = add_job();
  ASSERT_TRUE(jobs().cancel(kLocalUserId, one.id).has_value());
  const auto all = jobs().events(kLocalUserId, {}, 0, 100).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(
      std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; }));
  EXPECT_EQ(jobs().last_event_id(kLocalUserId).value(), all[2].id);
  EXPECT_EQ(jobs().events(kLocalUserId, {}, all[0].id, 1)->at(0).id, all[1].id);
  EXPECT_THAT(jobs().events(kLocalUserId, {}, all[2].id, 100).value(), IsEmpty());
  const auto of_one = jobs().events(kLocalUserId, one.id, 0, 100).value();
  ASSERT_EQ(of_one.size(), 2U);
  EXPECT_EQ(of_one[1].data, R"({"state":"cancelled","attempt":0})");
  EXPECT_EQ(jobs().events(kLocalUserId, two.id, 0, 100)->size(), 1U);
}

TEST_P(JobStoreTest, AFileIsFoundByItsName) {
  const Job job = add_job();
  EXPECT_THAT(jobs().artifacts(kLocalUserId, job.id).value(), IsEmpty());
  const ClaimedJob claimed = claim();
  Artifact artifact{.name = "Vortrag ü.srt", .kind = "transcript", .content_type = "text/plain", .size = 7};
  artifact.sha256 = std::string(64, 'b');
  artifact.object_key = "artifacts/one";
  ASSERT_TRUE(db_->queue().save_artifact(claimed.lease, artifact).has_value());
  const Artifact found = jobs().artifact(kLocalUserId, job.id, "Vortrag ü.srt").value();
  EXPECT_EQ(found.job_id, job.id);
  EXPECT_EQ(found.kind, "transcript");
  EXPECT_EQ(found.content_type, "text/plain");
  EXPECT_EQ(found.size, 7U);
  EXPECT_EQ(found.sha256, artifact.sha256);
  EXPECT_EQ(found.object_key, "artifacts/one");
  EXPECT_EQ(found.created_at, now());
  EXPECT_EQ(code_of(jobs().artifact(kLocalUserId, job.id, "vortrag ü.srt")), ErrorCode::kNotFound);
  EXPECT_EQ(jobs().artifacts(kLocalUserId, job.id)->at(0).id, found.id);
}

TEST_P(JobStoreTest, ALinkBecomesAJobWithAnUploadThatOnlyItsWorkerFills) {
  const NewJob wanted{.user_id = kLocalUserId,
                      .title = "talk.mp4",
                      .options = "{}",
                      .source_url = "https://example.com/talk.mp4?key=1",
                      .source_name = "talk.mp4"};
  const Job made = db_->jobs().create({wanted}, std::nullopt)->jobs.at(0);
  EXPECT_EQ(made.progress.stage, Stage::kFetch);
  const Job found = db_->jobs().get(kLocalUserId, made.id).value();
  EXPECT_EQ(found.source_url, wanted.source_url);
  EXPECT_EQ(found.progress.stage, Stage::kFetch);
  EXPECT_EQ(db_->jobs().list(kLocalUserId, {})->jobs.at(0).source_url, wanted.source_url);
  Upload upload = db_->uploads().get(kLocalUserId, found.upload_id).value();
  EXPECT_EQ(upload.state, UploadState::kReceiving);
  EXPECT_TRUE(upload.used);
  EXPECT_EQ(upload.filename, "talk.mp4");
  EXPECT_FALSE(upload.expires_at) << "it waits as long as its job";
  EXPECT_TRUE(db_->uploads().expired(now() + std::chrono::hours(24 * 365), 100)->empty());

  const ClaimedJob claimed = claim();
  EXPECT_EQ(claimed.job.source_url, wanted.source_url);
  EXPECT_EQ(claimed.upload_key, "");
  upload.filename = "Own name.mp4";
  upload.content_type = "video/mp4";
  upload.size = 7;
  upload.object_key = "uploads/one";
  upload.expires_at = now() + std::chrono::hours(1);
  ASSERT_TRUE(db_->uploads().complete(upload));
  ASSERT_TRUE(db_->queue().describe(claimed.lease, {.duration = Millis(9'000), .title = "Own name.mp4"}));
  upload = db_->uploads().get(kLocalUserId, upload.id).value();
  EXPECT_EQ(upload.filename, "Own name.mp4");
  EXPECT_EQ(upload.content_type, "video/mp4");
  EXPECT_FALSE(upload.expires_at) << "a job uses it";
  EXPECT_EQ(db_->jobs().get(kLocalUserId, made.id)->title, "Own name.mp4");
  EXPECT_EQ(db_->jobs().list(kLocalUserId, {.title = "OWN NAME"})->jobs.size(), 1U);
  ASSERT_TRUE(db_->queue().release(claimed.lease));
  EXPECT_EQ(claim().upload_key, "uploads/one");
}

TEST_P(JobStoreTest, ALinkThatWasNotFetchedGoesWithItsJob) {
  const NewJob wanted{.user_id = kLocalUserId,
                      .title = "talk.mp4",
                      .options = "{}",
                      .source_url = "https://example.com/talk.mp4",
                      .source_name = "talk.mp4"};
  const Job made = db_->jobs().create({wanted}, std::nullopt)->jobs.at(0);
  EXPECT_TRUE(db_->jobs().remove(kLocalUserId, made.id)->empty());
  EXPECT_FALSE(db_->uploads().get(kLocalUserId, made.upload_id));
}

}  // namespace
}  // namespace vat::db
