// Inputs, relays and outputs: as they are now, switching them, and their settings.

import { call, invoke } from './api.js';
import { el } from './dom.js';
import { openEditor } from './editor.js';
import { live, numbersOf, subscribe } from './state.js';
import { actionButton, liveTable } from './table.js';

const STATES = { open: 'Open', closed: 'Closed', short: 'Short circuit', cut: 'Cut',
	out_of_tolerance: 'Wrong resistance', unknown: 'Unknown' };
const SCHEMES = { none: 'Not supervised', parallel_22k_4k7: 'Parallel first, 22 k and 4.7 k',
	serial_1k: 'Serial first, 1 k', serial_2k2: 'Serial first, 2.2 k',
	serial_4k7: 'Serial first, 4.7 k', serial_10k: 'Serial first, 10 k' };
const OHMS_MAX = 1000000;
// Outputs 9 and 10 are AUX 1 and 2.
const AUX_OUTPUT = 8;

function ohmsText(ohms) {
	if (ohms >= OHMS_MAX)
		return '> 1 MΩ';
	return ohms >= 1000 ? `${(ohms / 1000).toFixed(2)} kΩ` : `${ohms} Ω`;
}

function driftText(input) {
	if (input.supervision === 'none')
		return '–';
	const percent = (input.drift / 10).toFixed(1);
	return `${input.drift > 0 ? '+' : ''}${percent} %${input.drifting ? ' (warning)' : ''}`;
}

function wiringText(input) {
	const wired = SCHEMES[input.supervision] ?? input.supervision;
	return input.proposal && input.proposal !== input.supervision
		? `${wired}. Seems to be: ${SCHEMES[input.proposal] ?? input.proposal}` : wired;
}

function objects(kind) {
	return numbersOf(kind).map((id) => ({ id, ...live.get(`${kind}.${id}`) }))
		.filter((object) => object.name !== undefined);
}

const NAMES = { input: ['name', 'normal', 'supervision', 'debounce'],
	output: ['name', 'normal', 'pulse'] };

// How a program switches an output; an input has nothing to switch.
function urlNote(id) {
	return el('dl', { class: 'facts urls' }, ['activate', 'deactivate', 'toggle'].map((command) =>
		el('div', {}, el('dt', {}, command), el('dd', {}, el('code', {},
			`POST ${location.origin}/api/v1/outputs/${id}/command {"command":"${command}"}`)))));
}

// Only AUX ports have a direction that can be chosen.
function settingsButton(place, kind, say) {
	return (id) => actionButton({
		text: 'Settings', pending: 'Opening…', say,
		label: (item) => `Settings of ${item.name}`,
		act: (item) => openEditor(place, kind, id, { names: item.kind === 'aux_io'
			? NAMES[kind].concat('direction') : NAMES[kind],
		more: kind === 'output' ? urlNote(id) : [] }),
	});
}

function buttons(...makers) {
	return (id) => {
		const made = makers.map((make) => make(id));
		return { node: made.map(({ node }) => node),
			set: (item) => made.forEach(({ set }) => set(item)) };
	};
}

function outputTable(session, place, say) {
	const command = (id, name) => invoke('output.command', { output: id, command: name });
	const columns = [
		{ title: 'Name', text: (output) => output.name },
		{ title: 'Connector', text: (output) => output.point },
		{ title: 'State', text: (output) => {
			if (output.fault)
				return 'Does not work';
			const left = Math.ceil(output.remaining_ms / 1000);
			return (output.active ? 'Active' : 'Inactive') + (left ? `, for ${left} s` : '');
		} },
		{ title: 'Circuit', text: (output) => (output.closed ? 'Closed' : 'Open') },
		{ title: 'Normal', text: (output) => (output.normal === 'closed' ? 'Closed' : 'Open') },
	];
	const toggle = (id) => actionButton({
		text: (output) => (output.active ? 'Deactivate' : 'Activate'), pending: 'Switching…', say,
		label: (output, text) => `${text} ${output.name}`, isReady: (output) => !output.fault,
		act: (output) => command(id, output.active ? 'deactivate' : 'activate'),
	});
	const pulse = (id) => actionButton({
		text: 'Pulse', pending: 'Pulsing…', say, label: (output) => `Pulse ${output.name}`,
		isReady: (output) => !output.fault, act: () => command(id, 'pulse'),
	});
	if (session.role !== 'viewer')
		columns.push({ title: '', make: session.role === 'administrator'
			? buttons(toggle, pulse, settingsButton(place, 'output', say))
			: buttons(toggle, pulse) });
	return liveTable({ columns, label: 'Relays and outputs',
		level: (output) => (output.fault ? 'alarm' : null),
		empty: 'Waiting for the state of the outputs…' });
}

function inputTable(session, place, say) {
	const columns = [
		{ title: 'Name', text: (input) => input.name },
		{ title: 'Connector', text: (input) => input.point },
		{ title: 'State', text: (input) => `${STATES[input.state] ?? input.state}${
			input.active ? ', active' : ''}` },
		{ title: 'Resistance', text: (input) => `${ohmsText(input.ohms)} (${input.mv} mV)` },
		{ title: 'Wiring', text: wiringText },
		{ title: 'Drift', text: driftText },
	];
	const useAsOutput = () => actionButton({
		text: 'Use as output', pending: 'Changing…', say,
		label: (input, text) => `${text}: ${input.name}`,
		isThere: (input) => input.point.startsWith('aux'),
		act: (input) => call('PATCH', `outputs/${AUX_OUTPUT + Number(input.point.slice(3))}`,
			{ direction: 'output' }),
	});
	if (session.role === 'administrator')
		columns.push({ title: '', make: buttons(useAsOutput,
			settingsButton(place, 'input', say)) });
	return liveTable({ columns, label: 'Inputs', level: (input) => {
		if (input.fault)
			return 'alarm';
		return input.drifting ? 'warning' : null;
	}, empty: 'Waiting for the state of the inputs…' });
}

export function ioPage(main, session) {
	const message = el('p', { class: 'message error', role: 'alert' });
	const say = (text) => { message.textContent = text; };
	const outputEditor = el('div');
	const inputEditor = el('div');
	const outputs = outputTable(session, outputEditor, say);
	const inputs = inputTable(session, inputEditor, say);
	const update = (what) => {
		if (what === 'events')
			return;
		outputs.update(objects('output'));
		inputs.update(objects('input'));
	};

	main.append(message,
		el('section', { 'aria-labelledby': 'outputs' }, el('div', { class: 'section-head' },
			el('h2', { id: 'outputs' }, 'Relays and outputs')), outputs.node, outputEditor),
		el('section', { 'aria-labelledby': 'inputs' }, el('div', { class: 'section-head' },
			el('h2', { id: 'inputs' }, 'Inputs')), inputs.node, inputEditor));
	const unsubscribe = subscribe(update);
	update('live');
	return unsubscribe;
}
