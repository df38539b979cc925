import { html } from './element.js';

/** A heading, what it is about, and its content. */
export const section = (name, title, what, content) => html`<section class="grid grid-cols-[minmax(0,1fr)] gap-3 border-t border-line py-6 lg:grid-cols-[240px_minmax(0,1fr)] lg:gap-8" aria-labelledby="section-${name}">
  <div><h2 id="section-${name}">${title}</h2><p class="mt-1 text-sm text-soft">${what}</p></div><div class="min-w-0">${content}</div></section>`;
