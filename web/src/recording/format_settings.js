import { prefer, preference } from '../base/preferences.js';

/** What can be set of each format, by the names that GET /api/v1/jobs/ID/transcript has for it. */
const cues = ['preset', 'line_length', 'lines', 'speakers', 'sounds'];
const prose = ['times', 'speakers', 'sounds', 'paragraph_seconds'];
const table = ['speakers', 'sounds'];
const settable = { txt: prose, docx: prose, md: prose, srt: cues, vtt: cues, lrc: cues, json: ['speakers'], csv: table, tsv: table, rttm: [] };

const bounds = { line_length: [10, 120], lines: [1, 4], paragraph_seconds: [1, 60] };

/** Whether the value says something that the service would not do anyway, and may be asked of it. */
function says(name, value) {
  if (name in bounds) return Number.isInteger(value) && value >= bounds[name][0] && value <= bounds[name][1];
  if (name === 'preset') return typeof value === 'string' && value !== '';
  return name === 'sounds' ? typeof value === 'boolean' : value === false;
}

/** Of what is remembered, or was typed, that which can be asked for this format. */
export const sensible = (format, values) => Object.fromEntries(settable[format].filter((name) => says(name, values?.[name])).map((name) => [name, values[name]]));

const remembered = () => preference('formats', {});

export const settingsOf = (format) => sensible(format, remembered()[format]);

export function rememberSettings(format, values) {
  const kept = sensible(format, values);
  const { [format]: before, ...others } = remembered();
  prefer('formats', Object.keys(kept).length ? { ...others, [format]: kept } : others);
  return kept;
}

/** `known`: `{ speakers, sounds }`, whether the transcript has any. The settings that make a difference to it. */
export function offered(format, values, known) {
  const makesDifference = {
    speakers: known.speakers,
    sounds: known.sounds,
    times: format !== 'txt' || (known.speakers && values.speakers !== false), // a plain text without speakers has none
    lines: values.preset !== 'plain',
  };
  return settable[format].filter((name) => !(name in makesDifference) || makesDifference[name]);
}

/** The address of the transcript in this format; `more`: other parameters. */
export const transcriptUrl = (jobId, format, values, more = {}) => `/api/v1/jobs/${jobId}/transcript?${new URLSearchParams({ format, ...values, ...more })}`;
