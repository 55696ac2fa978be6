// The event log: new rows appear by themselves, older ones on demand.

import { el, setText, whilePending } from './dom.js';
import { eventTableOf, rowOf } from './eventrow.js';
import { searchPanel } from './search.js';
import { events, live, numbersOf, subscribe } from './state.js';
import { loadOlder } from './stream.js';
import { liveTable } from './table.js';

const CATEGORIES = [['', 'All'], ['access', 'Access'], ['audit', 'Audit'], ['system', 'System']];

// Rows are made once and kept; only what is new is inserted.
export function eventTable({ limit = Infinity, accepts = () => true, onUpdate = () => {} } = {}) {
	const body = el('tbody');
	const empty = el('p', { class: 'hint' }, 'No events yet. They appear here as they happen.');
	const table = eventTableOf(body);
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

// What stands now.
function alarmTable() {
	const table = liveTable({ label: 'Alarms', empty: 'No alarm stands.',
		columns: [
			{ title: 'Alarm', text: (alarm) => alarm.text },
			{ title: 'Since', text: (alarm) => new Date(alarm.time_us / 1000).toLocaleString() },
			{ title: 'Number', text: (alarm) => alarm.id },
		],
		level: (alarm) => (alarm.severity <= 2 ? 'alarm' : 'warning') });
	const update = () => table.update(numbersOf('alarm').map((id) => live.get(`alarm.${id}`)));
	const unsubscribe = subscribe((what, key) => {
		if (what === 'live' && key.startsWith('alarm.'))
			update();
	});
	update();
	return { node: table.node, close: unsubscribe };
}

export function eventsPage(main) {
	const alarms = alarmTable();
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
	const liveActions = el('div', { class: 'actions' }, older);
	const search = searchPanel(category, (isSearching) => {
		for (const node of [table.node, liveActions, message])
			node.hidden = isSearching;
	});
	main.append(alarms.node, el('div', { class: 'toolbar' }, el('label', { for: 'category' }, 'Category'),
		category), search.form, search.message, search.results, search.actions, table.node,
	liveActions, message);
	return () => {
		alarms.close();
		table.close();
	};
}
