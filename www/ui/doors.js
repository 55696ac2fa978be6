// The doors as they are now, and what may be done with them.

import { boardPanel } from './board.js';
import { commandBar, commandButtons } from './doorcommand.js';
import { el, newId, setAttribute, setText, svg } from './dom.js';
import { eventTable } from './events.js';
import { live, numbersOf, subscribe } from './state.js';
import { threatControl } from './threat.js';

const NEWEST = 8;

const MODES = { locked: 'Locked', unlocked: 'Unlocked', accessed: 'Access granted',
	blocked: 'Blocked', locked_down: 'Locked down', locked_open: 'Locked open',
	double_locked: 'Double locked' };
const REASONS = { access: 'Access', fire: 'Fire', lockdown: 'Lockdown', operator: 'Operator',
	interlock: 'Interlock', schedule: 'Schedule', default: 'Nobody' };
const POSITIONS = { open: 'Open', closed: 'Closed', unknown: 'Unknown', fault: 'Fault' };
const LOCKS = { locked: 'Locked', unlocked: 'Released', fault: 'Does not obey' };
const ALARMS = { normal: 'None', forced_open: 'Forced open', held_open: 'Open too long' };
const SHUT = ['blocked', 'locked_down', 'double_locked'];

// One name for the door as a whole, the most urgent first.
function summaryOf(door) {
	if (door.alarm && door.alarm !== 'normal')
		return { text: ALARMS[door.alarm] ?? door.alarm, level: 'alarm' };
	if (door.lock === 'fault')
		return { text: 'Lock does not obey', level: 'alarm' };
	if (door.warning)
		return { text: 'Open, alarm soon', level: 'warning' };
	if (door.reason === 'fire')
		return { text: 'Unlocked by fire', level: 'alarm' };
	if (door.position === 'open')
		return { text: 'Open', level: 'open' };
	if (door.lock === 'unlocked')
		return { text: MODES[door.mode === 'locked' ? 'unlocked' : door.mode] ?? 'Unlocked',
			level: 'free' };
	if (SHUT.includes(door.mode))
		return { text: MODES[door.mode], level: 'warning' };
	return { text: 'Locked', level: 'locked' };
}

function picture() {
	const leaf = svg('path', { class: 'leaf' });
	const node = svg('svg', { viewBox: '0 0 48 56', class: 'door-picture',
		'aria-hidden': 'true' },
	svg('path', { class: 'frame-line', d: 'M8 53V5a2 2 0 0 1 2-2h28a2 2 0 0 1 2 2v48' }), leaf,
	svg('path', { class: 'frame-line', d: 'M3 53h42' }));
	return { node, set: (isOpen) => setAttribute(leaf, 'd',
		isOpen ? 'M11 6l15 6v40l-15 1z' : 'M11 6h26v47H11z') };
}

function readersOf(number) {
	return numbersOf('reader').map((id) => ({ id, ...live.get(`reader.${id}`) }))
		.filter((reader) => reader.door === number);
}

function readersText(number) {
	const readers = readersOf(number);
	if (readers.length === 0)
		return 'None';
	const lost = readers.filter((reader) => !reader.online).map((reader) => reader.id);
	const tampered = readers.filter((reader) => reader.tamper).map((reader) => reader.id);
	const parts = [lost.length === 0 ? `${readers.length} online`
		: `${readers.length - lost.length} of ${readers.length} online, offline: ${lost}`];
	if (tampered.length > 0)
		parts.push(`tampered: ${tampered}`);
	return parts.join('; ');
}

function row(label, list) {
	const value = el('dd');
	list.append(el('div', {}, el('dt', {}, label), value));
	return value;
}

// When an operator's unlock ends by itself.
function endOf(door) {
	return new Date(door.unlock_until_us / 1000)
		.toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
}

function doorCard(number, session) {
	const mayCommand = session.role !== 'viewer';
	const titleId = newId('door');
	const reasonId = newId('reason');
	const title = el('h2', { id: titleId });
	const label = el('p', { class: 'number' });
	const art = picture();
	const summary = el('p', { class: 'summary' });
	const list = el('dl');
	const message = el('p', { class: 'message error', role: 'alert' });
	const values = { mode: row('Mode', list), reason: row('Decided by', list),
		position: row('Position', list),
		lock: row('Lock', list), alarm: row('Alarm', list), readers: row('Readers', list) };
	const card = el('article', { class: 'card door', 'aria-labelledby': titleId,
		'data-door': number },
	el('div', { class: 'door-head' }, art.node, el('div', {},
		label, title, summary)), list,
	...commandButtons(number, mayCommand, reasonId, message),
	mayCommand ? null : el('p', { class: 'hint', id: reasonId },
		'A viewer may not command doors.'), message);
	const update = () => {
		const door = live.get(`door.${number}`) ?? {};
		const { text, level } = summaryOf(door);
		const own = `Door ${number}`;
		setText(title, door.name ?? own);
		setText(label, (door.name ?? own) === own ? '' : own);
		setText(summary, text);
		setAttribute(card, 'data-level', level);
		art.set(door.position === 'open');
		setText(values.mode, MODES[door.mode] ?? '–');
		setText(values.reason, door.unlock_until_us > 0 && door.reason === 'operator'
			? `Operator, until ${endOf(door)}` : REASONS[door.reason] ?? '–');
		setText(values.position, POSITIONS[door.position] ?? '–');
		setText(values.lock, LOCKS[door.lock] ?? '–');
		setText(values.alarm, door.warning && door.alarm === 'normal' ? 'Soon: open too long'
			: ALARMS[door.alarm] ?? '–');
		setText(values.readers, readersText(number));
	};
	return { number, node: card, update };
}

// Says aloud what changed, once, instead of making every value a live region.
function announcer() {
	const node = el('p', { class: 'visually-hidden', 'aria-live': 'polite' });
	const known = new Map();
	return { node, update: () => {
		for (const number of numbersOf('door')) {
			const door = live.get(`door.${number}`);
			const text = `${door.name}: ${summaryOf(door).text}`;
			if (known.has(number) && known.get(number) !== text)
				node.textContent = text;
			known.set(number, text);
		}
	} };
}

export function doorsPage(main, session) {
	const grid = el('div', { class: 'doors' });
	const empty = el('p', { class: 'hint' }, 'Waiting for the state of the doors…');
	const control = el('p', { class: 'notice', role: 'status', hidden: true },
		'Door control does not answer. Doors stay as the hardware left them.');
	const bar = commandBar(session, () => numbersOf('door'));
	const threat = threatControl(session);
	const speech = announcer();
	const newest = eventTable({ limit: NEWEST });
	const board = boardPanel(session);
	const cards = new Map();

	const update = () => {
		for (const number of numbersOf('door').filter((each) => !cards.has(each))) {
			const card = doorCard(number, session);
			cards.set(number, card);
			grid.append(card.node);
		}
		for (const card of cards.values())
			card.update();
		empty.hidden = cards.size > 0;
		control.hidden = live.get('control')?.online !== false;
		bar.update();
		threat.update();
		board.node.hidden = live.get('board')?.console !== true;
		board.update();
		speech.update();
	};
	bar.node.querySelector('.toolbar').append(threat.node);
	main.append(control, bar.node, empty, grid, board.node,
		el('section', { 'aria-labelledby': 'newest' }, el('div', { class: 'section-head' },
			el('h2', { id: 'newest' }, 'Newest events'),
			el('a', { href: '#/events' }, 'All events')), newest.node), speech.node);
	const unsubscribe = subscribe(update);
	update();
	return () => {
		unsubscribe();
		newest.close();
		board.close();
	};
}
