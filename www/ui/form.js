// Forms made from JSON Schema: one row for each property, errors at the field they belong to.

import { makeControl } from './controls.js';
import { el, newId } from './dom.js';
import { choicesOf, listField, numbersField } from './lists.js';
import { orderOf } from './spell.js';

function hintOf(schema) {
	// The option for none says it.
	const hint = (schema.description ?? '').replace(schema['x-kind'] ? /;? ?\b0(:| for| when) [^.;]+/ : /$^/, '');

	return schema.format === 'date-time' ? `${hint} In the time of this browser.`.trim() : hint;
}

function plainField(name, schema, isRequired, choices) {
	const id = newId('field');
	const hintId = newId('hint');
	const errorId = newId('error');
	const isCheck = schema.type === 'boolean';
	const control = makeControl(schema, { id, name, required: isRequired && !schema.enum && !isCheck,
		'aria-describedby': `${hintId} ${errorId}` }, choices);
	const title = schema.title ?? name;
	const unit = schema['x-unit'];
	const label = el('label', { for: id },
		unit && unit !== title.toLowerCase() ? `${title} (${unit})` : title);
	const error = el('p', { class: 'field-error', id: errorId });
	const hint = el('p', { class: 'hint', id: hintId }, hintOf(schema));
	const node = el('div', { class: isCheck ? 'field check-field' : 'field' },
		isCheck ? el('div', { class: 'check' }, control.node, label) : [label, control.node],
		hint, error);
	return { name, node, error, focus: control.focus ?? control.node, set: control.set,
		get: control.get };
}

function isOfObjects(schema) {
	return schema.type === 'array' && schema.items.type === 'object';
}

function makeField(name, schema, isRequired, choices) {
	if (isOfObjects(schema))
		return listField(name, schema, () => makeFields(schema.items, { choices }));
	if (schema.type === 'array')
		return numbersField(name, schema, choicesOf(name, schema, choices));
	return plainField(name, schema, isRequired, choices);
}

// schema is an object's; names restricts and orders; choices has the {id, name} of the kinds that
// its fields refer to, or of a field by its name. Numbers with nothing to choose from are left out.
export function makeFields(schema, { names, choices = {}, isReadOnly = false } = {}) {
	const wanted = names ?? orderOf(schema);
	const isShown = (name) => {
		const property = schema.properties[name];
		return property && !property.readOnly && (property.type !== 'array'
			|| isOfObjects(property) || choicesOf(name, property, choices).length > 0);
	};
	const fields = wanted.filter(isShown).map((name) => makeField(name, schema.properties[name],
		(schema.required ?? []).includes(name), choices));
	for (const field of fields)
		field.set(schema.properties[field.name].default ?? null);
	const close = () => fields.forEach((field) =>
		field.node.querySelectorAll('input, select, textarea, button').forEach((input) => {
			input.disabled = true;
		}));
	if (isReadOnly)
		close();
	return {
		nodes: fields.map((field) => field.node),
		set: (values) => {
			fields.forEach((field) => {
				if (values[field.name] !== undefined)
					field.set(values[field.name]);
			});
			if (isReadOnly)
				close();
		},
		get: () => Object.fromEntries(fields.map((field) => [field.name, field.get()])
			.filter(([, value]) => value !== null)),
		clearErrors: () => fields.forEach((field) => {
			field.error.textContent = '';
			field.focus?.removeAttribute('aria-invalid');
			field.clear?.();
		}),
		// What was typed is not kept, and what can be set once is not asked for again.
		forget: (name) => {
			const field = fields.find((each) => each.name === name);
			field?.set('');
			if (schema.properties[name]['x-once'])
				field?.node.remove();
		},
		// False when no field has that name.
		showError: (name, text) => {
			const field = fields.find((each) => each.name === name);
			if (!field)
				return false;
			if (field.show?.(text))
				return true;
			field.error.textContent = text;
			if (field.focus?.matches('input, select, textarea'))
				field.focus.setAttribute('aria-invalid', 'true');
			field.focus?.focus();
			return true;
		},
	};
}

// Shows an ApiError at its field, or in the form's own message.
export function showError(fields, message, error) {
	const text = error.message.charAt(0).toUpperCase() + error.message.slice(1);
	message.className = 'message error';
	if (error.field && fields.showError(error.field, text))
		message.textContent = 'Not saved: see the marked field.';
	else
		message.textContent = error.field ? `${error.field}: ${text}` : text;
}

export function showDone(message, text) {
	message.className = 'message done';
	message.textContent = text;
}

export function showFailure(message, error) {
	message.className = 'message error';
	message.textContent = error.message;
}
