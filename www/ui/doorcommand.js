// What may be commanded of one door, and of all of them at once.

import { call } from './api.js';
import { confirmDialog, el, setText, whilePending } from './dom.js';
import { live } from './state.js';

const COMMANDS = [
	{ name: 'grant', text: 'Grant access', pending: 'Granting…', primary: true },
	{ name: 'lock', text: 'Lock', pending: 'Locking…' },
	{ name: 'unlock', text: 'Unlock', pending: 'Unlocking…' },
];
const MORE = [
	{ name: 'release', text: 'Back to schedule', pending: 'Releasing…' },
	{ name: 'unlock', text: 'One hour unlocked', pending: 'Unlocking…', seconds: 3600 },
	{ name: 'block', text: 'Block', pending: 'Blocking…' },
	{ name: 'double_lock', text: 'Double lock', pending: 'Locking…' },
	{ name: 'lockdown', text: 'Lock down', pending: 'Locking…' },
	{ name: 'lockdown_release', text: 'End lockdown', pending: 'Releasing…' },
	{ name: 'lock_open', text: 'Lock open', pending: 'Unlocking…' },
	{ name: 'lock_open_release', text: 'End lock open', pending: 'Releasing…' },
];

async function command(button, { name, text, pending, seconds }, doors, message) {
	message.textContent = '';
	try {
		await whilePending(button, pending, () => call('POST', 'call', { method: 'door.command',
			params: { doors, command: name, seconds } }));
	} catch (error) {
		message.textContent = `${text} failed: ${error.message}`;
	}
}

// The command is settled by what the live state says, never by what was asked.
export function commandButtons(number, mayCommand, reasonId, message) {
	const button = (one) => el('button', {
		type: 'button', class: one.primary ? 'primary' : null, disabled: !mayCommand,
		'data-command': one.name, 'aria-describedby': mayCommand ? null : reasonId,
		onclick: ({ currentTarget }) => command(currentTarget, one, [number], message),
	}, one.text);
	return [el('div', { class: 'actions' }, COMMANDS.map(button)),
		el('details', { class: 'more' }, el('summary', {}, 'More commands'),
			el('div', { class: 'actions' }, MORE.map(button)))];
}

const ALL = {
	lockdown: { name: 'lockdown', text: 'Lock down all doors', pending: 'Locking…',
		ask: 'Nobody gets in but persons who may override it. Whoever is inside gets out by '
			+ 'the request to exit.', action: 'Lock down' },
	release: { name: 'lockdown_release', text: 'End lockdown of all doors',
		pending: 'Releasing…', ask: 'The doors do again what operators and schedules wish.',
		action: 'End lockdown' },
};

// For all doors: the lockdown, and what a fire alarm needs.
export function commandBar(session, doors) {
	const mayCommand = session.role !== 'viewer';
	const message = el('p', { class: 'message error', role: 'alert' });
	const button = (one) => el('button', { type: 'button', hidden: !mayCommand,
		onclick: async ({ currentTarget }) => {
			if (await confirmDialog(`${one.text}?`, one.ask, one.action))
				await command(currentTarget, one, doors(), message);
		} }, one.text);
	const reset = el('button', { type: 'button', onclick: async ({ currentTarget }) => {
		message.textContent = '';
		try {
			await whilePending(currentTarget, 'Resetting…', () => call('POST', 'call',
				{ method: 'fire.reset' }));
		} catch (error) {
			message.textContent = `The fire alarm was not reset: ${error.message}`;
		}
	} }, 'Reset fire alarm');
	const text = el('p');
	const fire = el('div', { class: 'notice', role: 'alert', hidden: true }, text, reset);
	const node = el('div', { class: 'door-bar' }, fire, el('div', { class: 'toolbar' },
		button(ALL.lockdown), button(ALL.release)), message);
	const update = () => {
		const { latched = false, active = false } = live.get('fire') ?? {};
		fire.hidden = !latched;
		reset.hidden = !mayCommand;
		reset.disabled = active;
		setText(text, active ? 'Fire alarm: the input is active.'
			: 'Fire alarm: the input is normal again; the doors stay unlocked until it is reset.');
	};
	return { node, update };
}
