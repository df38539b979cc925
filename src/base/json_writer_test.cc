#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

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

}  // namespace
}  // namespace vat
