// The port to labels, with which users sort their jobs. Implemented by db.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat {

struct Label {
  std::string id;
  std::string name;  ///< Different from the user's other labels, ignoring case.
};

struct CountedLabel : Label {
  std::uint64_t jobs = 0;  ///< That have it.
};

inline constexpr std::size_t kMaxLabels = 200;      ///< Of one user.
inline constexpr std::size_t kMaxJobLabels = 20;    ///< Of one job.
inline constexpr std::size_t kMaxLabelLength = 50;  ///< Code points.

/// What is done with the labels of several jobs, all or nothing.
struct LabelChange {
  std::vector<std::string> job_ids;
  std::vector<std::string> add;     ///< Ids of labels.
  std::vector<std::string> remove;  ///< Ids of labels.
  bool remove_others = false;       ///< Whether the jobs keep only those that are added.
};

/// Safe to use from any thread.
class LabelStore {
 public:
  virtual ~LabelStore() = default;
  /// By name.
  [[nodiscard]] virtual Result<std::vector<CountedLabel>> list(const std::string& user_id) = 0;
  /// kExists when the user has a label of that name, or kMaxLabels.
  [[nodiscard]] virtual Result<Label> create(const std::string& user_id, const std::string& name) = 0;
  /// kNotFound when the user has no such label; kExists when another one has the name.
  [[nodiscard]] virtual Result<Label> rename(const std::string& user_id, const std::string& label_id,
                                             const std::string& name) = 0;
  /// Also from all jobs. kNotFound when the user has no such label.
  [[nodiscard]] virtual Result<> remove(const std::string& user_id, const std::string& label_id) = 0;
  /// kNotFound when one of the jobs or labels is not the user's; kLimit when a job would have more than
  /// kMaxJobLabels.
  [[nodiscard]] virtual Result<> change(const std::string& user_id, const LabelChange& change) = 0;
  /// Those of the user's jobs that have some, by job, in the order of their names.
  [[nodiscard]] virtual Result<std::map<std::string, std::vector<Label>>> of_jobs(
      const std::string& user_id, const std::vector<std::string>& job_ids) = 0;
};

}  // namespace vat
