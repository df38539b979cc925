# The engines that recognise speech or find it, except Whisper.
set(ASR_ENGINES_HEADERS pocketsphinx_model.h silero_detector.h silero_file.h speech_detector.h webrtc_detector.h
    word_error_rate.h)
set(ASR_ENGINES_SOURCES pocketsphinx_model.cc silero_detector.cc silero_file.cc speech_detector.cc webrtc_detector.cc
    word_error_rate.cc)
set(ASR_ENGINES_TESTS pocketsphinx_model_test.cc silero_file_test.cc speech_detector_test.cc word_error_rate_test.cc)

if(VAT_TESTS)
  # Speech for tests. flite's libraries refer to each other, so their order matters.
  add_library(vat_flite_speech STATIC EXCLUDE_FROM_ALL testing/flite_speech.cc)
  target_link_libraries(vat_flite_speech
    PUBLIC vat_domain
    PRIVATE PkgConfig::AV flite_cmu_us_slt flite_cmu_us_rms flite_cmu_us_awb flite_cmu_us_kal16 flite_cmu_us_kal
            flite_usenglish flite_cmulex flite m vat_options)
  set(ASR_ENGINES_TEST_LIBRARIES vat_flite_speech vat_test_data)
endif()

vat_fuzzer(NAME silero_file SOURCES silero_file_fuzz.cc LIBRARIES vat_asr CORPUS corpus/silero_file)
