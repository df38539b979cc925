// Kokoro-82M v1.0: its symbols and its voices. Internal to tts.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vat::tts {

struct KokoroSymbol {
  char32_t symbol;
  std::int64_t id;
};
/// From the model's config.json ("vocab"), by id.
inline constexpr std::array<KokoroSymbol, 114> kKokoroSymbols = {{
    {U';', 1},       {U':', 2},   {U',', 3},   {U'.', 4},   {U'!', 5},   {U'?', 6},   {U'—', 9},
    {U'…', 10},      {U'\"', 11}, {U'(', 12},  {U')', 13},  {U'“', 14},  {U'”', 15},  {U' ', 16},
    {U'\u0303', 17}, {U'ʣ', 18},  {U'ʥ', 19},  {U'ʦ', 20},  {U'ʨ', 21},  {U'ᵝ', 22},  {U'ꭧ', 23},
    {U'A', 24},      {U'I', 25},  {U'O', 31},  {U'Q', 33},  {U'S', 35},  {U'T', 36},  {U'W', 39},
    {U'Y', 41},      {U'ᵊ', 42},  {U'a', 43},  {U'b', 44},  {U'c', 45},  {U'd', 46},  {U'e', 47},
    {U'f', 48},      {U'h', 50},  {U'i', 51},  {U'j', 52},  {U'k', 53},  {U'l', 54},  {U'm', 55},
    {U'n', 56},      {U'o', 57},  {U'p', 58},  {U'q', 59},  {U'r', 60},  {U's', 61},  {U't', 62},
    {U'u', 63},      {U'v', 64},  {U'w', 65},  {U'x', 66},  {U'y', 67},  {U'z', 68},  {U'ɑ', 69},
    {U'ɐ', 70},      {U'ɒ', 71},  {U'æ', 72},  {U'β', 75},  {U'ɔ', 76},  {U'ɕ', 77},  {U'ç', 78},
    {U'ɖ', 80},      {U'ð', 81},  {U'ʤ', 82},  {U'ə', 83},  {U'ɚ', 85},  {U'ɛ', 86},  {U'ɜ', 87},
    {U'ɟ', 90},      {U'ɡ', 92},  {U'ɥ', 99},  {U'ɨ', 101}, {U'ɪ', 102}, {U'ʝ', 103}, {U'ɯ', 110},
    {U'ɰ', 111},     {U'ŋ', 112}, {U'ɳ', 113}, {U'ɲ', 114}, {U'ɴ', 115}, {U'ø', 116}, {U'ɸ', 118},
    {U'θ', 119},     {U'œ', 120}, {U'ɹ', 123}, {U'ɾ', 125}, {U'ɻ', 126}, {U'ʁ', 128}, {U'ɽ', 129},
    {U'ʂ', 130},     {U'ʃ', 131}, {U'ʈ', 132}, {U'ʧ', 133}, {U'ʊ', 135}, {U'ʋ', 136}, {U'ʌ', 138},
    {U'ɣ', 139},     {U'ɤ', 140}, {U'χ', 142}, {U'ʎ', 143}, {U'ʒ', 147}, {U'ʔ', 148}, {U'ˈ', 156},
    {U'ˌ', 157},     {U'ː', 158}, {U'ʰ', 162}, {U'ʲ', 164}, {U'↓', 169}, {U'→', 171}, {U'↗', 172},
    {U'↘', 173},     {U'ᵻ', 177},
}};

struct KokoroVoiceRow {
  std::string_view name;
  std::string_view language;  ///< BCP 47.
  std::string_view espeak;    ///< eSpeak NG's voice for its phonemes.
  std::string_view grade;     ///< The publisher's, A the best; empty if it has none.
  double pitch;               ///< Hz, as PitchTrack measures it.
};
/// Those of languages that eSpeak NG's phonemes are enough for, by name; the file of voices has them in this
/// order. Grades: those in the package kokoro-js 1.2.1.
inline constexpr std::array<KokoroVoiceRow, 41> kKokoroVoiceTable = {{
    {"af_alloy", "en-US", "en-us", "C", 138},
    {"af_aoede", "en-US", "en-us", "C+", 174},
    {"af_bella", "en-US", "en-us", "A-", 198},
    {"af_heart", "en-US", "en-us", "A", 184},
    {"af_jessica", "en-US", "en-us", "D", 203},
    {"af_kore", "en-US", "en-us", "C+", 142},
    {"af_nicole", "en-US", "en-us", "B-", 137},
    {"af_nova", "en-US", "en-us", "C", 154},
    {"af_river", "en-US", "en-us", "D", 184},
    {"af_sarah", "en-US", "en-us", "C+", 193},
    {"af_sky", "en-US", "en-us", "C-", 155},
    {"am_adam", "en-US", "en-us", "F+", 115},
    {"am_echo", "en-US", "en-us", "D", 98},
    {"am_eric", "en-US", "en-us", "D", 154},
    {"am_fenrir", "en-US", "en-us", "C+", 122},
    {"am_liam", "en-US", "en-us", "D", 112},
    {"am_michael", "en-US", "en-us", "C+", 106},
    {"am_onyx", "en-US", "en-us", "D", 83},
    {"am_puck", "en-US", "en-us", "C+", 107},
    {"am_santa", "en-US", "en-us", "D-", 138},
    {"bf_alice", "en-GB", "en-gb", "D", 237},
    {"bf_emma", "en-GB", "en-gb", "B-", 181},
    {"bf_isabella", "en-GB", "en-gb", "C", 204},
    {"bf_lily", "en-GB", "en-gb", "D", 181},
    {"bm_daniel", "en-GB", "en-gb", "D", 122},
    {"bm_fable", "en-GB", "en-gb", "C", 106},
    {"bm_george", "en-GB", "en-gb", "C", 138},
    {"bm_lewis", "en-GB", "en-gb", "D+", 75},
    {"ef_dora", "es", "es", "", 166},
    {"em_alex", "es", "es", "", 125},
    {"em_santa", "es", "es", "", 124},
    {"ff_siwis", "fr", "fr-fr", "", 208},
    {"hf_alpha", "hi", "hi", "", 222},
    {"hf_beta", "hi", "hi", "", 176},
    {"hm_omega", "hi", "hi", "", 128},
    {"hm_psi", "hi", "hi", "", 130},
    {"if_sara", "it", "it", "", 234},
    {"im_nicola", "it", "it", "", 93},
    {"pf_dora", "pt-BR", "pt-br", "", 173},
    {"pm_alex", "pt-BR", "pt-br", "", 125},
    {"pm_santa", "pt-BR", "pt-br", "", 129},
}};

}  // namespace vat::tts
