// Cards: who carries them and which doors they open.

import { call } from './api.js';
import { confirmDialog, el, newId, whilePending } from './dom.js';
import { invoke } from './editor.js';
import { makeFields, showDone, showError } from './form.js';

const NAMES = ['holder', 'format', 'facility', 'card', 'doors', 'floors', 'enabled'];

async function everyCredential() {
	const all = [];
	let after;
	do {
		const page = await call('GET', `credentials${after ? `?after=${after}` : ''}`);
		all.push(...page.credentials);
		after = page.next;
	} while (after);
	return all;
}

function doorNames(numbers, doors) {
	return numbers.map((number) => doors.find(({ id }) => id === number)?.name
		?? `Door ${number}`).join(', ') || 'None';
}

function cell(label, ...content) {
	return el('td', { 'data-label': label }, content);
}

// values null: a new card. done(text) after it was saved.
function editor(context, values, done) {
	const titleId = newId('card');
	const fields = makeFields(context.schema, { names: context.names, lists: { doors: context.doors,
		floors: context.floors } });
	const message = el('p', { class: 'message', role: 'alert' });
	const button = el('button', { type: 'submit', class: 'primary' }, 'Save');
	const close = () => node.remove();
	const node = el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			try {
				await whilePending(button, 'Saving…', () => (values
					? call('PATCH', `credentials/${values.id}`, fields.get())
					: call('POST', 'credentials', fields.get())));
				close();
				done(values ? 'The card was changed.' : 'The card was added.');
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, values ? `Change the card of ${values.holder}` : 'Add a card'),
	el('div', { class: 'fields' }, fields.nodes), message,
	el('div', { class: 'actions' }, button,
		el('button', { type: 'button', onclick: close }, 'Cancel')));
	if (values)
		fields.set(values);
	return node;
}

function cardRow(card, context, edit, remove) {
	const actions = context.mayChange ? [
		el('button', { type: 'button', 'aria-label': `Change the card of ${card.holder}`,
			onclick: () => edit(card) }, 'Change'),
		el('button', { type: 'button', class: 'danger',
			'aria-label': `Remove the card of ${card.holder}`,
			onclick: () => remove(card) }, 'Remove'),
	] : [];
	return el('tr', { 'data-id': card.id }, cell('Holder', card.holder),
		cell('Card', `${card.card}`), cell('Facility', `${card.facility}`),
		cell('Format', card.format), cell('Doors', doorNames(card.doors, context.doors)),
		cell('State', card.enabled ? 'Enabled' : 'Disabled'),
		el('td', { class: 'row-actions' }, actions));
}

function cardTable(cards, context, edit, remove) {
	const titles = ['Holder', 'Card', 'Facility', 'Format', 'Doors', 'State'];
	if (cards.length === 0)
		return el('p', { class: 'hint' }, context.mayChange
			? 'No cards yet. Add one and choose the doors that it opens.' : 'No cards yet.');
	return el('table', { class: 'list' }, el('thead', {}, el('tr', {},
		titles.map((title) => el('th', { scope: 'col' }, title)),
		el('th', { scope: 'col' }, el('span', { class: 'visually-hidden' }, 'Actions')))),
	el('tbody', {}, cards.map((card) => cardRow(card, context, edit, remove))));
}

export function cardsPage(main, session) {
	const message = el('p', { class: 'message', role: 'status' });
	const holder = el('div');
	const table = el('div', { class: 'panel table-panel' });
	const context = { mayChange: session.role === 'administrator' };

	const edit = (card) => {
		const form = editor(context, card, (text) => {
			showDone(message, text);
			refresh();
		});
		holder.replaceChildren(form);
		form.querySelector('input')?.focus();
	};
	const remove = async (card) => {
		const isSure = await confirmDialog(`Remove the card of ${card.holder}?`,
			`Card ${card.card} will open no door any more. This cannot be undone.`, 'Remove');
		if (!isSure)
			return;
		try {
			await call('DELETE', `credentials/${card.id}`);
			showDone(message, 'The card was removed.');
		} catch (error) {
			message.className = 'message error';
			message.textContent = error.message;
		}
		await refresh();
	};
	const refresh = async () => {
		table.replaceChildren(cardTable(await everyCredential(), context, edit, remove));
	};
	const open = async () => {
		const [schema, doors, floors] = await Promise.all([call('GET', 'schema'),
			call('GET', 'doors'), invoke('object.list', { kind: 'floor' })]);
		context.schema = schema.objects.credential;
		context.doors = doors.doors;
		context.floors = floors.objects;
		const properties = Object.keys(context.schema.properties);
		context.names = NAMES.filter((name) => properties.includes(name))
			.concat(properties.filter((name) => !NAMES.includes(name)));
		await refresh();
	};
	const add = el('button', { type: 'button', class: 'primary', disabled: !context.mayChange,
		onclick: () => edit(null) }, 'Add card');
	main.append(el('div', { class: 'toolbar' }, add, context.mayChange ? null
		: el('span', { class: 'hint' }, 'Only an administrator may change cards.')),
	message, holder, table);
	open().catch((error) => {
		message.className = 'message error';
		message.textContent = error.message;
	});
}
