// A publisher of files for tests, whose downloads can be made to wait. Test-only.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "domain/http_download.h"

namespace vat::pipeline {

/// A publisher with a gate for each file: a download sends half of the file and continues once its gate is
/// open.
class GatedPublisher : public HttpDownloader {
 public:
  void publish(const std::string& url, std::string bytes) { files_[url].bytes = std::move(bytes); }
  void close_gate(const std::string& url) { set_gate(url, false); }
  void open_gate(const std::string& url) { set_gate(url, true); }
  [[nodiscard]] int downloads(const std::string& url) {
    const std::lock_guard lock(mutex_);
    return files_[url].downloads;
  }
  void wait_until_one_was_stopped() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ > 0; });
  }

  Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink,
                                std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    File& file = files_[request.url];
    ++file.downloads;
    if (file.bytes.empty()) return fail(Error(ErrorCode::kNetwork, "Cannot reach " + request.url + "."));
    const std::string_view bytes = file.bytes;
    lock.unlock();
    const HttpResponse head{
        .status = 200, .headers = {{"Content-Length", std::to_string(bytes.size())}}, .body = {}};
    VAT_TRY(sink.begin(head));
    VAT_TRY(sink.write(bytes.substr(0, bytes.size() / 2)));
    lock.lock();
    if (!changed_.wait(lock, stop, [&] { return file.open; })) {
      ++stopped_;
      changed_.notify_all();
      return fail(ErrorCode::kCancelled, "The download was stopped.");
    }
    lock.unlock();
    VAT_TRY(sink.write(bytes.substr(bytes.size() / 2)));
    return HttpResponse{.status = 200, .headers = {}, .body = {}};
  }

 private:
  struct File {
    std::string bytes;
    bool open = true;
    int downloads = 0;
  };
  void set_gate(const std::string& url, bool open) {
    const std::lock_guard lock(mutex_);
    files_[url].open = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, File> files_;
  int stopped_ = 0;
};

}  // namespace vat::pipeline
