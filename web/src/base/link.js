/** The address that the text is, and nothing besides; or null. Without a scheme it is taken for https. */
export function linkIn(text) {
  const trimmed = text.trim();
  if (/\s/.test(trimmed)) return null;
  const whole = /^[\w-]+(\.[\w-]+)+(:\d+)?\/\S*$/.test(trimmed) ? `https://${trimmed}` : trimmed;
  if (!/^https?:\/\/./i.test(whole)) return null;
  return URL.canParse(whole) ? new URL(whole).href : null;
}
