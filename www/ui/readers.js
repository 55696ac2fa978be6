// Readers: whether they answer, their keys, what is counted of them, and what they show.

import { invoke } from './api.js';
import { confirmDialog, el } from './dom.js';
import { openEditor } from './editor.js';
import { feedbackSection } from './feedback.js';
import { lineTestSection } from './linetest.js';
import { scanSection } from './scan.js';
import { live, numbersOf, subscribe } from './state.js';
import { actionButton, liveTable } from './table.js';
import { readerUpgrades } from './upgrade.js';

const SECURITY = { secure: 'Encrypted', clear: 'In clear', installing: 'Pairing…',
	key_mismatch: 'Wrong key, refused', no_key: 'Not paired', offline: 'Offline' };
const GUIDES = {
	key_mismatch: (name) => `Reset the reader ${name}, then press Pair within five minutes. `
		+ 'It is refused until then, because it does not have its key.',
	no_key: (name) => `Press Pair for the reader ${name}, and reset it within five minutes `
		+ 'if it was used before. It has no key here.',
};
const TRACE_TYPE = 'application/octet-stream';

function readers() {
	return numbersOf('reader').map((id) => ({ id, ...live.get(`reader.${id}`) }));
}

function nameOf(reader) {
	return reader.name ?? `Reader ${reader.id}`;
}

function deviceText(reader) {
	return reader.serial ? `${reader.vendor} model ${reader.model}, serial ${reader.serial}, `
		+ `firmware ${reader.firmware}` : 'Unknown';
}

function stateText(reader) {
	return [reader.online ? 'Online' : 'Offline', reader.tamper ? 'tampered' : '',
		reader.power_failure ? 'its power fails' : ''].filter(Boolean).join(', ');
}

function levelOf(reader) {
	if (!reader.online || reader.tamper || reader.security === 'key_mismatch')
		return 'alarm';
	return ['clear', 'no_key', 'installing'].includes(reader.security) ? 'warning' : null;
}

// What to do with a reader that does not get on line; the text stays, so that it is not said twice.
function guideSection() {
	const list = el('ul');
	const node = el('section', { class: 'panel', 'aria-label': 'Readers to be paired' },
		el('h2', {}, 'Readers to be paired'), list,
		el('p', { class: 'hint' }, 'How a reader is reset depends on its make: a configuration '
			+ 'card, a time after power-up, a switch or button, or its maker’s app; '
			+ 'docs/readers.md says more. If nobody has touched the reader, go and look first: '
			+ 'somebody may have put another device in its place.'));
	const update = () => {
		const rows = readers().filter(({ security }) => security in GUIDES);
		const texts = rows.map((reader) => GUIDES[reader.security](nameOf(reader)));
		node.hidden = !texts.length;
		if (texts.join('\n') !== [...list.children].map((item) => item.textContent).join('\n'))
			list.replaceChildren(...texts.map((text) => el('li', {}, text)));
	};
	return { node, update };
}

function countTable(title, counts) {
	return el('div', {}, el('h3', {}, title), el('dl', { class: 'facts' },
		Object.entries(counts).map(([name, value]) => el('div', {},
			el('dt', {}, name.replaceAll('_', ' ')), el('dd', {}, String(value))))));
}

function delayFacts(delay) {
	const ms = (us) => `${(us / 1000).toFixed(1)} ms`;
	return { count: delay.count, least: ms(delay.min_us), mean: ms(delay.mean_us),
		'99 of 100 within': ms(delay.p99_us), most: ms(delay.max_us) };
}

async function showDiagnostics(place, reader) {
	const found = await invoke('reader.diagnostics', { reader: reader.id });
	const panel = el('section', { class: 'panel', 'aria-label': `Diagnostics of ${nameOf(reader)}` },
		el('h2', {}, `Diagnostics of ${nameOf(reader)}`),
		el('p', { class: 'hint' }, `Bus ${found.bus}, address ${found.address}, ${found.baud} baud, ${
			found.state}`),
		countTable('Counted since the start', found.counters),
		countTable('Time to a reply', delayFacts(found.reply_delay)),
		countTable('Time between polls', delayFacts(found.poll_interval)),
		el('div', { class: 'actions' }, el('button', { type: 'button',
			onclick: () => panel.remove() }, 'Close')));
	place.replaceChildren(panel);
}

