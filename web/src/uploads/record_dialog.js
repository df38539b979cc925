import microphone from 'icon:microphone';
import { html, render } from 'lit';
import { clock } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { sayError } from '../shell/toasts.js';
import { discardKept } from './kept.js';
import { Recorder } from './recorder.js';
import { uploadKept } from './uploads.js';

function view(recorder, actions) {
  const paused = recorder.state === 'paused';
  return html`<div class="grid justify-items-center gap-5">
    <h2 id="record-title">${paused ? t('record.paused') : t('record.recording')}</h2>
    <span class="text-3xl ${paused ? 'text-idle' : 'text-bad'}">${icon(microphone)}</span>
    <time class="text-2xl" role="timer">${clock(recorder.seconds)}</time>
    <svg class="h-2 w-full overflow-hidden rounded-full" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="fill-line" width="100" height="1"></rect><rect class="fill-accent" width=${paused ? 0 : recorder.level * 100} height="1"></rect></svg>
    <p class="text-center text-sm text-soft">${t('record.safe')}</p>
    <div class="flex flex-wrap justify-center gap-2">
      <button class="button danger" @click=${actions.discard}>${t('record.discard')}</button>
      <button class="button" @click=${actions.toggle}>${paused ? t('record.resume') : t('record.pause')}</button>
      <button class="button main" @click=${actions.finish}>${t('record.finish')}</button>
    </div></div>`;
}

/** Records from the microphone, in a dialog, and uploads what was recorded. */
export async function record() {
  let recorder;
  try {
    recorder = await Recorder.start();
  } catch (error) {
    sayError(error);
    return;
  }
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto w-[min(400px,calc(100vw-32px))] p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'record-title');
  const leave = (event) => event.preventDefault();
  const end = async () => {
    window.removeEventListener('beforeunload', leave);
    const file = await recorder.stop();
    dialog.close();
    dialog.remove();
    return file;
  };
  const actions = {
    toggle: () => (recorder.state === 'paused' ? recorder.resume() : recorder.pause()),
    discard: async () => {
      await end();
      await discardKept(recorder.id);
    },
    finish: async () => uploadKept({ id: recorder.id, file: await end() }),
  };
  // Escape must not throw a recording away.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  window.addEventListener('beforeunload', leave);
  recorder.addEventListener('change', () => render(view(recorder, actions), dialog));
  render(view(recorder, actions), dialog);
  document.body.append(dialog);
  dialog.showModal();
}
