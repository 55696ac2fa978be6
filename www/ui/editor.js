// The settings of one object in a form that opens where it was asked for.

import { call, invoke } from './api.js';
import { el, newId, whilePending } from './dom.js';
import { makeFields, showDone, showError } from './form.js';
import { choicesFor } from './kinds.js';

// names restricts and orders the fields; title(values) names the form; more goes below them.
export async function openEditor(place, kind, id, { names, more = [], title = (values) =>
	`Settings of ${values.name}` } = {}) {
	const [schema, values] = await Promise.all([call('GET', 'schema'),
		invoke('object.get', { kind, id })]);
	const titleId = newId('edit');
	const choices = await choicesFor(schema.objects[kind], schema);
	const fields = makeFields(schema.objects[kind], { names, choices });
	const message = el('p', { class: 'message', role: 'status' });
	const save = el('button', { type: 'submit', class: 'primary' }, 'Save');
	fields.set(values);
	const form = el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			try {
				await whilePending(save, 'Saving…',
					() => invoke('object.change', { kind, id, object: fields.get() }));
				showDone(message, 'Saved.');
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, title(values)),
	el('div', { class: 'fields' }, fields.nodes), more, message,
	el('div', { class: 'actions' }, save,
		el('button', { type: 'button', onclick: () => form.remove() }, 'Close')));
	place.replaceChildren(form);
	form.querySelector('input, select')?.focus();
}
