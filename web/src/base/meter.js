import { html } from './element.js';

/** How much of something is used: `share` of 0 to 1, or null where there is no limit. `scarce`: more is worse. */
export const meter = (label, text, share = null, scarce = true) => html`<div class="grid gap-1">
  <p class="flex flex-wrap justify-between gap-x-4"><span>${label}</span><span class="figures text-soft">${text}</span></p>
  ${share === null ? '' : html`<svg class="h-1.5 w-full overflow-hidden rounded-full" preserveAspectRatio="none" viewBox="0 0 100 1" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(Math.min(share, 1) * 100)} aria-valuetext=${text}><rect class="fill-line" width="100" height="1"></rect><rect class=${scarce && share > 0.9 ? 'fill-warn' : 'fill-accent'} width=${Math.min(share, 1) * 100} height="1"></rect></svg>`}
</div>`;
