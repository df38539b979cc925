/** The languages of the interface, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch', es: 'Español', zh: '中文', ar: 'العربية' };

export function preferredLanguage(chosen, accepted) {
  if (chosen in languages) return chosen;
  return accepted.map((tag) => tag.split('-')[0]).find((tag) => tag in languages) ?? 'en';
}
