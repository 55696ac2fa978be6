// The virtual board: cards to badge, contacts to open, buttons to press. Only there when the
// controller runs on a board that has such a console.

import { call } from './api.js';
import { el, newId, setAttribute, setText } from './dom.js';
import { live, numbersOf } from './state.js';

const SHOW_MS = 1000;
const REX_MS = 500;
const FORMATS = ['h10301', 'h10306', 'h10302', 'h10304', 'c1000-35'];

function ask(method, params) {
	return call('POST', 'board', params ? { method, params } : { method });
}

function labelled(label, control) {
	return el('div', { class: 'field' }, el('label', { for: control.id }, label), control);
}

function numberField(value, max) {
	return el('input', { id: newId('badge'), type: 'number', min: 0, max, value, required: true,
		inputmode: 'numeric' });
}

function badgeForm(message) {
	const reader = el('select', { id: newId('badge') }, Array.from({ length: 8 }, (_, index) =>
		el('option', { value: index + 1 }, `Reader ${index + 1}`)));
	const format = el('select', { id: newId('badge') }, FORMATS.map((each) =>
		el('option', { value: each }, each)));
	const facility = numberField(118, 65535);
	const card = numberField(1603, 34359738367);
	return el('form', { class: 'badge-form', 'aria-label': 'Badge a card',
		onsubmit: async (event) => {
			event.preventDefault();
			message.textContent = '';
			try {
				await ask('badge', { reader: Number(reader.value), format: format.value,
					facility: Number(facility.value), card: Number(card.value) });
			} catch (error) {
				message.textContent = `Badging failed: ${error.message}`;
			}
		} }, labelled('At', reader), labelled('Format', format),
	labelled('Facility', facility), labelled('Card', card),
	el('button', { type: 'submit', class: 'primary' }, 'Badge card'));
}

function led(number) {
	const dot = el('span', { class: 'led', 'aria-hidden': 'true' });
	const text = el('span', { class: 'led-text' });
	return {
		node: el('li', {}, dot, el('span', {}, `Reader ${number}`), text),
		set: (colour) => {
			setAttribute(dot, 'data-colour', colour);
			setText(text, colour);
		},
	};
}

function doorRow(number, send) {
	const name = el('span', { class: 'wire-name' });
	let isOpen = false;
	const contact = el('button', { type: 'button', 'data-wire': 'contact',
		onclick: () => send('set', { point: `door${number}.contact`,
			value: isOpen ? 'closed' : 'open' }) });
	const rex = el('button', { type: 'button', 'data-wire': 'rex', onclick: async () => {
		await send('set', { point: `door${number}.rex`, value: 'pressed' });
		setTimeout(() => send('set', { point: `door${number}.rex`, value: 'released' }), REX_MS);
	} });
	return {
		node: el('li', { 'data-door': number }, name, contact, rex),
		set: (points) => {
			const door = live.get(`door.${number}`)?.name ?? `Door ${number}`;
			isOpen = points[`door${number}.contact`]?.startsWith('open') ?? false;
			setText(name, door);
			setText(contact, isOpen ? 'Close door' : 'Open door');
			setAttribute(contact, 'aria-label', `${contact.textContent}: ${door}`);
			setText(rex, 'Press REX');
			setAttribute(rex, 'aria-label', `Press REX: ${door}`);
		},
	};
}

export function boardPanel(session) {
	const message = el('p', { class: 'message error', role: 'alert' });
	const doors = el('ul', { class: 'wires' });
	const readers = el('ul', { class: 'leds' });
	const mayUse = session.role !== 'viewer';
	const rows = new Map();
	const leds = new Map();
	let isAsking = false;

	const show = async () => {
		if (isAsking || node.hidden || !mayUse || document.hidden)
			return;
		isAsking = true;
		try {
			const { points, readers: all } = await ask('show');
			for (const row of rows.values())
				row.set(points);
			for (const [number, reader] of Object.entries(all)) {
				if (!leds.has(number)) {
					leds.set(number, led(number));
					readers.append(leds.get(number).node);
				}
				leds.get(number).set(reader.led);
			}
		} catch {
			// The next one in a second may succeed; the banner speaks about lost links.
		} finally {
			isAsking = false;
		}
	};
	const send = async (method, params) => {
		message.textContent = '';
		try {
			await ask(method, params);
			await show();
		} catch (error) {
			message.textContent = `The board refused: ${error.message}`;
		}
	};
	const node = el('section', { class: 'card board', hidden: true,
		'aria-labelledby': 'board-title' },
	el('h2', { id: 'board-title' }, 'Virtual board'), el('p', { class: 'hint' },
		'This controller runs on simulated hardware. Play the people and the doors here; ',
	el('a', { href: '#/board' }, 'everything else is on its own page'), '.'),
	mayUse ? [badgeForm(message), el('div', { class: 'board-columns' },
		el('div', {}, el('h3', {}, 'Doors'), doors),
		el('div', {}, el('h3', {}, 'Reader lights'), readers)), message]
		: el('p', { class: 'hint' }, 'A viewer may not use it.'));
	const timer = setInterval(show, SHOW_MS);
	return {
		node,
		update: () => {
			for (const number of numbersOf('door').filter((each) => !rows.has(each))) {
				rows.set(number, doorRow(number, send));
				rows.get(number).set({});
				doors.append(rows.get(number).node);
			}
			show();
		},
		close: () => clearInterval(timer),
	};
}
