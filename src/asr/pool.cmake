# Whisper, the threads that all recognition runs on, and the transcriber that drives them.
set(ASR_POOL_HEADERS chunk_pool.h chunk_text.h transcriber.h weight_speed.h whisper_model.h whisper_words.h)
set(ASR_POOL_SOURCES chunk_pool.cc chunk_text.cc transcriber.cc weight_speed.cc whisper_loader.cc whisper_model.cc whisper_recognizer.cc whisper_words.cc)
set(ASR_POOL_TESTS whisper_kernels_test.cc chunk_pool_test.cc chunk_text_test.cc transcriber_test.cc whisper_model_test.cc whisper_words_test.cc)
set(ASR_POOL_TEST_LIBRARIES whisper)
