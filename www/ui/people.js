// People: the list, and for each a page with what counts for the person and what they carry.

import { invoke } from './api.js';
import { confirmDialog, el, newId, whilePending } from './dom.js';
import { credentialContext, credentialSection, searchField } from './credentials.js';
import { makeFields, showDone, showError, showFailure } from './form.js';
import { contextOf, objectForm, pagedTable, removeObject } from './objects.js';
import { valueText } from './spell.js';

const LIST_NAMES = ['name', 'reference', 'profiles'];

async function openList(main, session, message) {
	const mayChange = session.role === 'administrator';
	const context = await contextOf('person');
	const place = el('div');
	const search = searchField('Search', () => table.refresh());
	const profiles = (person) => valueText('profiles', person.profiles,
		context.schema.properties.profiles, context.choices);
	const table = pagedTable({ kind: 'person', label: 'People', message,
		columns: ['Name', 'Reference', 'Profiles', 'Enabled'],
		query: () => (search.text() ? { search: search.text() } : {}),
		empty: () => (search.text() ? 'Nobody is found.'
			: 'No people yet. Add one, give the person a profile, and then a card.'),
		row: (person) => ({ cells: [el('a', { href: `#/people/${person.id}` }, person.name),
			person.reference, profiles(person), person.enabled ? 'Yes' : 'No'], buttons: [] }) });
	const add = el('button', { type: 'button', class: 'primary', disabled: !mayChange,
		onclick: () => objectForm(context, {}, { place, title: 'Add a person', names: LIST_NAMES,
			done: (text, id) => {
				location.hash = `#/people/${id}`;
			} }) }, 'Add person');
	main.append(el('div', { class: 'toolbar' }, add, search.node, mayChange ? null
		: el('span', { class: 'hint' }, 'Only an administrator may change people.')),
	message, place, table.node);
	await table.refresh();
}

function personForm(context, person, session, heading) {
	const titleId = newId('person');
	const mayChange = session.role === 'administrator';
	const fields = makeFields(context.schema, { choices: context.choices,
		isReadOnly: !mayChange });
	const message = el('p', { class: 'message', role: 'status' });
	const save = el('button', { type: 'submit', class: 'primary', disabled: !mayChange }, 'Save');
	fields.set(person);
	return el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			const object = fields.get();
			try {
				await whilePending(save, 'Saving…', () => invoke('object.change',
					{ kind: 'person', id: person.id, object }));
				heading.textContent = object.name;
				showDone(message, 'Saved.');
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, 'Person'), el('div', { class: 'fields' }, fields.nodes), message,
	el('div', { class: 'actions' }, save));
}

// What may be done with the person as a whole.
function personActions(person, session, message) {
	const forget = el('button', { type: 'button', onclick: async () => {
		const isSure = await confirmDialog(`Forget where ${person.name} is?`,
			'For anti-passback the person may be anywhere again.', 'Forget');
		if (!isSure)
			return;
		try {
			await whilePending(forget, 'Forgetting…',
				() => invoke('presence.forget', { person: person.id }));
			showDone(message, 'Forgotten.');
		} catch (error) {
			showFailure(message, error);
		}
	} }, 'Forget where');
	const remove = el('button', { type: 'button', class: 'danger', onclick: async () => {
		const isGone = await removeObject('person', person, { name: person.name,
			extra: { with: 'credentials' },
			text: 'All cards and PINs of this person go with it. This cannot be undone.' }, message);
		if (isGone)
			location.hash = '#/people';
	} }, 'Remove person');
	return [el('a', { href: '#/people' }, 'All people'),
		session.role === 'administrator' ? el('a', { href: `#/explain/person/${person.id}` },
			'Explain access') : null,
		el('span', { class: 'grow' }), session.role === 'viewer' ? null : forget,
		session.role === 'administrator' ? remove : null];
}

async function openPerson(main, session, message, id, heading) {
	const [context, person, credentials] = await Promise.all([contextOf('person'),
		invoke('object.get', { kind: 'person', id }), credentialContext()]);
	const titleId = newId('carries');
	const section = credentialSection(session, credentials, { owner: person,
		query: () => ({ filter: { person: id } }),
		empty: () => 'Nothing yet. Add a card or a PIN: the profiles above count for it.' });
	heading.textContent = person.name;
	document.title = `${person.name} – Cardea`;
	main.append(el('div', { class: 'toolbar' }, personActions(person, session, message)), message,
		personForm(context, person, session, heading), el('section',
			{ 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
				el('h2', { id: titleId }, 'Cards and PINs')), section.node));
	await section.refresh();
}

export function peoplePage(main, session, { rest, heading }) {
	const message = el('p', { class: 'message', role: 'status' });
	const id = Number(rest[0]);
	const opened = id > 0 ? openPerson(main, session, message, id, heading)
		: openList(main, session, message);
	opened.catch((error) => {
		showFailure(message, error);
		main.append(message);
	});
}
