const browsers = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['HeadlessChrome/', 'Chrome'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const systems = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['Macintosh', 'Mac'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']];

const first = (list, text) => list.find(([mark]) => text.includes(mark))?.[1];

/** What a browser calls itself, as people do: "Firefox · Windows"; the text itself where nothing of it is known. */
export const deviceName = (text) => [first(browsers, text), first(systems, text)].filter(Boolean).join(' · ') || text.slice(0, 60);
