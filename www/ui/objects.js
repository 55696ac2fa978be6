// A list of objects of one kind, and the form in which one is made or changed.

import { call, invoke } from './api.js';
import { confirmDialog, el, newId, whilePending } from './dom.js';
import { makeFields, showDone, showError, showFailure } from './form.js';
import { choicesFor, isFixed, listOf, nameOf } from './kinds.js';
import { orderOf, valueText } from './spell.js';

// The schema of everything and what the kind's fields may refer to.
export async function contextOf(kind) {
	const whole = await call('GET', 'schema');
	const schema = whole.objects[kind];
	return { whole, kind, schema, choices: await choicesFor(schema, whole) };
}

// values without an id make a new object. done(text, id) after it was saved; names as in makeFields();
// fixed is what the form does not ask for; trial {text, pending, run(object) -> node} tries it
// before it is saved.
export function objectForm(context, values, { title, names, fixed = {}, trial, done, place }) {
	const titleId = newId('form');
	const fields = makeFields(context.schema, { names, choices: context.choices });
	const message = el('p', { class: 'message', role: 'alert' });
	const save = el('button', { type: 'submit', class: 'primary' }, 'Save');
	const outcome = el('div');
	const attempt = el('button', { type: 'button', hidden: !trial, onclick: async () => {
		fields.clearErrors();
		message.textContent = '';
		outcome.replaceChildren();
		try {
			outcome.append(await whilePending(attempt, trial.pending,
				() => trial.run({ ...fixed, ...fields.get() })));
		} catch (error) {
			showError(fields, message, error);
		}
	} }, trial?.text ?? '');
	const close = () => form.remove();
	const form = el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			const object = { ...fixed, ...fields.get() };
			try {
				const made = await whilePending(save, 'Saving…', () => (values.id
					? invoke('object.change', { kind: context.kind, id: values.id, object })
					: invoke('object.create', { kind: context.kind, object })));
				close();
				done(values.id ? 'Saved.' : 'Added.', values.id ?? made.id);
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, title), el('div', { class: 'fields' }, fields.nodes), message,
	outcome, el('div', { class: 'actions' }, save, attempt,
		el('button', { type: 'button', onclick: close }, 'Cancel')));
	fields.set(values);
	place.replaceChildren(form);
	form.querySelector('input, select')?.focus();
	form.scrollIntoView({ block: 'nearest' });
}

// After having asked; false when it is still there.
export async function removeObject(kind, object, { name, text, extra = {} }, message) {
	if (!await confirmDialog(`Remove ${name}?`, text, 'Remove'))
		return false;
	try {
		await invoke('object.remove', { kind, id: object.id, ...extra });
		showDone(message, 'Removed.');
		return true;
	} catch (error) {
		showFailure(message, error);
		return false;
	}
}

function actionsCell(buttons) {
	return el('td', { class: 'row-actions' }, buttons);
}

// rows() gives nodes or texts for each column.
export function objectTable({ label, columns, empty }) {
	const body = el('tbody');
	const hint = el('p', { class: 'hint' }, 'Loading…');
	const table = el('table', { class: 'list', 'aria-label': label, hidden: true },
		el('thead', {}, el('tr', {}, columns.map((title) => el('th', { scope: 'col' }, title)),
			el('th', { scope: 'col' }, el('span', { class: 'visually-hidden' }, 'Actions')))),
		body);
	return {
		node: el('div', { class: 'panel table-panel' }, hint, table),
		clear: () => body.replaceChildren(),
		add: (object, cells, buttons) => body.append(el('tr', { 'data-id': object.id },
			cells.map((cell, index) => el('td', { 'data-label': columns[index] },
				cell || '–')), actionsCell(buttons))),
		settle: () => {
			const isEmpty = body.children.length === 0;
			hint.textContent = isEmpty ? empty() : '';
			hint.hidden = !isEmpty;
			table.hidden = isEmpty;
		},
	};
}

