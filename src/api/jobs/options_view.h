// Parsed options of a job, for responses. Private to api.
#pragma once

#include <memory>
#include <string>

namespace vat::api {

struct OptionsView {
  std::string shown;  ///< JSON for the job's user: pipeline::to_public_json().
  std::string engine;
  std::string model;
  bool speech = false;
  bool dub = false;
};
/// Of Job::options. Most jobs have one of a few sets of options, so the views are cached (a bounded number).
/// Any thread.
[[nodiscard]] std::shared_ptr<const OptionsView> options_view(const std::string& stored);

}  // namespace vat::api
