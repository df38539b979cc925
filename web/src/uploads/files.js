const media = /\.(mp4|m4v|mov|avi|mkv|webm|mpe?g|ts|mts|m2ts|flv|wmv|3gp|ogv|mp3|wav|m4a|m4b|aac|flac|ogg|oga|opus|wma|aiff?|amr|mka)$/i;

/** Whether a file of a folder is worth sending: the service looks at contents, but a folder has many other files. */
export const looksLikeMedia = (file) => /^(audio|video)\//.test(file.type) || media.test(file.name);

function readEntries(reader) {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const found = [];
  const reader = entry.createReader();
  for (;;) {
    const entries = await readEntries(reader);
    if (entries.length === 0) return found;
    for (const child of entries) found.push(...(await filesOf(child)).filter(looksLikeMedia));
  }
}

/** The files of a drop or a paste, those in folders too. */
export async function filesIn(transfer) {
  // The items are gone after the first wait.
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries.filter(Boolean)) {
    if (entry instanceof File) found.push(entry);
    else found.push(...(await filesOf(entry)));
  }
  return found;
}

export const carriesFiles = (transfer) => [...(transfer?.types ?? [])].includes('Files');
