// The groups of routes for make_router(), one function per file. Private to api.
#pragma once

#include "api/services.h"
#include "http/router.h"

namespace vat::api {

void add_job_routes(http::Router& router, const Services& services);
void add_create_routes(http::Router& router, const Services& services);  ///< POST /api/v1/jobs.
void add_rerun_routes(http::Router& router, const Services& services);   ///< Rerun, speech of a transcript.
void add_transcript_routes(http::Router& router, const Services& services);
void add_speaker_routes(http::Router& router, const Services& services);  ///< Of a transcript.
void add_label_routes(http::Router& router, const Services& services);
void add_share_routes(http::Router& router, const Services& services);     ///< Links to transcripts.
void add_subtitle_routes(http::Router& router, const Services& services);  ///< Checks and fixes.
void add_archive_routes(http::Router& router, const Services& services);
void add_file_routes(http::Router& router, const Services& services);
void add_event_routes(http::Router& router, const Services& services);
void add_account_routes(http::Router& router, const Services& services);  ///< Me, API keys.
void add_preference_routes(http::Router& router, const Services& services);
void add_admin_routes(http::Router& router, const Services& services);
void add_privacy_routes(http::Router& router, const Services& services);  ///< Deletion, export, retention.
void add_sign_in_routes(http::Router& router, const Services& services);  ///< /auth, the providers.
void add_session_routes(http::Router& router, const Services& services);
void add_token_routes(http::Router& router, const Services& services);  ///< Access tokens, their keys.
void add_webhook_routes(http::Router& router, const Services& services);
void add_model_routes(http::Router& router, const Services& services);
void add_catalog_routes(http::Router& router, const Services& services);  ///< Voices, languages, limits.
void add_upload_routes(http::Router& router, const Services& services);   ///< Uploads, tus.
void add_openai_routes(http::Router& router, const Services& services);
void add_speech_routes(http::Router& router, const Services& services);
void add_sentence_routes(http::Router& router, const Services& services);  ///< Of a speech.
void add_lexicon_routes(http::Router& router, const Services& services);
void add_docs_routes(http::Router& router);  ///< /openapi.json, /docs, /redoc.
void add_web_routes(http::Router& router);   ///< The web application.

}  // namespace vat::api
