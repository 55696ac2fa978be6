// Forms made from JSON Schema: one row for each property, errors at the field they belong to.

import { el, newId } from './dom.js';

function optionsOf(schema) {
	return schema.enum.map((choice) => el('option', { value: choice }, choice));
}

function numberInput(common, schema) {
	return el('input', { ...common, type: 'number', min: schema.minimum, max: schema.maximum,
		step: 1, inputmode: 'numeric' });
}

// Each control: its element, how to show a value, how to read it.
function makeControl(schema, common) {
	if (schema.enum) {
		const node = el('select', common, optionsOf(schema));
		return { node, set: (value) => { node.value = value; }, get: () => node.value };
	}
	if (schema.type === 'boolean') {
		const node = el('input', { ...common, type: 'checkbox' });
		return { node, set: (value) => { node.checked = value; }, get: () => node.checked };
	}
	if (schema.type === 'integer') {
		const node = numberInput(common, schema);
		return { node, set: (value) => { node.value = value ?? ''; },
			get: () => (node.value === '' ? null : Number(node.value)) };
	}
	const node = el('input', { ...common, type: schema.writeOnly ? 'password' : 'text',
		maxlength: schema.maxLength, autocomplete: 'off' });
	return { node, set: (value) => { node.value = value ?? ''; }, get: () => node.value };
}

// Numbers of doors or floors as boxes to tick.
function numbersField(name, schema, choices) {
	const hintId = newId('hint');
	const errorId = newId('error');
	const boxes = choices.map(({ id, name: label }) => {
		const box = el('input', { type: 'checkbox', id: newId('choice'), value: id });
		return { box, row: el('div', { class: 'check' }, box,
			el('label', { for: box.id }, label)) };
	});
	const error = el('p', { class: 'field-error', id: errorId });
	const node = el('fieldset', { class: 'field', 'aria-describedby': `${hintId} ${errorId}` },
		el('legend', {}, schema.title ?? name), boxes.map(({ row }) => row),
		el('p', { class: 'hint', id: hintId }, schema.description ?? ''), error);
	return {
		name, node, error, focus: boxes[0]?.box,
		set: (value) => boxes.forEach(({ box }) => {
			box.checked = (value ?? []).includes(Number(box.value));
		}),
		get: () => boxes.filter(({ box }) => box.checked).map(({ box }) => Number(box.value)),
	};
}

function plainField(name, schema, isRequired) {
	const id = newId('field');
	const hintId = newId('hint');
	const errorId = newId('error');
	const control = makeControl(schema, { id, name, required: isRequired && !schema.enum &&
		schema.type !== 'boolean', 'aria-describedby': `${hintId} ${errorId}` });
	const label = el('label', { for: id },
		schema['x-unit'] ? `${schema.title ?? name} (${schema['x-unit']})`
			: schema.title ?? name);
	const error = el('p', { class: 'field-error', id: errorId });
	const hint = el('p', { class: 'hint', id: hintId }, schema.description ?? '');
	const isCheck = schema.type === 'boolean';
	const node = el('div', { class: isCheck ? 'field check-field' : 'field' },
		isCheck ? el('div', { class: 'check' }, control.node, label) : [label, control.node],
		hint, error);
	return { name, node, error, focus: control.node, set: control.set, get: control.get };
}

// schema is an object's; names restricts and orders; lists has the {id, name} that a list of numbers
// chooses from, by its name. A list with nothing to choose from is left out.
export function makeFields(schema, { names, lists = {}, isReadOnly = false } = {}) {
	const wanted = names ?? Object.keys(schema.properties);
	const isShown = (name) => !schema.properties[name].readOnly
		&& (schema.properties[name].type !== 'array' || lists[name]?.length > 0);
	const fields = wanted.filter(isShown).map((name) => {
		const property = schema.properties[name];
		return property.type === 'array' ? numbersField(name, property, lists[name])
			: plainField(name, property, (schema.required ?? []).includes(name));
	});
	for (const field of fields)
		field.set(schema.properties[field.name].default ?? null);
	if (isReadOnly)
		for (const field of fields)
			field.node.querySelectorAll('input, select').forEach((input) => {
				input.disabled = true;
			});
	return {
		nodes: fields.map((field) => field.node),
		set: (values) => fields.forEach((field) => {
			if (values[field.name] !== undefined)
				field.set(values[field.name]);
		}),
		get: () => Object.fromEntries(fields.map((field) => [field.name, field.get()])
			.filter(([, value]) => value !== null)),
		clearErrors: () => fields.forEach((field) => {
			field.error.textContent = '';
			field.focus?.removeAttribute('aria-invalid');
		}),
		// False when no field has that name.
		showError: (name, text) => {
			const field = fields.find((each) => each.name === name);
			if (!field)
				return false;
			field.error.textContent = text;
			field.focus?.setAttribute('aria-invalid', 'true');
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
