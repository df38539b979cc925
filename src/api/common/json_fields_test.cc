#include "api/common/json_fields.h"

#include <gmock/gmock.h>

namespace vat::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

JsonFields parsed(std::string_view text) {
  auto fields = JsonFields::parse(text);
  EXPECT_TRUE(fields.has_value()) << text << ": " << fields.error().message;
  return *std::move(fields);
}

std::string complaint(std::string_view text) {
  const auto fields = JsonFields::parse(text);
  if (fields) return "accepted";
  EXPECT_EQ(fields.error().code, ErrorCode::kInvalidArgument);
  return fields.error().message;
}

TEST(JsonFields, ReadsEachKindOfMember) {
  JsonFields fields = parsed(
      R"({"title":"Grüße","priority":-3,"speed":1.5,"dub":true,"events":["a","b"],"options":{"model":"base"},"nothing":null})");
  EXPECT_EQ(*fields.text("title", {}), "Grüße");
  EXPECT_EQ(*fields.integer("priority", -10, 10), -3);
  EXPECT_EQ(*fields.number("speed", 0, 2), 1.5);
  EXPECT_EQ(*fields.boolean("dub"), true);
  EXPECT_THAT(**fields.texts("events", 2, {}), ElementsAre("a", "b"));
  EXPECT_EQ(*fields.object("options"), R"({"model":"base"})");
  EXPECT_EQ(*fields.text("nothing", {}), std::nullopt);
  EXPECT_EQ(*fields.text("absent", {}), std::nullopt);
  EXPECT_TRUE(fields.finish());
}

TEST(JsonFields, RefusesWhatIsNoJsonObject) {
  EXPECT_THAT(complaint(""), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("{"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("[]"), HasSubstr("one JSON object"));
  EXPECT_THAT(complaint("null"), HasSubstr("one JSON object"));
  EXPECT_THAT(complaint("{} {}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint(R"({"a":1,})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("{\"a\":NaN}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("{\"a\":1 /* two */}"), HasSubstr("not valid JSON"));
}

TEST(JsonFields, RefusesIllFormedUtf8AndLoneSurrogates) {
  EXPECT_THAT(complaint("{\"a\":\"\xFF\"}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("{\"a\":\"\xC0\xAF\"}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint(R"({"a":"\ud800"})"), HasSubstr("not valid JSON"));
}

TEST(JsonFields, RefusesNumbersThatNothingCanHold) {
  EXPECT_FALSE(JsonFields::parse(R"({"end":1E400})"));
  EXPECT_FALSE(JsonFields::parse(R"({"end":33613E33366662})"));
  EXPECT_TRUE(JsonFields::parse(R"({"end":1E300})"));
}

TEST(JsonFields, RejectsADuplicateMember) {
  EXPECT_THAT(complaint(R"({"a":1,"a":2})"), HasSubstr("duplicate member"));
  EXPECT_THAT(complaint(R"({"list":[{"b":1,"c":2,"b":3}]})"), HasSubstr("duplicate member"));
  EXPECT_THAT(complaint(R"({"a":1,"\u0061":2})"), HasSubstr("duplicate member"));
}

TEST(JsonFields, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(complaint(nested(30)), "accepted");
  EXPECT_THAT(complaint(nested(40)), HasSubstr("deeper than 32"));
  EXPECT_THAT(complaint(std::string(1'000'000, '[')), HasSubstr("deeper than 32"));
}

TEST(JsonFields, NamesTheFieldThatIsWrong) {
  JsonFields fields =
      parsed(R"({"title":5,"priority":11,"half":0.5,"big":1e300,"long":"abcdef","nul":"a\u0000b"})");
  const auto field_of = [](const auto& result) {
    return result ? std::string("accepted") : result.error().field;
  };
  EXPECT_EQ(field_of(fields.text("title", {})), "title");
  EXPECT_EQ(field_of(fields.integer("priority", -10, 10)), "priority");
  EXPECT_EQ(field_of(fields.integer("half", 0, 1)), "half");
  EXPECT_EQ(field_of(fields.integer("big", 0, 1)), "big");
  EXPECT_EQ(field_of(fields.number("big", 0, 1)), "big");
  EXPECT_EQ(field_of(fields.text("long", {.max = 5})), "long");
  EXPECT_EQ(field_of(fields.text("nul", {})), "nul");
  EXPECT_EQ(field_of(fields.boolean("title")), "title");
  EXPECT_EQ(field_of(fields.texts("title", 1, {})), "title");
  EXPECT_EQ(field_of(fields.object("title")), "title");
}

TEST(JsonFields, RefusesMembersThatNobodyAskedFor) {
  JsonFields fields = parsed(R"({"title":"a","titel":"b"})");
  EXPECT_TRUE(fields.text("title", {}));
  const auto finished = fields.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().field, "titel");
}

TEST(JsonFields, NamesMembersOfObjectsInListsByTheirPlace) {
  JsonFields fields = parsed(R"({"segments":[{"start":1},{"start":"x"},{"strat":1}]})");
  auto items = fields.objects("segments", 10);
  ASSERT_TRUE(items && *items);
  EXPECT_TRUE((**items)[0].number("start", 0, 9));
  EXPECT_EQ((**items)[1].number("start", 0, 9).error().field, "segments[1].start");
  EXPECT_EQ((**items)[2].finish().error().field, "segments[2].strat");
  EXPECT_EQ((**items)[2].missing("start").message, "The field segments[2].start is missing.");
}

TEST(JsonFields, KnowsJsonByItsMediaType) {
  const auto has = [](std::string type) {
    http::Request request;
    request.headers.emplace_back("Content-Type", std::move(type));
    return has_json_body(request);
  };
  EXPECT_TRUE(has("application/json"));
  EXPECT_TRUE(has("Application/JSON; charset=UTF-8"));
  EXPECT_TRUE(has("application/merge-patch+json"));
  EXPECT_FALSE(has("application/json; charset=latin1"));
  EXPECT_FALSE(has("text/plain"));
  EXPECT_FALSE(has("application/x-www-form-urlencoded"));
  EXPECT_FALSE(has(""));
}

}  // namespace
}  // namespace vat::api
