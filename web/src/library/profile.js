import { same } from '../base/merge_patch.js';
import { prefer, preference } from '../base/preferences.js';

/** What is done with the next files. Empty values leave the choice to the service; `dub` is its background, or empty for no dub. */
export const emptyProfile = { language: '', mixed: false, model: '', hotwords: '', translate: false, speech: false, voice: '', dub: '', speakers: 'off', fewest: 2, most: 4, preset: '', formats: ['txt', 'srt', 'vtt', 'json'] };
export const formats = ['txt', 'docx', 'srt', 'vtt', 'json', 'md', 'csv', 'tsv', 'lrc', 'rttm'];
export const presets = ['netflix', 'netflix-other', 'dialogue', 'bbc', 'shorts', 'plain'];

/** Who speaks: not asked, found out, so many, between so many, or each channel of the recording. */
export const speakerChoices = ['off', 'auto', 'number', 'range', 'channels'];
export const mostSpeakers = 100;

/** The choice as the service's option; '' where it is the service's own. */
export function speakersOption({ speakers, fewest, most }) {
  switch (speakers) {
    case 'number': return String(most);
    case 'range': return fewest < most ? `${fewest}-${most}` : String(most);
    case 'auto': case 'channels': return speakers;
    default: return '';
  }
}

export const profile = () => ({ ...emptyProfile, ...preference('profile', {}) });
/** Of the account: what differs from the empty one. */
export const saveProfile = (values) => prefer('profile', Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, emptyProfile[name]))));

const isVideo = (name) => /\.(3gp|avi|flv|m2ts|m4v|mkv|mov|mp4|mpe?g|ogv|ts|vob|webm|wmv)$/i.test(name);

/** The profile as the service's JobOptions, for a recording of this name: only what differs from its own choice. */
export function optionsOf(values, name = '') {
  const { language, mixed, model, hotwords, translate, speech, voice, dub, preset, formats: wanted } = values;
  const options = { translate, speech, formats: wanted };
  if (language) options.language = language;
  else if (mixed) options.mixed_languages = true;
  if (model) options.model = model;
  if (hotwords) options.hotwords = hotwords;
  const dubbed = dub && isVideo(name);
  if (dubbed) Object.assign(options, { dub: true, background: dub });
  if ((speech || dubbed) && voice) options.voice = voice;
  const speakers = speakersOption(values);
  if (speakers) options.speakers = speakers;
  if (preset) options.preset = preset;
  return options;
}

export const profileOptions = (name) => optionsOf(profile(), name);
