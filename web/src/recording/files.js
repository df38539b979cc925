/** The address of a file's bytes as they are now: a file that has taken the place of another has another one. */
export const versionedUrl = ({ url, sha256 }) => `${url}?version=${sha256.slice(0, 16)}`;
