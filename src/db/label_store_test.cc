#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LabelStoreTest : public testing::DatabaseTest {
 protected:
  LabelStore& labels() { return db_->labels(); }
  std::string add(const std::string& name, const std::string& user = kLocalUserId) {
    return labels().create(user, name).value().id;
  }
  std::vector<std::string> of(const Job& job) {
    std::vector<std::string> names;
    const auto all = labels().of_jobs(job.user_id, {job.id}).value();
    if (const auto found = all.find(job.id); found != all.end())
      for (const Label& label : found->second) names.push_back(label.name);
    return names;
  }
  std::vector<std::string> counted() {
    std::vector<std::string> all;
    const std::vector<CountedLabel> listed = labels().list(kLocalUserId).value();
    for (const CountedLabel& label : listed) all.push_back(label.name + " " + std::to_string(label.jobs));
    return all;
  }
  template <class Outcome>
  static ErrorCode code_of(const Outcome& outcome) {
    return outcome.error().code;
  }
};
VAT_ON_BOTH_ENGINES(LabelStoreTest);

TEST_P(LabelStoreTest, SeveralJobsGetAndLoseSeveralLabelsAtOnce) {
  const Job one = add_job();
  const Job two = add_job();
  const std::string talks = add("talks");
  const std::string draft = add("Draft");
  ASSERT_TRUE(
      labels().change(kLocalUserId, {.job_ids = {two.id, one.id}, .add = {talks, draft}, .remove = {}}));
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {one.id}, .add = {talks}, .remove = {draft}}));
  EXPECT_THAT(of(one), ElementsAre("talks"));
  EXPECT_THAT(of(two), ElementsAre("Draft", "talks"));
  EXPECT_THAT(counted(), ElementsAre("Draft 1", "talks 2"));
  ASSERT_TRUE(labels().change(kLocalUserId,
                              {.job_ids = {two.id}, .add = {talks}, .remove = {}, .remove_others = true}));
  EXPECT_THAT(of(two), ElementsAre("talks"));
}

TEST_P(LabelStoreTest, ALabelFiltersTheList) {
  const Job one = add_job();
  const Job two = add_job(kLocalUserId, "Other.mp4");
  const std::string label = add("x");
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {one.id}, .add = {label}, .remove = {}}));
  JobFilter filter;
  filter.label_id = label;
  ASSERT_EQ(db_->jobs().list(kLocalUserId, filter)->jobs.size(), 1U);
  EXPECT_EQ(db_->jobs().list(kLocalUserId, filter)->jobs.front().id, one.id);
  filter.title = "other";
  EXPECT_THAT(db_->jobs().list(kLocalUserId, filter)->jobs, IsEmpty());
  filter.label_id = make_uuid();
  EXPECT_THAT(db_->jobs().list(kLocalUserId, filter)->jobs, IsEmpty());
  filter.label_id = "x";
  EXPECT_THAT(db_->jobs().list(kLocalUserId, filter)->jobs, IsEmpty());
}

TEST_P(LabelStoreTest, NamesDifferByMoreThanCase) {
  const std::string one = add("Straße");
  EXPECT_EQ(code_of(labels().create(kLocalUserId, "STRASSE")), ErrorCode::kExists);
  const std::string two = add("Weg");
  EXPECT_EQ(code_of(labels().rename(kLocalUserId, two, "strasse")), ErrorCode::kExists);
  EXPECT_TRUE(labels().rename(kLocalUserId, one, "STRASSE").has_value()) << "its own name";
  EXPECT_THAT(counted(), ElementsAre("STRASSE 0", "Weg 0"));
  EXPECT_TRUE(labels().create(testing::kOtherUserId, "Weg").has_value()) << "another user's";
  EXPECT_THAT(counted(), ElementsAre("STRASSE 0", "Weg 0"));
}

