import { bytes } from '../base/format.js';
import { language, t } from '../base/language.js';

const number = (digits) => (value) => new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
const seconds = (value) => {
  const [scaled, unit] = value < 1 ? [value * 1000, 'millisecond'] : [value, 'second'];
  return new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: scaled < 10 ? 1 : 0 }).format(scaled);
};
// A few seconds say little about a minute.
const fewSeconds = 20;
const aMinute = (count) => (point) => (point.seconds >= fewSeconds ? (point[count] / point.seconds) * 60 : null);

/** What each chart of the process shows: its lines, each with what it takes of a point, and how a value is written. */
const charts = {
  queue: { series: [['waiting', (point) => point.waiting], ['running', (point) => point.running]], format: number(0) },
  requests: { series: [['requests', aMinute('requests')], ['failed', aMinute('failed')]], format: number(1) },
  answers: { series: [['median', (point) => point.median_seconds], ['slow', (point) => point.slow_seconds]], format: seconds },
  memory: { series: [['memory', (point) => point.resident_bytes]], format: bytes },
  cpu: { series: [['cpu', (point) => point.cpu]], format: number(2) },
};

/** `{ title, series: [{ name, of }], format }` */
export function figures(chart) {
  const { series, format } = charts[chart];
  return { title: t(`chart.${chart}`), series: series.map(([name, of]) => ({ name: t(`figure.${name}`), of })), format };
}
