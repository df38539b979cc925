import { load, save } from '../base/storage.js';

/** What is done with the next files. Empty values leave the choice to the service. */
export const emptyProfile = { language: '', mixed: false, model: '', translate: false, speech: false, voice: '', preset: '', formats: ['txt', 'srt', 'vtt', 'json'] };
export const formats = ['txt', 'docx', 'srt', 'vtt', 'json', 'md', 'csv', 'tsv', 'lrc', 'rttm'];
export const presets = ['netflix', 'netflix-other', 'bbc', 'shorts', 'plain'];

export const profile = () => ({ ...emptyProfile, ...load('profile', {}) });
export const saveProfile = (values) => save('profile', values);

/** The profile as the service's JobOptions: only what differs from its own choice. */
export function optionsOf({ language, mixed, model, translate, speech, voice, preset, formats: wanted }) {
  const options = { translate, speech, formats: wanted };
  if (language) options.language = language;
  else if (mixed) options.mixed_languages = true;
  if (model) options.model = model;
  if (speech && voice) options.voice = voice;
  if (preset) options.preset = preset;
  return options;
}

export const profileOptions = () => optionsOf(profile());
