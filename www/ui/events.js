// The event log: new rows appear by themselves, older ones on demand.

import { el, setText, whilePending } from './dom.js';
import { events, subscribe } from './state.js';
import { loadOlder } from './stream.js';

// RFC 5424, table 2.
const SEVERITIES = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Info',
	'Debug'];
const CATEGORIES = [['', 'All'], ['access', 'Access'], ['audit', 'Audit'], ['system', 'System']];

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function timeOf(event) {
	const time = new Date(event.time_us / 1000);
	const utc = time.toISOString();
	return el('time', { datetime: utc, title: `UTC ${utc}${event.synced ? ''
		: ', clock not synchronised'}` }, local.format(time));
}

function levelOf(severity) {
	if (severity <= 3)
		return 'alarm';
	return severity <= 4 ? 'warning' : 'normal';
}

function rowOf({ event }) {
	return el('tr', { 'data-seq': event.seq, 'data-level': levelOf(event.severity) },
		el('td', { class: 'when' }, timeOf(event)),
		el('td', { class: 'severity' }, el('span', { class: 'badge' },
			SEVERITIES[event.severity] ?? String(event.severity))),
		el('td', { class: 'text' }, event.text),
		el('td', { class: 'seq' }, `${event.seq}`));
}

// Rows are made once and kept; only what is new is inserted.
export function eventTable({ limit = Infinity, accepts = () => true, onUpdate = () => {} } = {}) {
	const body = el('tbody');
	const empty = el('p', { class: 'hint' }, 'No events yet. They appear here as they happen.');
	const table = el('table', { class: 'events' },
		el('thead', {}, el('tr', {}, ['Time', 'Severity', 'Event', 'No.'].map((title) =>
			el('th', { scope: 'col' }, title)))), body);
	const node = el('div', { class: 'panel table-panel' }, table, empty);
	const rows = new Map();

	const update = () => {
		const wanted = events.filter(accepts).slice(0, limit);
		const kept = new Set(wanted.map(({ event }) => event.seq));
		for (const [seq, row] of rows) {
			if (!kept.has(seq)) {
				row.remove();
				rows.delete(seq);
			}
		}
		wanted.forEach((record, index) => {
			let row = rows.get(record.event.seq);
			if (!row) {
				row = rowOf(record);
				rows.set(record.event.seq, row);
			}
			if (body.children[index] !== row)
				body.insertBefore(row, body.children[index] ?? null);
		});
		empty.hidden = wanted.length > 0;
		table.hidden = wanted.length === 0;
		onUpdate();
	};
	const unsubscribe = subscribe((what) => {
		if (what === 'events')
			update();
	});
	update();
	return { node, update, close: unsubscribe };
}

export function eventsPage(main) {
	const category = el('select', { id: 'category' }, CATEGORIES.map(([value, text]) =>
		el('option', { value }, text)));
	const message = el('p', { class: 'message', role: 'status' });
	let isBeginning = false;
	const older = el('button', { type: 'button', onclick: async () => {
		setText(message, '');
		try {
			isBeginning = !await whilePending(older, 'Loading…', loadOlder);
			setText(message, isBeginning ? 'This is the beginning of the log.' : '');
			showOlder();
		} catch (error) {
			setText(message, error.message);
		}
	} }, 'Load older');
	const showOlder = () => {
		older.hidden = isBeginning || events.length === 0 || events.at(-1).event.seq === 1;
	};
	const table = eventTable({ onUpdate: showOlder, accepts: ({ event }) => !category.value
		|| event.category === category.value });
	category.addEventListener('change', table.update);
	main.append(el('div', { class: 'toolbar' }, el('label', { for: 'category' }, 'Category'),
		category), table.node, el('div', { class: 'actions' }, older), message);
	return table.close;
}
