import { language, t } from './language.js';

/** 83 -> "1:23", 3723.4 -> "1:02:03". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Of a whole recording: to the nearest second, as the command line writes it. A place in it is floored (clock). */
export const length = (seconds) => clock(Math.round(seconds || 0));

/** 83.456 -> "1:23.46", for editing. */
export function preciseClock(seconds) {
  const hundredths = Math.round((seconds || 0) * 100);
  return `${clock(Math.floor(hundredths / 100))}.${String(hundredths % 100).padStart(2, '0')}`;
}

/** "1:23.4", "83.4", "01:02:03,456" -> seconds; null if it is none of these. */
export function parseClock(text) {
  const match = /^\s*(?:(\d+):)?(?:(\d{1,2}):)?(\d+)(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!match) return null;
  const [, first, second, last, fraction] = match;
  const hours = second === undefined ? 0 : Number(first);
  const minutes = second === undefined ? Number(first ?? 0) : Number(second);
  if ((first !== undefined && Number(last) > 59) || (second !== undefined && minutes > 59)) return null;
  return hours * 3600 + minutes * 60 + Number(last) + Number(`0.${fraction ?? 0}`);
}

/** 1536 -> "1.5 kB", in the reader's numerals. */
export function bytes(count) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let value = count;
  let index = 0;
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000;
    index++;
  }
  const digits = index > 0 && value < 9.95 ? 1 : 0;
  return new Intl.NumberFormat(language(), { style: 'unit', unit: units[index], unitDisplay: index ? 'short' : 'long', maximumFractionDigits: digits }).format(value);
}

/** Of 0 to 100. */
export const percent = (value) => new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(Math.floor(value) / 100);

/** A length that nobody reads to the second: "45 sec", "12 min", "1 hr 5 min". */
export function roughly(seconds) {
  const unit = (value, name) => new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  return minutes % 60 === 0 ? unit(minutes / 60, 'hour') : `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
}

/** Relative until a day old, then the date by the reader's habits. */
export function when(date, now = new Date()) {
  const seconds = (now - date) / 1000;
  const relative = (value, unit) => new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(value, unit);
  if (seconds < 60) return t('time.now');
  if (seconds < 3600) return relative(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86400) return relative(-Math.floor(seconds / 3600), 'hour');
  const sameYear = date.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short', year: sameYear ? undefined : 'numeric' }).format(date);
}

export const exactly = (date) => new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);

/** "en" -> "English", in the reader's language; the code itself if it has no name. */
export function languageName(code) {
  if (!code) return '';
  try {
    return new Intl.DisplayNames(language(), { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
