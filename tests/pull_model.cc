// Downloads one model in a process of its own, for tests in which several do or one is killed. Writes the
// number of bytes received so far to standard output, one line each time.
// pull_model DIRECTORY URL NAME BYTES SHA1
#include <array>
#include <cstdio>
#include <string>

#include "catalog/store.h"
#include "net/curl_http_client.h"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const vat::catalog::PublishedModel model{argv[3], vat::catalog::ModelKind::kRecognition,
                                           std::stoull(argv[4]), argv[5], argv[2]};
  const std::array models = {model};
  vat::net::CurlHttpClient client;
  vat::catalog::StoreOptions options;
  options.directory = argv[1];
  options.models = models;
  const vat::catalog::ModelStore store(client, options);
  const auto pulled = store.pull(model.name,
                                 [](const vat::catalog::PullProgress& now) {
                                   std::printf("%llu\n", static_cast<unsigned long long>(now.done));
                                   std::fflush(stdout);
                                 },
                                 {});
  if (!pulled) std::fprintf(stderr, "%s\n", pulled.error().message.c_str());
  return pulled ? 0 : 1;
}
