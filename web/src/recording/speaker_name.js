import { t } from '../base/language.js';

/** The name of a speaker, `{ id, name }`; "Speaker 2" until somebody gives "S2" a name. */
export const speakerName = ({ id, name }) => name || t('speakers.numbered', { number: id.replace(/^S/, '') });
