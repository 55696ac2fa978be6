// What this page knows of the device: live objects by key, and the newest events.

const EVENTS_KEPT = 500;

export const live = new Map();
// Newest first, without gaps in what was received, unique by seq.
export const events = [];
export const link = { isUp: false, since: null };

const listeners = new Set();
// Alarms of before the connection was lost: whichever the controller does not name again has ended.
const unconfirmed = new Set();

export function subscribe(fn) {
	listeners.add(fn);
	return () => listeners.delete(fn);
}

// what: 'live', 'events' or 'link'; key: of the live object.
function tell(what, key) {
	for (const fn of [...listeners])
		fn(what, key);
}

export function setLive(key, value) {
	unconfirmed.delete(key);
	// An alarm that has ended is gone for good, and there may be many in a day.
	if (value === null && key.startsWith('alarm.'))
		live.delete(key);
	else
		live.set(key, value);
	tell('live', key);
}

export function setLink(isUp) {
	if (link.isUp === isUp && link.since !== null)
		return;
	link.isUp = isUp;
	link.since = new Date();
	for (const key of isUp ? unconfirmed : []) {
		live.delete(key);
		tell('live', key);
	}
	unconfirmed.clear();
	for (const key of isUp ? [] : live.keys())
		if (key.startsWith('alarm.'))
			unconfirmed.add(key);
	tell('link', null);
}

// Merges records {event, hash} wherever they come from: the stream, a page of the log.
export function addEvents(records) {
	const known = new Set(events.map((record) => record.event.seq));
	const fresh = records.filter((record) => !known.has(record.event.seq));
	if (fresh.length === 0)
		return;
	events.push(...fresh);
	events.sort((a, b) => b.event.seq - a.event.seq);
	tell('events', null);
}

// The stream trims; a reader who asked for older events keeps them.
export function trimEvents() {
	events.length = Math.min(events.length, EVENTS_KEPT);
}

export function clearAll() {
	live.clear();
	unconfirmed.clear();
	events.length = 0;
	link.isUp = false;
	link.since = null;
}

export function doorNumbers() {
	return numbersOf('door');
}

export function numbersOf(kind) {
	return [...live.keys()]
		.filter((key) => key.startsWith(`${kind}.`))
		.map((key) => Number(key.slice(kind.length + 1)))
		.filter((number) => Number.isInteger(number))
		.sort((a, b) => a - b);
}
