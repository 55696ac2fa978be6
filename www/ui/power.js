// What feeds the controller, what its branches take, how warm it is, and its lights.

import { call } from './api.js';
import { el, newId, setAttribute, setText } from './dom.js';
import { plot } from './plot.js';
import { live, subscribe } from './state.js';
import { liveTable } from './table.js';

const SOURCES = { poe: 'PoE', poe_plus: 'PoE+', dc_in: 'DC IN', doors1_4: 'DC IN DOOR 1-4',
	doors5_8: 'DC IN DOOR 5-8', any: 'None' };
const PRESENCE = { present: 'Present', absent: 'Absent', not_fitted: 'Not on this board' };
const BRANCH = { good: 'Good', over_current: 'Too much current, switched off',
	under_voltage: 'Voltage too low, switched off', off: 'Off', shed: 'Switched off to save power' };
const SPANS = [[3600, 'An hour'], [86400, 'A day'], [30 * 86400, 'A month'],
	[365 * 86400, 'A year']];
const BLINK_MS = 100;
const REFRESH_MS = 30000;

function watts(mw) {
	return `${(mw / 1000).toFixed(2)} W`;
}

function celsius(mc) {
	return `${(mc / 1000).toFixed(1)} °C`;
}

function keysOf(prefix) {
	return [...live.keys()].filter((key) => key.startsWith(`${prefix}.`)).sort();
}

function sourceTable() {
	return liveTable({ label: 'Supplies', empty: 'Waiting for the state of the supplies…',
		columns: [
			{ title: 'Supply', text: (source) => SOURCES[source.id] ?? source.id },
			{ title: 'State', text: (source) => PRESENCE[source.state] ?? source.state },
			{ title: 'Voltage', text: (source) => `${(source.mv / 1000).toFixed(1)} V` },
			{ title: 'Current', text: (source) => `${source.ma} mA` },
			{ title: 'Power', text: (source) => watts(source.mw) },
			{ title: 'At most', text: (source) => watts(source.max_mw) },
		],
		level: (source) => (source.id === 'doors1_4' && source.state === 'absent' ? 'alarm' : null) });
}

function railTable() {
	return liveTable({ label: 'Branches', empty: 'Waiting for the state of the branches…',
		columns: [
			{ title: 'Branch', text: (rail) => rail.label },
			{ title: 'State', text: (rail) => BRANCH[rail.state] ?? rail.state },
			{ title: 'Voltage', text: (rail) => `${(rail.mv / 1000).toFixed(1)} V` },
			{ title: 'Current', text: (rail) => `${rail.ma} mA` },
			{ title: 'Limit', text: (rail) => (rail.limit_ma ? `${rail.limit_ma} mA` : '–') },
			{ title: 'Power', text: (rail) => watts(rail.mw) },
		],
		level: (rail) => {
			if (rail.state === 'over_current' || rail.state === 'under_voltage')
				return 'alarm';
			return rail.state === 'shed' ? 'warning' : null;
		} });
}

function summary() {
	const list = el('dl', { class: 'facts' });
	const fact = (name) => {
		const value = el('dd');
		list.append(el('div', {}, el('dt', {}, name), value));
		return value;
	};
	const values = { source: fact('Powered by'), load: fact('Load'), rs485: fact('Reader ports'),
		relays: fact('Relays'), temperature: fact('Temperature'), casing: fact('Casing'), motion: fact('Motion'), button: fact('Button') };
	const doors = [];
	return { node: el('div', { class: 'card' }, list), update: () => {
		const power = live.get('power') ?? {};
		const climate = live.get('climate') ?? {};
		const button = live.get('button') ?? {};
		setText(values.source, SOURCES[power.source] ?? '–');
		setText(values.load, `${watts(power.main_mw ?? 0)} of ${watts(power.capacity_mw ?? 0)}${
			power.warned ? ', little is left' : ''}`);
		setText(values.rs485, watts(power.rs485_mw ?? 0));
		setText(values.relays, watts(power.relays_mw ?? 0));
		(power.door_mw ?? []).forEach((mw, index) => {
			doors[index] ??= fact(`Door ${index + 1}`);
			setText(doors[index], watts(mw));
		});
		setText(values.temperature, (climate.temperature_mc ?? null) === null ? '–'
			: celsius(climate.temperature_mc));
		setText(values.casing, climate.casing === 'open' ? 'Open' : 'Closed');
		setText(values.motion, climate.motion ? 'Moved' : 'Still');
		setText(values.button, button.remaining_ms ? `Held: factory default in ${
			Math.ceil(button.remaining_ms / 1000)} s` : button.pressed ? 'Pressed' : 'Released');
	} };
}

