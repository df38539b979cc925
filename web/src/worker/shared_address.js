import { linkIn } from '../base/link.js';

/** Where what was shared (a form with `title`, `text`, `url`) leads: to the library, with the link if it has one. */
export function sharedAddress(form) {
  const texts = ['url', 'text', 'title'].map((name) => String(form.get(name) ?? ''));
  const link = texts.flatMap((text) => text.split(/\s+/)).map(linkIn).find(Boolean);
  return link ? `/dashboard?${new URLSearchParams({ link })}` : '/dashboard';
}
