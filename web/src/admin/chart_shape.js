/** Steps `{ from, to, height }`, or null where there is a gap, as the path of an SVG. */
export function stepPath(steps) {
  let path = '';
  let drawing = false;
  const place = (...numbers) => numbers.map((number) => Math.round(number * 10) / 10).join(' ');
  for (const step of steps) {
    if (step) path += `${drawing ? 'L' : 'M'}${place(step.from, step.height)}L${place(step.to, step.height)}`;
    drawing = step !== null;
  }
  return path;
}

/** 0.7 -> 1, 42 -> 50, 101 -> 200: the end of an axis that begins at 0. */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((end) => end >= value);
}
