// What goes where: every connector with its pins, what they are rated for, and what is there now.

import { call } from './api.js';
import { el, setAttribute, setText } from './dom.js';
import { live, subscribe } from './state.js';
import { supervisionPanel } from './supervision.js';

const SOURCES = { any: 'any supply', poe: 'PoE', poe_plus: 'PoE+', dc_in: 'DC IN' };

function ratingText(point) {
	return [point.max_mv ? `${point.max_mv / 1000} V` : '',
		point.max_ma ? `${point.max_ma} mA` : '',
		point.max_mw ? `${point.max_mw / 1000} W` : ''].filter(Boolean).join(', ') || '–';
}

// What the controller says of a point at this moment; '' for what it does not know.
function nowText(point) {
	const fault = live.get('board')?.faults?.[point.id];
	if (fault)
		return `Does not work: ${fault}`;
	const input = point.input && live.get(`input.${point.input}`);
	const output = point.output && live.get(`output.${point.output}`);
	if (output?.name)
		return output.active ? 'Active' : 'Inactive';
	if (input)
		return `${input.state}${input.active ? ', active' : ''}`;
	if (point.kind === 'lock_relay')
		return live.get(`door.${point.door}`)?.lock === 'unlocked' ? 'Released' : 'Locked';
	if (point.kind === 'reader') {
		const reader = live.get(`reader.${point.index}`);
		return reader ? (reader.online ? 'Online' : 'Offline') : 'None';
	}
	return '';
}

// What goes there; a lock of which the type is known, with its terminals.
function connectText(point, doors) {
	if (point.kind !== 'lock_relay')
		return point.label;
	const isSafe = doors.find(({ id }) => id === point.door)?.lock_type === 'fail_safe';
	return `${point.label}: ${isSafe ? 'fail-safe lock between NC and GND'
		: 'fail-secure lock between NO and GND'}`;
}

function pinRow(point, doors) {
	const now = el('td', { 'data-label': 'Now' });
	const node = el('tr', {}, el('td', { 'data-label': 'Pin' }, point.pins || '–'),
		el('td', { 'data-label': 'Function' }, point.functions || '–'),
		el('td', { 'data-label': 'Connect' }, connectText(point, doors)),
		el('td', { 'data-label': 'Rating' }, ratingText(point)), now);
	return { node, update: () => {
		const text = nowText(point);
		setText(now, text);
		setAttribute(node, 'data-level', text.startsWith('Does not work') ? 'alarm' : null);
	} };
}

function byPin(a, b) {
	return (Number.parseInt(a.pins, 10) || 99) - (Number.parseInt(b.pins, 10) || 99);
}

// One terminal block; rows are added to the list that updates itself.
function blockTable(title, points, doors, rows) {
	const own = points.toSorted(byPin).map((point) => pinRow(point, doors));
	rows.push(...own);
	return el('div', {}, title ? el('h3', {}, title) : [],
		el('table', { class: 'list', 'aria-label': title || 'Pins' }, el('thead', {}, el('tr', {},
			['Pin', 'Function', 'Connect', 'Rating', 'Now'].map((text) =>
				el('th', { scope: 'col' }, text)))), el('tbody', {}, own.map(({ node }) => node))));
}

function placePanel(place, points, doors, rows) {
	const blocks = [...new Set(points.map(({ block }) => block))].sort((a, b) => a - b);
	const size = place.blocks ? `${place.blocks} × ${place.pins}-pin terminal block` : '';
	return el('details', { class: 'card place', 'data-place': place.place },
		el('summary', {}, el('span', { class: 'place-name' }, place.label), ' ',
			el('span', { class: 'hint' }, [place.name, size].filter(Boolean).join(' · '))),
		place.wiring ? el('p', { class: 'wiring-note' }, place.wiring) : [],
		blocks.map((block) => blockTable(blocks.length > 1 ? `Block ${block}` : '',
			points.filter((point) => point.block === block), doors, rows)));
}

function limitTable(limits) {
	return el('details', { class: 'card place' }, el('summary', {},
		el('span', { class: 'place-name' }, 'Power budgets'), ' ',
		el('span', { class: 'hint' }, 'what a group of connectors may draw together')),
	el('table', { class: 'list' }, el('thead', {}, el('tr', {},
		['Group', 'Powered by', 'Rail', 'Limit'].map((text) =>
			el('th', { scope: 'col' }, text)))),
	el('tbody', {}, limits.map((limit) => el('tr', {},
		el('td', { 'data-label': 'Group' }, limit.budget.replaceAll('_', ' ')),
		el('td', { 'data-label': 'Powered by' }, SOURCES[limit.source] ?? limit.source),
		el('td', { 'data-label': 'Rail' }, `${limit.rail_mv / 1000} V`),
		el('td', { 'data-label': 'Limit' }, [limit.max_ma ? `${limit.max_ma} mA` : '',
			limit.max_mw ? `${limit.max_mw / 1000} W` : ''].filter(Boolean).join(', ')))))));
}

export function wiringPage(main) {
	const message = el('p', { class: 'message', role: 'status' }, 'Loading…');
	const list = el('div', { class: 'places' });
	const rows = [];
	const board = el('p', { class: 'hint' });
	const update = () => {
		setText(board, `Hardware: ${live.get('board')?.name ?? 'unknown'}. Every connector of this `
			+ 'board, its pins, and what the controller sees there now.');
		rows.forEach((row) => row.update());
	};

	Promise.all([call('GET', 'inventory'), call('GET', 'doors')]).then(([inventory, { doors }]) => {
		const { points, places, limits } = inventory;
		const fitted = points.filter((point) => point.fitted);
		for (const place of places) {
			const own = fitted.filter((point) => point.place === place.place);
			if (own.length > 0)
				list.append(placePanel(place, own, doors, rows));
		}
		list.append(supervisionPanel(), limitTable(limits));
		message.textContent = '';
		update();
	}).catch((error) => {
		message.className = 'message error';
		message.textContent = error.message;
	});
	main.append(board, message, list);
	update();
	return subscribe(update);
}