function history() {
	const what = el('select', { id: newId('what') });
	const span = el('select', { id: newId('span') }, SPANS.map(([seconds, text]) =>
		el('option', { value: seconds }, text)));
	const place = el('div', { class: 'plot-place' });
	const message = el('p', { class: 'hint', role: 'status' });
	const show = async () => {
		const isClimate = what.value === 'temperature';
		const seconds = Number(span.value);
		try {
			const { points } = await call('POST', 'call', { method: 'power.history',
				params: { what: what.value, seconds } });
			const format = isClimate ? celsius : watts;
			const last = points.toSorted((a, b) => a.ago - b.ago)[0];
			const describe = `${what.selectedOptions[0].textContent}, ${
				span.selectedOptions[0].textContent.toLowerCase()}: ${points.length} values${
				last ? `, the newest ${format(last.mean)}` : ''}`;
			place.replaceChildren(plot({ points, seconds, format, describe }));
			message.textContent = points.length ? '' : 'Nothing was recorded in this time yet.';
		} catch (error) {
			message.textContent = error.message;
		}
	};
	what.addEventListener('change', show);
	span.addEventListener('change', show);
	const timer = setInterval(() => document.hidden || show(), REFRESH_MS);
	return {
		node: el('div', { class: 'card' }, el('div', { class: 'toolbar' },
			el('label', { for: what.id }, 'Show'), what,
			el('label', { for: span.id }, 'over'), span), place, message),
		update: () => {
			const names = [['temperature', 'Temperature'], ...keysOf('rail').map((key) =>
				[key.slice('rail.'.length), live.get(key).label])];
			if (what.options.length === names.length)
				return;
			what.replaceChildren(...names.map(([value, text]) => el('option', { value }, text)));
			show();
		},
		close: () => clearInterval(timer),
	};
}

// The colour of this moment: the pattern is the controller's, the beat is this page's.
function colourOf(pattern) {
	const period = pattern.first_ms + pattern.second_ms;
	return !period || Date.now() % period < pattern.first_ms ? pattern.first : pattern.second;
}

function patternText(pattern) {
	const period = pattern.first_ms + pattern.second_ms;
	return period ? `${pattern.first} ${pattern.first_ms} ms, ${pattern.second} ${
		pattern.second_ms} ms` : pattern.first;
}

function lights() {
	const list = el('ul', { class: 'leds lights' });
	const rows = new Map();
	const blink = () => rows.forEach(({ dot }, key) =>
		setAttribute(dot, 'data-colour', colourOf(live.get(key))));
	const timer = setInterval(blink, BLINK_MS);
	return {
		node: el('div', { class: 'card' }, list),
		update: () => {
			for (const key of keysOf('led').filter((each) => !rows.has(each))) {
				const row = { dot: el('span', { class: 'led', 'aria-hidden': 'true' }),
					text: el('span', { class: 'led-text' }) };
				list.append(el('li', {}, row.dot, el('span', {}, key.slice('led.'.length)), row.text));
				rows.set(key, row);
			}
			rows.forEach(({ text }, key) => setText(text, patternText(live.get(key))));
			blink();
		},
		close: () => clearInterval(timer),
	};
}

function section(id, title, node) {
	return el('section', { 'aria-labelledby': id }, el('div', { class: 'section-head' },
		el('h2', { id }, title)), node);
}

export function powerPage(main) {
	const facts = summary();
	const sources = sourceTable();
	const rails = railTable();
	const chart = history();
	const leds = lights();
	const update = (what) => {
		if (what === 'events')
			return;
		facts.update();
		sources.update(Object.entries(live.get('power')?.sources ?? {})
			.map(([id, source]) => ({ id, ...source })));
		rails.update(keysOf('rail').map((id) => ({ id, ...live.get(id) })));
		chart.update();
		leds.update();
	};

	main.append(facts.node, section('supplies', 'Supplies', sources.node),
		section('branches', 'Branches', rails.node), section('history', 'History', chart.node),
		section('lights', 'Lights', leds.node));
	const unsubscribe = subscribe(update);
	update('live');
	return () => {
		unsubscribe();
		chart.close();
		leds.close();
	};
}
