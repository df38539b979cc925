/** The sentences of a Warning header: `299 - "…", 299 - "…"`. */
export const warningsOf = (answer) => [...(answer.headers.get('Warning') ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text.replace(/\\(.)/g, '$1'));
