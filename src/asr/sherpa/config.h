// The structure that describes a recogniser to sherpa-onnx 2.0.1 (SherpaOnnxOfflineRecognizerConfig of its
// c-api.h), with the library's names. What is unused here stands without names, as it only takes its place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace vat::asr {

using CString = const char*;  ///< Null or empty: not set.
template <std::size_t count>
using CStrings = std::array<CString, count>;

struct SherpaConfig {
  struct Whisper {
    CStrings<4> files_and_language{};
    std::array<std::int32_t, 3> numbers{};
  };
  struct SenseVoice {
    CString model = nullptr;
    CString language = nullptr;
    std::int32_t use_itn = 0;
  };
  struct Canary {
    CStrings<4> files_and_languages{};
    std::int32_t use_pnc = 0;
  };
  struct FunAsrNano {
    CStrings<6> files_and_prompts{};
    std::array<std::int32_t, 4> numbers{};
    CString language = nullptr;
    std::int32_t itn = 0;
    CString hotwords = nullptr;
  };
  struct Qwen3 {
    CStrings<4> files{};
    std::array<std::int32_t, 5> numbers{};
    CString hotwords = nullptr;
  };
  struct Cohere {
    CStrings<3> files_and_language{};
    std::array<std::int32_t, 2> numbers{};
  };
  struct LanguageModel {
    CString model = nullptr;
    float scale = 0;
  };
  struct Graph {
    CString graph = nullptr;
    std::int32_t max_active = 0;
  };

  // feat_config
  std::int32_t sample_rate = 16'000;
  std::int32_t feature_dim = 80;
  // model_config
  struct {
    CString encoder = nullptr, decoder = nullptr, joiner = nullptr;
  } transducer;
  CString paraformer = nullptr;
  CString nemo_ctc = nullptr;
  Whisper whisper;
  CString tdnn = nullptr;
  CString tokens = nullptr;
  std::int32_t num_threads = 1;
  std::int32_t debug = 0;
  CString provider = "cpu";
  CString model_type = nullptr;
  CString modeling_unit = nullptr;
  CString bpe_vocab = nullptr;
  CString telespeech_ctc = nullptr;
  SenseVoice sense_voice;
  struct {
    CString preprocessor = nullptr, encoder = nullptr, uncached_decoder = nullptr, cached_decoder = nullptr,
            merged_decoder = nullptr;
  } moonshine;
  CStrings<2> fire_red_asr{};
  CString dolphin = nullptr;
  CString zipformer_ctc = nullptr;
  Canary canary;
  CString wenet_ctc = nullptr;
  CString omnilingual = nullptr;
  CString medasr = nullptr;
  FunAsrNano funasr_nano;
  CString fire_red_asr_ctc = nullptr;
  Qwen3 qwen3_asr;
  Cohere cohere_transcribe;
  // The rest of the recogniser's.
  LanguageModel lm_config;
  CString decoding_method = "greedy_search";
  std::int32_t max_active_paths = 0;
  CString hotwords_file = nullptr;
  float hotwords_score = 0;
  CString rule_fsts = nullptr;
  CString rule_fars = nullptr;
  float blank_penalty = 0;
  CStrings<3> hr{};
  Graph ctc_fst_decoder_config;
};

// As the library's header has it, on every machine with 64 bits.
static_assert(sizeof(void*) != 8 || sizeof(SherpaConfig) == 624);
static_assert(sizeof(void*) != 8 || offsetof(SherpaConfig, tokens) == 104);
static_assert(sizeof(void*) != 8 || offsetof(SherpaConfig, sense_voice) == 160);
static_assert(sizeof(void*) != 8 || offsetof(SherpaConfig, decoding_method) == 528);

}  // namespace vat::asr
