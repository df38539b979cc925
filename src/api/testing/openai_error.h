// What a test looks at in an error of OpenAI's shape. Test-only.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "api/testing/local_client.h"

namespace vat::api::testing {

/// The status and the parameter that is wrong: "400 model", or "404 -".
[[nodiscard]] inline std::string openai_error_of(const Reply& reply) {
  const boost::json::object error = boost::json::parse(reply.body).at("error").get_object();
  const boost::json::value& param = error.at("param");
  EXPECT_TRUE(error.contains("message") && error.contains("type") && error.contains("code"));
  return std::to_string(reply.status) + " " +
         (param.is_string() ? boost::json::value_to<std::string>(param) : "-");
}

}  // namespace vat::api::testing
