/** Recordings from the microphone, and files that were shared with the application, kept in the browser (IndexedDB) until the
 * service has them. */
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

/** `recording`: `{ id, name, type, begun }`; `shared`, if it is a file that came from elsewhere. */
export const begin = async (recording) => settled((await store('recordings', 'readwrite')).put(recording));
export const addPiece = async (id, blob) => settled((await store('pieces', 'readwrite')).add({ recording: id, blob }));

/** Keeps a whole file, or nothing of it. */
export async function keepFile(file) {
  const transaction = (await database()).transaction(['recordings', 'pieces'], 'readwrite');
  const id = crypto.randomUUID();
  transaction.objectStore('recordings').put({ id, name: file.name, type: file.type, begun: file.lastModified, shared: true });
  transaction.objectStore('pieces').add({ recording: id, blob: file });
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

/** What was recorded and not discarded, as files. One that was cut off by a crash has what came before it. */
export async function keptFiles() {
  const recordings = await settled((await store('recordings', 'readonly')).getAll());
  const found = [];
  for (const { id, name: title, type, begun, shared = false } of recordings) {
    const pieces = await settled((await store('pieces', 'readonly')).index('recording').getAll(id));
    if (pieces.length) found.push({ id, shared, file: new File(pieces.map(({ blob }) => blob), title, { type, lastModified: begun }) });
  }
  return found;
}

export async function discardAllKept() {
  const transaction = (await database()).transaction(['recordings', 'pieces'], 'readwrite');
  for (const table of ['recordings', 'pieces']) transaction.objectStore(table).clear();
}

export async function discardKept(id) {
  const transaction = (await database()).transaction(['recordings', 'pieces'], 'readwrite');
  transaction.objectStore('recordings').delete(id);
  const keys = await settled(transaction.objectStore('pieces').index('recording').getAllKeys(id));
  for (const key of keys) transaction.objectStore('pieces').delete(key);
}
