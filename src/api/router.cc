#include "api/common/handler.h"
#include "api/common/identity.h"
#include "api/common/rate_limits.h"
#include "api/common/response_policy.h"
#include "api/routes.h"
#include "api/web/web_routes.h"

namespace vat::api {

http::Router make_router(const Services& services) {
  http::Router router;
  router.set_error_writer("", web_error_response);
  router.set_gate([&services, guard = host_guard(services)](http::Request& request) -> Result<> {
    VAT_TRY(guard(request));
    return admit_address(services, request);
  });
  router.set_finisher([&services](const http::Request& request, http::Response& response) {
    finish_response(services, request, response);
  });
  router.use("/api/", same_site_guard(services));
  router.use("/v1/", same_site_guard(services));
  router.use("/auth/callback", [&services](http::Request& request, const http::Handler& next) -> Answer {
    VAT_CO_TRY(admit_sign_in(services, request));
    co_return co_await next(request);
  });
  add_docs_routes(router);
  add_web_routes(router);
  add_job_routes(router, services);
  add_create_routes(router, services);
  add_rerun_routes(router, services);
  add_upload_routes(router, services);
  add_speech_routes(router, services);
  add_sentence_routes(router, services);
  add_openai_routes(router, services);
  add_transcript_routes(router, services);
  add_speaker_routes(router, services);
  add_label_routes(router, services);
  add_share_routes(router, services);
  add_subtitle_routes(router, services);
  add_archive_routes(router, services);
  add_file_routes(router, services);
  add_event_routes(router, services);
  add_account_routes(router, services);
  add_preference_routes(router, services);
  add_privacy_routes(router, services);
  add_lexicon_routes(router, services);
  add_admin_routes(router, services);
  add_sign_in_routes(router, services);
  add_session_routes(router, services);
  add_token_routes(router, services);
  add_webhook_routes(router, services);
  add_model_routes(router, services);
  add_catalog_routes(router, services);
  return router;
}

}  // namespace vat::api
