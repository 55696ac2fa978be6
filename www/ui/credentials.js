// Cards and PINs: whose they are, whether they count, and what they open.

import { invoke } from './api.js';
import { el } from './dom.js';
import { showDone, showFailure } from './form.js';
import { contextOf, objectForm, pagedTable, removeObject } from './objects.js';
import { spell, timeText, valueText } from './spell.js';

const COMMON = ['status', 'valid_from', 'valid_to', 'expire_action', 'doors', 'floors', 'profiles'];
const NAMES = {
	card: ['format', 'card_format', 'facility', 'card', ...COMMON],
	pin: ['pin', 'alone', 'duress', ...COMMON],
};
const WORD = { card: 'card', pin: 'PIN' };

export async function credentialContext() {
	const context = await contextOf('credential');
	const names = new Map();
	return { ...context, holderOf: async ({ person, holder }) => {
		if (!person)
			return holder;
		if (!names.has(person))
			names.set(person, invoke('object.get', { kind: 'person', id: person })
				.then(({ name }) => name, () => `Person ${person}`));
		return names.get(person);
	} };
}

function numberText(credential) {
	if (credential.type === 'pin')
		return `PIN${credential.duress ? ', duress' : ''}${credential.alone
			? ', opens by itself' : ''}`;
	return `${credential.card}`;
}

function formatText(credential, { schema, choices }) {
	return valueText('card_format', credential.card_format, schema.properties.card_format ?? {},
		choices) || credential.format;
}

function validText({ valid_from: from, valid_to: to }) {
	if (from && to)
		return `${timeText(from)} to ${timeText(to)}`;
	if (from)
		return `from ${timeText(from)}`;
	return to ? `until ${timeText(to)}` : 'always';
}

function opensText(credential, { schema, choices }) {
	return ['profiles', 'doors', 'floors']
		.map((name) => valueText(name, credential[name], schema.properties[name], choices))
		.filter(Boolean).join('; ');
}

// The form of a new or known one; owner is a person, or null where the form asks for one.
export function credentialForm(context, values, owner, options) {
	const type = values.type ?? 'card';
	const who = owner ? [] : ['person', 'holder'];
	const title = values.id ? `Change the ${WORD[type]} of ${options.holder}`
		: `Add a ${WORD[type]}${owner ? ` for ${owner.name}` : ''}`;
	objectForm(context, values, { ...options, title,
		names: [...(type === 'pin' ? who.slice(0, 1) : who), ...NAMES[type]],
		fixed: { ...(values.id ? {} : { type }), ...(owner ? { person: owner.id } : {}) } });
}

const COLUMNS = ['Card', 'Facility', 'Format', 'Status', 'Valid', 'Opens'];

// The list, of everybody or of one person, with what may be done. more: nodes of the toolbar.
export function credentialSection(session, context, { owner = null, query = () => ({}), more = [],
	empty }) {
	const mayChange = session.role === 'administrator';
	const message = el('p', { class: 'message', role: 'status' });
	const place = el('div');
	const saved = (text) => {
		showDone(message, text);
		table.refresh();
	};
	const edit = (values, holder) => {
		message.textContent = '';
		credentialForm(context, values, owner, { place, holder,
			done: () => saved(`The ${WORD[values.type]} was ${values.id ? 'changed' : 'added'}.`) });
	};
	const remove = async (credential, holder) => {
		const word = WORD[credential.type];
		const isGone = await removeObject('credential', credential, {
			name: `the ${word} of ${holder}`,
			text: `${credential.type === 'pin' ? 'The PIN' : `Card ${credential.card}`
			} will open no door any more. This cannot be undone.` }, message);
		if (isGone)
			saved(`The ${word} was removed.`);
	};
	const row = async (credential) => {
		const holder = await context.holderOf(credential);
		const isCard = credential.type !== 'pin';
		const whose = credential.person && !owner
			? el('a', { href: `#/people/${credential.person}` }, holder) : holder;
		const name = `the ${WORD[credential.type]} of ${holder}`;
		return {
			cells: [...(owner ? [] : [whose]), numberText(credential),
				isCard ? `${credential.facility}` : '', isCard ? formatText(credential, context) : '',
				el('span', { class: 'badge', 'data-status': credential.status },
					spell(credential.status)), validText(credential),
				opensText(credential, context)],
			buttons: mayChange ? [
				el('button', { type: 'button', 'aria-label': `Change ${name}`,
					onclick: () => edit(credential, holder) }, 'Change'),
				el('button', { type: 'button', class: 'danger', 'aria-label': `Remove ${name}`,
					onclick: () => remove(credential, holder) }, 'Remove')] : [],
		};
	};
	const table = pagedTable({ kind: 'credential', label: 'Cards and PINs', message, row, query,
		columns: [...(owner ? [] : ['Holder']), ...COLUMNS], empty });
	const add = (type, text, kind) => el('button', { type: 'button', class: kind,
		disabled: !mayChange, onclick: () => edit({ type }) }, text);
	return {
		node: el('div', {}, el('div', { class: 'toolbar' }, add('card', 'Add card', 'primary'),
			add('pin', 'Add PIN', null), more, mayChange ? null : el('span', { class: 'hint' },
				'Only an administrator may change this.')), message, place, table.node),
		refresh: table.refresh,
	};
}

// A field that searches while one types; changed(text) after a pause.
export function searchField(label, changed) {
	const input = el('input', { type: 'search', id: 'search', autocomplete: 'off', maxlength: 64 });
	let timer = null;
	input.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(() => changed(input.value.trim()), 200);
	});
	return { node: el('span', { class: 'find' }, el('label', { for: 'search' }, label), input),
		text: () => input.value.trim() };
}

export function credentialsPage(main, session) {
	const message = el('p', { class: 'message', role: 'status' }, 'Loading…');
	const search = searchField('Search', () => section?.refresh());
	let section = null;
	const open = async () => {
		const context = await credentialContext();
		section = credentialSection(session, context, {
			query: () => (search.text() ? { search: search.text() } : {}), more: [search.node],
			empty: () => (search.text() ? 'Nothing is found.' : 'No cards yet. Add one and choose '
				+ 'the doors that it opens, or add people and give them profiles.') });
		message.replaceWith(section.node);
		await section.refresh();
	};
	main.append(message);
	open().catch((error) => showFailure(message, error));
}