// Everything that is kept of the line, as a file for OSDP trace viewers.
async function downloadTrace(reader) {
	const parts = [];
	let after = 0;
	for (;;) {
		const { text, next, last } = await invoke('reader.trace', { reader: reader.id, after });
		parts.push(text);
		if (next >= last || next === after)
			break;
		after = next;
	}
	const url = URL.createObjectURL(new Blob(parts, { type: TRACE_TYPE }));
	el('a', { href: url, download: `reader-${reader.id}.osdpcap` }).click();
	URL.revokeObjectURL(url);
}

async function pair(reader) {
	const hasKey = !['no_key', 'clear'].includes(reader.security);
	if (hasKey && !await confirmDialog(`Pair ${nameOf(reader)} anew?`,
		'It has a key. Pair it anew when the device was replaced or reset. For five minutes '
		+ 'a device with the key of new readers is accepted at its place.', 'Open the window'))
		return;
	await invoke('reader.install', hasKey ? { reader: reader.id, replacement: true }
		: { reader: reader.id });
}

function administratorButtons(place, say) {
	const label = (reader, text) => `${text}: ${nameOf(reader)}`;
	const button = (text, pending, act, more = {}) => () =>
		actionButton({ text, pending, act, label, say, ...more });
	return [
		button('Pair', 'Opening…', pair,
			{ isThere: ({ security }) => security !== 'installing' }),
		button('Stop pairing', 'Stopping…', ({ id }) => invoke('reader.install_cancel',
			{ reader: id }), { isThere: ({ security }) => security === 'installing' }),
		button('New key', 'Changing…', ({ id }) => invoke('reader.rotate', { reader: id }),
			{ isThere: ({ security }) => security === 'secure' }),
		button('Accept device', 'Accepting…', ({ id }) => invoke('reader.accept', { reader: id }),
			{ isThere: ({ cause }) => cause === 'cuid' || cause === 'device' }),
		button('Test line', 'Starting…', ({ id }) => invoke('reader.line_test', { reader: id }),
			{ isReady: ({ online }) => online }),
		button('Trace', 'Collecting…', downloadTrace),
		button('Settings', 'Opening…', ({ id }) => openEditor(place, 'reader', id)),
	];
}

function readerTable(session, place, say) {
	const makers = [() => actionButton({ text: 'Diagnostics', pending: 'Asking…', say,
		label: (reader) => `Diagnostics: ${nameOf(reader)}`,
		act: (reader) => showDiagnostics(place, reader) }),
	...(session.role === 'administrator' ? administratorButtons(place, say) : [])];
	return liveTable({ label: 'Readers', empty: 'Waiting for the state of the readers…',
		level: levelOf, columns: [
			{ title: 'Name', text: nameOf },
			{ title: 'Door', text: ({ door }) => live.get(`door.${door}`)?.name ?? `${door}` },
			{ title: 'Address', text: ({ address }) => address },
			{ title: 'State', text: stateText },
			{ title: 'Line', text: ({ security }) => SECURITY[security] ?? security },
			{ title: 'Device', text: deviceText },
			{ title: '', make: () => {
				const made = makers.map((make) => make());
				return { node: made.map(({ node }) => node),
					set: (reader) => made.forEach(({ set }) => set(reader)) };
			} },
		] });
}

export function readersPage(main, session) {
	const message = el('p', { class: 'message error', role: 'alert' });
	const say = (text) => { message.textContent = text; };
	const place = el('div');
	const table = readerTable(session, place, say);
	const isAdministrator = session.role === 'administrator';
	const more = isAdministrator ? [guideSection(), lineTestSection(nameOf, say), scanSection(say),
		readerUpgrades(readers, nameOf, say), feedbackSection(say)] : [];
	const update = (what) => {
		if (what === 'events')
			return;
		table.update(readers());
		more.forEach((each) => each.update());
	};

	main.append(message, table.node, place, ...more.map(({ node }) => node));
	const unsubscribe = subscribe(update);
	update('live');
	return unsubscribe;
}
