/** Recordings from the microphone, kept in the browser (IndexedDB) until the service has them. */
const name = 'vat-recordings';

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('recordings', { keyPath: 'id' });
      request.result.createObjectStore('pieces', { autoIncrement: true }).createIndex('recording', 'recording');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

const store = async (table, mode) => (await database()).transaction(table, mode).objectStore(table);

/** `recording`: `{ id, name, type, begun }`. */
export const begin = async (recording) => settled((await store('recordings', 'readwrite')).put(recording));
export const addPiece = async (id, blob) => settled((await store('pieces', 'readwrite')).add({ recording: id, blob }));

/** What was recorded and not discarded, as files. One that was cut off by a crash has what came before it. */
export async function keptFiles() {
  const recordings = await settled((await store('recordings', 'readonly')).getAll());
  const found = [];
  for (const { id, name: title, type, begun } of recordings) {
    const pieces = await settled((await store('pieces', 'readonly')).index('recording').getAll(id));
    if (pieces.length) found.push({ id, file: new File(pieces.map(({ blob }) => blob), title, { type, lastModified: begun }) });
  }
  return found;
}

export async function discardKept(id) {
  const transaction = (await database()).transaction(['recordings', 'pieces'], 'readwrite');
  transaction.objectStore('recordings').delete(id);
  const keys = await settled(transaction.objectStore('pieces').index('recording').getAllKeys(id));
  for (const key of keys) transaction.objectStore('pieces').delete(key);
}
