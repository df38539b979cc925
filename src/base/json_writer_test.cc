#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace vat {
namespace {

TEST(JsonWriter, SeparatesMembersAndItems) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("list").begin_array();
  json.integer(1);
  json.boolean(false);
  json.null();
  json.end_array();
  json.key("empty").begin_object();
  json.end_object();
  json.key("raw").raw(R"({"a":[]})");
  json.end_object();
  EXPECT_EQ(out, R"({"list":[1,false,null],"empty":{},"raw":{"a":[]}})");
}

TEST(JsonWriter, EscapesWhatMustBeEscapedAndReplacesBadBytes) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.string("plain");
  json.string("say \"hi\" \\ \n\x01");
  json.string(
      "Gr\xC3\xBC\xC3\x9F"
      "e \xFF");
  json.end_array();
  EXPECT_EQ(out,
            "[\"plain\",\"say \\\"hi\\\" \\\\ \\n\\u0001\",\"Gr\xC3\xBC\xC3\x9F"
            "e \xEF\xBF\xBD\"]");
}

TEST(JsonWriter, WritesNumbersTheShortWay) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.number(1.5);
  json.number(42.0);
  json.number(0.1F);
  json.number(std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(out, "[1.5,42,0.1,0]");
}

TEST(JsonWriter, WritesListsAndWhatIsNotKnown) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("numbers").array(std::vector<int>{1, 2}, [&](int number) { json.integer(number); });
  json.key("texts").strings(std::vector<std::string>{"a", "b"});
  json.key("none").strings(std::vector<std::string>{});
  json.key("text").string_or_null("x");
  json.key("no_text").string_or_null("");
  json.key("integer").integer_or_null(0);
  json.key("no_integer").integer_or_null(std::nullopt);
  json.key("number").number_or_null(0.5);
  json.key("no_number").number_or_null(std::nullopt);
  json.end_object();
  EXPECT_EQ(out, R"({"numbers":[1,2],"texts":["a","b"],"none":[],"text":"x","no_text":null,"integer":0,)"
                 R"("no_integer":null,"number":0.5,"no_number":null})");
}

}  // namespace
}  // namespace vat
