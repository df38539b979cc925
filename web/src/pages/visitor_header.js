import moon from 'icon:moon';
import sun from 'icon:sun';
import { html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { chooseLanguage, language, languages, t } from '../base/language.js';
import { chooseTheme, isDark } from '../shell/theme.js';

/** Above pages for people who are not signed in: what this is, in which language, and how bright. */
export const visitorHeader = () => html`<header class="no-print flex h-16 items-center gap-2"><p class="flex-1 font-semibold">video-audio-text</p>
  <select class="field w-auto" aria-label=${t('settings.language')} @change=${(event) => chooseLanguage(event.target.value)}>${Object.entries(languages).map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === language()}>${name}</option>`)}</select>
  <button class="quiet" aria-label=${t('theme.other')} @click=${() => chooseTheme(isDark() ? 'light' : 'dark')}>${icon(isDark() ? sun : moon, 'text-lg')}</button></header>`;
