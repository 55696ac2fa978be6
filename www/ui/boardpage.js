// The whole virtual board: every point with what can be done to it, readers, and a line for words.
// What is there and what it can do is the board's own description; this page knows no point.

import { call } from './api.js';
import { el, newId, setText, whilePending } from './dom.js';

const REFRESH_MS = 1000;
const GROUPS = [
	{ title: 'Supplies and loads', kinds: ['supply_in', 'supply_out', 'jumper'] },
	{ title: 'Inputs', kinds: ['input', 'tamper', 'alarm', 'aux_io'] },
	{ title: 'Door contacts and buttons', kinds: ['contact', 'rex'] },
	{ title: 'Relays and outputs', kinds: ['lock_relay', 'aux_relay', 'relay', 'output'] },
	{ title: 'Casing, motion, temperature, button',
		kinds: ['casing', 'motion', 'temperature', 'button'] },
];

function ask(method, params) {
	return call('POST', 'board', params ? { method, params } : { method });
}

// One template of the board, such as "set input1 ohms OHMS" or "reader READER plugged|unplugged":
// fixed words stay, "a|b" becomes a choice, a word in capitals a field. fixed replaces words.
function wordForm(template, fixed, say, done) {
	const parts = template.replaceAll(/\[[^\]]*\]/g, '').trim().split(/\s+/).map((word) => {
		if (fixed[word] !== undefined)
			return { get: () => fixed[word] };
		const plain = word.replace(/\.{3}$/, '');
		const name = plain.toLowerCase();
		if (plain.includes('|')) {
			const node = el('select', { 'aria-label': 'what' }, plain.split('|').map((each) =>
				el('option', { value: each }, each)));
			return { node, get: () => node.value };
		}
		if (/^[A-Z]+$/.test(plain)) {
			const node = el('input', { 'aria-label': name, placeholder: name, size: 8,
				autocomplete: 'off' });
			return { node, get: () => node.value.trim() };
		}
		return { node: el('span', { class: 'word' }, word), get: () => word };
	});
	const button = el('button', { type: 'submit' }, 'Do');
	return el('form', { class: 'word-form', onsubmit: async (event) => {
		event.preventDefault();
		await whilePending(button, '…', () => run(parts.map((part) => part.get()).join(' '), say));
		await done();
	} }, parts.map((part) => part.node ?? []), button);
}

async function run(words, say) {
	say('');
	try {
		await ask('do', { words });
	} catch (error) {
		say(`${words}: ${error.message}`);
	}
}

function pointRow(point, say, done) {
	const state = el('span', { class: 'word-state' });
	const title = `${point.id} · ${point.label}`;
	const actions = point.words.concat([`fault ${point.id} [TEXT...]`, `works ${point.id}`]);
	const node = el('details', { 'data-point': point.id },
		el('summary', {}, el('span', { class: 'place-name' }, title), ' ', state));
	// Forms are made when somebody looks: there are hundreds of them.
	node.addEventListener('toggle', () => {
		if (node.open && node.children.length === 1)
			node.append(...actions.map((words) => wordForm(words, {}, say, done)));
	});
	return { node, set: (now) => setText(state, now.fault ? `${now.state}, does not work`
		: now.state) };
}

function readerText(reader) {
	return [`light ${reader.led_now}`, reader.sounding ? 'sounds' : '',
		reader.text ? `shows “${reader.text}”` : '', reader.plugged ? '' : 'unplugged',
		reader.tampered ? 'tampered' : '', reader.secure ? 'encrypted' : 'in clear',
		`serial ${reader.serial}`, reader.waiting ? `${reader.waiting} cards wait` : '']
		.filter(Boolean).join(', ');
}

function readerRow(number, words, say, done) {
	const state = el('span', { class: 'word-state' });
	const node = el('details', { 'data-reader': number }, el('summary', {},
		el('span', { class: 'place-name' }, `Reader ${number}`), ' ', state));
	node.addEventListener('toggle', () => {
		if (node.open && node.children.length === 1)
			node.append(wordForm('badge READER --card CARD --facility FACILITY',
				{ READER: number }, say, done), ...words.map((template) =>
				wordForm(template, { READER: number }, say, done)));
	});
	return { node, set: (now) => setText(state, readerText(now)) };
}

function wordLine(say, done) {
	const field = el('input', { id: newId('words'), autocomplete: 'off', spellcheck: 'false',
		placeholder: 'badge 1 --card 1603 --facility 118' });
	const list = el('dl', { class: 'word-help' });
	const button = el('button', { type: 'submit', class: 'primary' }, 'Do');
	return {
		node: el('form', { class: 'card word-line', onsubmit: async (event) => {
			event.preventDefault();
			if (!field.value.trim())
				return;
			await whilePending(button, '…', () => run(field.value.trim(), say));
			await done();
		} }, el('label', { for: field.id }, 'Say to the board'),
		el('div', { class: 'actions' }, field, button),
		el('details', {}, el('summary', {}, 'All words'), list)),
		explain: (words) => list.replaceChildren(...words.flatMap(({ words: text, help }) =>
			[el('dt', {}, text), el('dd', {}, help)])),
	};
}

export function boardPage(main, session) {
	const message = el('p', { class: 'message error', role: 'alert' });
	const say = (text) => { message.textContent = text; };
	const groups = el('div', { class: 'places' });
	const device = el('p', { class: 'hint', role: 'status' }, 'Asking the board…');
	const points = new Map();
	const readers = new Map();
	let isAsking = false;

	const build = (board) => {
		const readerWords = board.words.map(({ words }) => words)
			.filter((words) => /^(reader|type) READER/.test(words));
		for (const { title, kinds } of GROUPS) {
			const own = board.points.filter(({ kind }) => kinds.includes(kind));
			own.forEach((point) => points.set(point.id, pointRow(point, say, refresh)));
			groups.append(el('section', { class: 'card' }, el('h2', {}, title),
				own.map(({ id }) => points.get(id).node)));
		}
		for (const number of Object.keys(board.readers))
			readers.set(number, readerRow(number, readerWords, say, refresh));
		groups.prepend(el('section', { class: 'card' }, el('h2', {}, 'Readers'),
			[...readers.values()].map(({ node }) => node)));
		line.explain(board.words);
	};
	const refresh = async () => {
		if (isAsking || document.hidden)
			return;
		isAsking = true;
		try {
			const board = await ask('describe');
			if (points.size === 0)
				build(board);
			board.points.forEach((point) => points.get(point.id)?.set(point));
			Object.entries(board.readers).forEach(([number, reader]) =>
				readers.get(number)?.set(reader));
			setText(device, `The device is ${board.power.device}, powered by ${
				board.power.source.replaceAll('_', ' ')}. ${board.attached
				? 'The controller is attached.' : 'No controller is attached.'}`);
		} catch (error) {
			setText(device, `The board does not answer: ${error.message}`);
		} finally {
			isAsking = false;
		}
	};
	const line = wordLine(say, refresh);

	if (session.role === 'viewer') {
		main.append(el('p', { class: 'hint' }, 'A viewer may not use the virtual board.'));
		return () => {};
	}
	main.append(el('p', { class: 'hint' }, 'This controller runs on simulated hardware. Here are '
		+ 'its wires, loads, readers and buttons.'), device, message, line.node, groups);
	const timer = setInterval(refresh, REFRESH_MS);
	refresh();
	return () => clearInterval(timer);
}
