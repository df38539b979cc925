import chevron from 'icon:chevron-down';
import { getOnce } from '../api/client.js';
import { Element, html, live } from '../base/element.js';
import { bytes, languageName } from '../base/format.js';
import { icon } from '../base/icon.js';
import { language, t } from '../base/language.js';
import { preferences } from '../base/preferences.js';
import { formats, mostSpeakers, presets, profile, saveProfile, speakerChoices, speakersOption } from './profile.js';

/** What is done with the next files: one line that opens. Remembered for the account. */
class Options extends Element {
  static properties = { values: { state: true }, open: { state: true }, languages: { state: true }, models: { state: true }, voices: { state: true } };

  constructor() {
    super();
    this.values = profile();
    this.open = false;
  }
  connectedCallback() {
    super.connectedCallback();
    this.listen(preferences, 'change', ({ detail }) => detail === 'profile' && (this.values = profile()));
  }
  #set(changes) {
    this.values = { ...this.values, ...changes };
    saveProfile(this.values);
  }
  async #toggle(event) {
    this.open = event.target.open;
    if (!this.open || this.languages) return;
    const [languages, models, voices] = await Promise.all(['languages', 'models', 'voices'].map((name) => getOnce(`/api/v1/${name}`).then((list) => list.items, () => [])));
    Object.assign(this, { languages, models: models.filter((model) => model.kind === 'recognition'), voices });
  }
  #summary() {
    const { language, mixed, model, translate, speech, voice, dub, formats: wanted } = this.values;
    const parts = [language ? languageName(language) : t(mixed ? 'options.mixedShort' : 'options.anyLanguage'), model || t('options.standardModel'), translate && t('options.translateShort'), this.#speakersShort(), speech && (voice ? t('options.withVoice', { voice }) : t('options.withSpeech')), dub && t('options.dub'), wanted.map((name) => name.toUpperCase()).join(', ')];
    return parts.filter(Boolean).join(' · ');
  }
  #speakersShort() {
    const { speakers, fewest, most } = this.values;
    switch (speakers) {
      case 'off': return '';
      case 'auto': case 'channels': return t(`speakersShort.${speakers}`);
      default: return speakersOption(this.values).includes('-') ? t('speakersShort.range', { range: new Intl.NumberFormat(language()).formatRange(fewest, most) }) : t('speakersShort.number', { n: most });
    }
  }
  /** Of fewest and most, neither of which may pass the other. */
  #count(name, label) {
    const change = ({ target }) => {
      const count = Math.min(mostSpeakers, Math.max(1, Math.round(target.valueAsNumber) || 1));
      const { fewest, most } = { ...this.values, [name]: count };
      this.#set({ [name]: count, fewest: name === 'fewest' ? count : Math.min(fewest, most), most: name === 'most' ? count : Math.max(fewest, most) });
      target.value = count;
    };
    return html`<label class="label">${label}<input class="field" type="number" inputmode="numeric" min="1" max=${mostSpeakers} step="1" required .value=${live(String(this.values[name]))} @change=${change}></label>`;
  }
  #speakers() {
    const { speakers } = this.values;
    const counts = speakers === 'range' ? html`${this.#count('fewest', t('options.fewest'))}${this.#count('most', t('options.most'))}` : speakers === 'number' ? this.#count('most', t('options.speakerCount')) : '';
    return html`${this.#choice('speakers', t('options.speakers'), speakerChoices.map((value) => ({ value, text: t(`speakersChoice.${value}`) })))}${counts ? html`<div class="grid grid-cols-[repeat(auto-fit,minmax(80px,1fr))] gap-4">${counts}</div>` : ''}`;
  }
  #choice(name, label, list) {
    return html`<label class="label">${label}<select class="field" @change=${(event) => this.#set({ [name]: event.target.value })}>
      ${list.map(({ value, text }) => html`<option value=${value} ?selected=${this.values[name] === value}>${text}</option>`)}</select></label>`;
  }
  #text(name, label, hint) {
    return html`<label class="label md:col-span-2 lg:col-span-4">${label}<input class="field" maxlength="1000" autocomplete="off" placeholder=${hint} .value=${live(this.values[name])} @change=${({ target }) => this.#set({ [name]: target.value.trim() })}></label>`;
  }
  #check(name, label) {
    return html`<label class="flex min-h-9 items-center gap-3"><input class="size-4 accent-accent" type="checkbox" .checked=${this.values[name]} @change=${(event) => this.#set({ [name]: event.target.checked })}>${label}</label>`;
  }
  #format(name) {
    const wanted = this.values.formats;
    const toggle = () => {
      const next = formats.filter((other) => (other === name) !== wanted.includes(other));
      if (next.length) this.#set({ formats: next });
      else this.requestUpdate();
    };
    return html`<button class="chip" type="button" aria-pressed=${wanted.includes(name)} @click=${toggle}>${name.toUpperCase()}</button>`;
  }
  #fields() {
    const byName = (one, other) => one.text.localeCompare(other.text);
    const languages = [{ value: '', text: t('options.detect') }, ...(this.languages ?? []).map(({ code }) => ({ value: code, text: languageName(code) })).sort(byName)];
    const models = [{ value: '', text: t('options.standardModel') }, ...(this.models ?? []).map((model) => ({ value: model.name, text: model.installed ? t('options.modelReady', { name: model.name }) : t('options.modelToFetch', { name: model.name, size: bytes(model.bytes) }) }))];
    const voices = [{ value: '', text: t('options.standardVoice') }, ...(this.voices ?? []).map(({ name, language }) => ({ value: name, text: `${name} · ${languageName(language)}` }))];
    return html`<div class="grid gap-4 border-t border-line p-4 md:grid-cols-2 lg:grid-cols-4">
      ${this.#choice('language', t('options.language'), languages)}
      ${this.#choice('model', t('options.model'), models)}
      ${this.#choice('preset', t('options.preset'), [{ value: '', text: t('options.standardPreset') }, ...presets.map((value) => ({ value, text: t(`preset.${value}`) }))])}
      ${this.values.speech || this.values.dub ? this.#choice('voice', t('options.voice'), voices) : html`<div class="max-lg:hidden"></div>`}
      ${this.#speakers()}
      <div class="md:col-span-2">${this.#choice('dub', t('options.dub'), [{ value: '', text: t('options.dubNone') }, { value: 'off', text: t('options.dubOff') }, { value: 'duck', text: t('options.dubDuck') }, { value: 'keep', text: t('options.dubKeep') }])}</div>
      ${this.#text('hotwords', t('options.hotwords'), t('options.hotwordsHint'))}
      <div class="grid content-start gap-1 md:col-span-2 lg:col-span-4">${this.values.language ? '' : this.#check('mixed', t('options.mixed'))}${this.#check('translate', t('options.translate'))}${this.#check('speech', t('options.speech'))}</div>
      <fieldset class="md:col-span-2 lg:col-span-4"><legend class="mb-2 text-sm text-soft">${t('options.formats')}</legend><div class="flex flex-wrap gap-2">${formats.map((name) => this.#format(name))}</div></fieldset>
    </div>`;
  }
  render() {
    return html`<details class="card" ?open=${this.open} @toggle=${this.#toggle}>
      <summary class="flex items-center gap-3 rounded-md px-4 py-3 hover:bg-sunken">
        <span class="flex-none text-soft max-sm:sr-only">${t('options.next')}</span><span class="min-w-0 flex-1 truncate">${this.#summary()}</span>
        ${icon(chevron, `text-soft ${this.open ? 'rotate-180' : ''}`)}
      </summary>
      ${this.open ? this.#fields() : ''}
    </details>`;
  }
}
customElements.define('vat-options', Options);