TEST_P(LabelStoreTest, EveryChangeIsAnEventOfItsJobAndNoneIsWhereNothingChanged) {
  const Job one = add_job();
  const Job two = add_job();
  const std::string label = add("x \"y\"");
  const auto told = [&](const Job& job) {
    std::vector<std::string> data;
    const std::vector<JobEvent> events = db_->jobs().events(kLocalUserId, job.id, 0, 100).value();
    for (const JobEvent& event : events)
      if (event.type == "labels") data.push_back(event.data);
    return data;
  };
  const std::string with = R"({"labels":[{"id":")" + label + R"(","name":"x \"y\""}]})";
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {one.id, two.id}, .add = {label}, .remove = {}}));
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {one.id}, .add = {label}, .remove = {}}));
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {two.id}, .add = {}, .remove = {label}}));
  EXPECT_THAT(told(one), ElementsAre(with));
  EXPECT_THAT(told(two), ElementsAre(with, R"({"labels":[]})"));
}

TEST_P(LabelStoreTest, OtherLabelsAreNotified) {
  const std::string label = add("x");
  EXPECT_THAT(bus_.kinds(), ElementsAre(Notification::Kind::kLabels));
  bus_.clear();
  ASSERT_TRUE(labels().rename(kLocalUserId, label, "y"));
  ASSERT_TRUE(labels().remove(kLocalUserId, label));
  EXPECT_FALSE(labels().remove(kLocalUserId, label));
  EXPECT_THAT(bus_.kinds(), ElementsAre(Notification::Kind::kLabels, Notification::Kind::kLabels));
}

TEST_P(LabelStoreTest, NothingOfOthersIsChangedNorHalfOfIt) {
  const Job mine = add_job();
  const Job theirs = add_job(testing::kOtherUserId);
  const std::string label = add("x");
  const std::string foreign = add("y", testing::kOtherUserId);
  const auto change = [&](std::vector<std::string> jobs, std::vector<std::string> add) {
    return code_of(
        labels().change(kLocalUserId, {.job_ids = std::move(jobs), .add = std::move(add), .remove = {}}));
  };
  EXPECT_EQ(change({mine.id, theirs.id}, {label}), ErrorCode::kNotFound);
  EXPECT_EQ(change({mine.id}, {label, foreign}), ErrorCode::kNotFound);
  EXPECT_EQ(change({mine.id}, {"x"}), ErrorCode::kNotFound);
  EXPECT_THAT(of(mine), IsEmpty());
  EXPECT_EQ(code_of(labels().rename(kLocalUserId, foreign, "z")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(labels().remove(kLocalUserId, foreign)), ErrorCode::kNotFound);
}

TEST_P(LabelStoreTest, LabelsAreBounded) {
  const Job job = add_job();
  LabelChange change{.job_ids = {job.id}, .add = {}, .remove = {}};
  for (std::size_t i = 0; i < kMaxLabels; ++i) {
    const std::string id = add("label " + std::to_string(i));
    if (i <= kMaxJobLabels) change.add.push_back(id);
  }
  EXPECT_EQ(code_of(labels().create(kLocalUserId, "one more")), ErrorCode::kExists);
  EXPECT_EQ(code_of(labels().change(kLocalUserId, change)), ErrorCode::kInvalidArgument);
  EXPECT_THAT(of(job), IsEmpty());
  change.add.pop_back();
  EXPECT_TRUE(labels().change(kLocalUserId, change).has_value());
}

TEST_P(LabelStoreTest, LabelsGoWithWhatTheyAreOfAndJobsStay) {
  const Job job = add_job();
  const std::string label = add("x");
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {job.id}, .add = {label}, .remove = {}}));
  ASSERT_TRUE(labels().remove(kLocalUserId, label).has_value());
  EXPECT_THAT(of(job), IsEmpty());
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, job.id).has_value());
  const std::string other = add("y");
  ASSERT_TRUE(labels().change(kLocalUserId, {.job_ids = {job.id}, .add = {other}, .remove = {}}));
  ASSERT_TRUE(db_->accounts().remove_account(kLocalUserId).has_value());
  EXPECT_THAT(counted(), IsEmpty());
}

}  // namespace
}  // namespace vat::db
