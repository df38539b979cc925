import { html, svg } from 'lit';

/** An icon of Font Awesome's, as `import play from 'icon:play'` has it. It says nothing by itself: a text stands beside it. */
export const icon = (shape, classes = '') => html`<svg class="icon ${classes}" viewBox="0 0 ${shape.width} ${shape.height}" aria-hidden="true" focusable="false">${svg`<path d=${shape.path}></path>`}</svg>`;
