// Searching the event log: filters, pages in both directions, and the same as a file.

import { el, setText, whilePending } from './dom.js';
import { SEVERITIES, eventTableOf, rowOf } from './eventrow.js';
import { ApiError, call } from './api.js';
import { doorNumbers, live } from './state.js';

const PAGE = 50;
const MINUTE_US = 60 * 1000000;
// What kinds begin with; any kind may be typed.
const KINDS = ['access.', 'account.', 'alarm.', 'auth.', 'board.', 'casing.', 'control.', 'door.',
	'floor.', 'input.', 'line.', 'log.', 'module.', 'object.', 'output.', 'point.', 'power.',
	'reader.', 'setting.', 'snmp.', 'syslog.', 'system.', 'temperature.'];

function select(options) {
	return el('select', {}, options.map(([value, text]) => el('option', { value }, text)));
}

function number() {
	return el('input', { type: 'number', min: 1, step: 1, inputmode: 'numeric' });
}

// The minute that was chosen, and all of it when it is the end.
function timeOf(node, isEnd) {
	if (!node.value)
		return '';
	return String(new Date(node.value).getTime() * 1000 + (isEnd ? MINUTE_US - 1 : 0));
}

// Each field: its label, its control, the parameter, and how its value is read.
function makeFields() {
	const kinds = el('datalist', { id: 'kinds' }, KINDS.map((value) => el('option', { value })));
	const door = select([['', 'All'], ...doorNumbers().map((each) => [String(each),
		live.get(`door.${each}`)?.name ?? `Door ${each}`])]);
	const severity = select([['', 'All'], ...SEVERITIES.slice(0, 6).map((name, index) =>
		[String(index), index ? `${name} and worse` : name])]);
	const text = (node) => node.value.trim();
	const from = el('input', { type: 'datetime-local' });
	const to = el('input', { type: 'datetime-local' });
	return [
		{ label: 'Words', name: 'text', node: el('input', { type: 'search', maxlength: 256 }),
			read: text },
		{ label: 'From', name: 'from_us', node: from, read: (node) => timeOf(node, false) },
		{ label: 'To', name: 'to_us', node: to, read: (node) => timeOf(node, true) },
		{ label: 'Severity', name: 'severity', node: severity, read: text },
		{ label: 'Kind', name: 'kind', node: el('input', { type: 'text', list: 'kinds',
			maxlength: 64, autocomplete: 'off' }), read: text, beside: kinds },
		{ label: 'Door', name: 'door', node: door, read: text },
		{ label: 'Person', name: 'person', node: number(), read: text },
		{ label: 'Credential', name: 'credential', node: number(), read: text },
		{ label: 'Actor', name: 'actor', node: el('input', { type: 'text', maxlength: 96,
			autocomplete: 'off', placeholder: 'account:ada' }), read: text },
	];
}

// The newest event first, whichever way the page was read.
function newestFirst({ events }) {
	return [...events].sort((a, b) => b.event.seq - a.event.seq);
}

/*
 * The form and, while there is a search, its results. category is the select of the page, which
 * counts in a search too; onChange(isSearching) shows or hides what is live.
 */
export function searchPanel(category, onChange) {
	const fields = makeFields();
	const body = el('tbody');
	const message = el('p', { class: 'message', role: 'status' });
	const results = el('div', { class: 'panel table-panel results', hidden: true }, eventTableOf(body));
	let query = '';
	let older = null;

	const read = () => {
		const params = new URLSearchParams();
		for (const { name, node, read: valueOf } of fields) {
			const value = valueOf(node);
			if (value)
				params.set(name, value);
		}
		if (params.size && category.value)
			params.set('category', category.value);
		return params.toString();
	};
	const show = (records) => {
		body.replaceChildren(...records.map(rowOf));
		results.hidden = records.length === 0;
	};
	const go = async (button, cursor) => {
		setText(message, '');
		message.classList.remove('error');
		try {
			const page = await whilePending(button, 'Searching…', () =>
				call('GET', `events?limit=${PAGE}&${query}${cursor}`));
			return page;
		} catch (error) {
			if (!(error instanceof ApiError))
				throw error;
			setText(message, error.message);
			message.classList.add('error');
			return null;
		}
	};
	const searchButton = el('button', { type: 'submit', class: 'primary' }, 'Search');
	const olderButton = el('button', { type: 'button', onclick: async () => {
		const page = await go(olderButton, `&before=${older}`);
		if (!page)
			return;
		show(newestFirst(page));
		older = page.next ?? null;
		update();
	} }, 'Older');
	const newerButton = el('button', { type: 'button', onclick: async () => {
		const top = Number(body.firstElementChild?.dataset.seq ?? 0);
		const page = await go(newerButton, `&after=${top}`);
		if (!page)
			return;
		if (page.events.length === 0) {
			setText(message, 'There is nothing newer.');
			return;
		}
		show(newestFirst(page));
		older = page.events[0].event.seq;
		update();
	} }, 'Newer');
	const actions = el('div', { class: 'actions', hidden: true }, newerButton, olderButton);
	const clearButton = el('button', { type: 'button', onclick: () => {
		form.reset();
		stop();
	} }, 'Clear');
	const exportLink = el('a', { download: 'events.jsonl',
		href: '/api/v1/events/export' }, 'Export');

	const update = () => {
		actions.hidden = !query || results.hidden;
		olderButton.hidden = older === null;
		clearButton.hidden = !query;
		exportLink.href = `/api/v1/events/export${query ? `?${query}` : ''}`;
	};
	const stop = () => {
		query = '';
		show([]);
		setText(message, '');
		update();
		onChange(false);
	};
	const start = async () => {
		query = read();
		if (!query) {
			stop();
			return;
		}
		onChange(true);
		const page = await go(searchButton, '');
		older = page?.next ?? null;
		show(page ? page.events : []);
		if (page && page.events.length === 0)
			setText(message, 'No event is like that.');
		update();
	};
	const form = el('form', { class: 'search', role: 'search', 'aria-label': 'Search the log',
		onsubmit: (event) => {
			event.preventDefault();
			start();
		} },
	fields.map(({ label, name, node, beside }) => {
		node.id = `search-${name}`;
		return el('div', { class: 'field' }, el('label', { for: node.id }, label), node, beside);
	}),
	el('div', { class: 'actions' }, searchButton, clearButton, exportLink));
	category.addEventListener('change', () => {
		if (query)
			start();
	});
	update();
	return { form, results, actions, message };
}