// Page by page, however many there are. row(object) -> {cells, buttons}; query() as in listOf().
export function pagedTable({ kind, label, columns, empty, query = () => ({}), row, message }) {
	const table = objectTable({ label, columns, empty });
	const count = el('p', { class: 'hint', role: 'status' });
	let next = 0;
	let shown = 0;
	let asked = 0;
	const load = async (after) => {
		asked += 1;
		const mine = asked;
		const page = await listOf(kind, { ...query(), after });
		const rows = await Promise.all(page.objects.map(row));
		if (mine !== asked)
			return;
		if (!after) {
			table.clear();
			shown = 0;
		}
		page.objects.forEach((object, index) => table.add(object, rows[index].cells,
			rows[index].buttons));
		shown += page.objects.length;
		next = page.next ?? 0;
		more.hidden = !next;
		count.textContent = next ? `${shown} shown${page.count && !query().search
			&& !query().filter ? ` of ${page.count}` : ''}.` : '';
		table.settle();
	};
	const more = el('button', { type: 'button', hidden: true, onclick: () => whilePending(more,
		'Loading…', () => load(next)).catch((error) => showFailure(message, error)) },
	'Show more');
	return {
		node: el('div', {}, table.node, el('div', { class: 'actions table-more' }, more, count)),
		refresh: () => load(0).catch((error) => showFailure(message, error)),
	};
}

// The list of a row of KINDS with its form.
export function kindSection(session, about) {
	const mayChange = session.role === 'administrator';
	const message = el('p', { class: 'message', role: 'status' });
	const place = el('div');
	const section = el('section', { 'aria-label': about.title });
	const open = async () => {
		const context = await contextOf(about.kind);
		const { properties } = context.schema;
		const columns = about.columns.filter((name) => properties[name]);
		const saved = (text) => {
			showDone(message, text);
			table.refresh();
		};
		const edit = (object) => {
			message.textContent = '';
			const { trial, first } = about;
			const names = first && [...new Set([...first, ...orderOf(context.schema)])];
			objectForm(context, object, { place, names, trial, done: saved, title: object.id
				? `Change ${nameOf(object)}` : `Add ${articleOf(about.one)}` });
		};
		const remove = async (object) => {
			const isGone = await removeObject(about.kind, object, { name: nameOf(object),
				text: 'This cannot be undone.' }, message);
			if (isGone)
				table.refresh();
		};
		const button = (text, object, act, kind = null) => el('button', { type: 'button',
			class: kind, 'aria-label': `${text} ${nameOf(object)}`, onclick: act }, text);
		const row = (object) => ({
			cells: columns.map((name) => valueText(name, object[name], properties[name],
				context.choices)),
			buttons: [about.look ? button(about.look.text, object,
				() => about.look.open(place, object)) : null,
			mayChange ? button('Change', object, () => edit(object)) : null,
			mayChange && !isFixed(about.kind) ? button('Remove', object, () => remove(object),
				'danger') : null].filter(Boolean),
		});
		const table = pagedTable({ kind: about.kind, label: about.title, message, row,
			columns: columns.map((name) => properties[name].title ?? name),
			empty: () => about.empty ?? 'There are none.' });
		const add = el('button', { type: 'button', class: 'primary', disabled: !mayChange,
			onclick: () => edit({}) }, `Add ${about.one}`);
		const tools = [isFixed(about.kind) ? null : add,
			about.more?.(session, message, () => table.refresh()) ?? null,
			mayChange ? null : el('span', { class: 'hint' },
				'Only an administrator may change this.')].filter(Boolean);
		section.append(el('div', { class: 'toolbar', hidden: tools.length === 0 }, tools), message,
			place, table.node);
		await table.refresh();
	};
	open().catch((error) => {
		showFailure(message, error);
		section.append(message);
	});
	return section;
}

export function articleOf(word) {
	return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}
