set(ASR_CHUNKING_HEADERS
  chunk.h chunk_planner.h hallucinations.h kept_sound.h repetition.h seam.h segment_words.h speech_gate.h stitcher.h)
set(ASR_CHUNKING_SOURCES
  chunk.cc chunk_planner.cc hallucinations.cc kept_sound.cc repetition.cc seam.cc segment_words.cc speech_gate.cc
  stitcher.cc)
set(ASR_CHUNKING_TESTS
  chunk_planner_test.cc chunk_test.cc hallucinations_test.cc seam_test.cc seams_property_test.cc speech_gate_test.cc
  stitcher_test.cc)

if(VAT_TESTS)
  add_library(vat_numbered_words STATIC EXCLUDE_FROM_ALL testing/numbered_words.cc)
  target_link_libraries(vat_numbered_words PUBLIC vat_domain PRIVATE vat_options)
  set(ASR_CHUNKING_TEST_LIBRARIES vat_numbered_words)
endif()
