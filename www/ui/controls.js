// One control for one value of a JSON Schema: its element, how to show a value, how to read it.

import { el } from './dom.js';
import { picker } from './picker.js';
import { spell } from './spell.js';

// Kinds of which there are too many to choose from a list.
const SEARCHED = ['person', 'credential'];

// "0 for always." or "0: always." is an option of its own; without such words it is "None".
export function textOfNone(schema) {
	const [, text] = /\b0(?: for|:) ([^.;]+)/.exec(schema.description ?? '') ?? [null, 'none'];
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function enumControl(schema, common) {
	const node = el('select', common, schema.enum.map((choice) =>
		el('option', { value: choice }, spell(choice))));
	return { node, set: (value) => { node.value = value; }, get: () => node.value };
}

function boolControl(schema, common) {
	const node = el('input', { ...common, type: 'checkbox' });
	return { node, set: (value) => { node.checked = value === true; }, get: () => node.checked };
}

function numberControl(schema, common) {
	const node = el('input', { ...common, type: 'number', min: schema.minimum,
		max: schema.maximum, step: 1, inputmode: 'numeric' });
	return { node, set: (value) => { node.value = value ?? ''; },
		get: () => (node.value === '' ? null : Number(node.value)) };
}

function refControl(schema, common, objects) {
	const node = el('select', common, schema.minimum === 0
		? el('option', { value: 0 }, textOfNone(schema))
		: el('option', { value: '' }, objects.length ? 'Choose…' : 'There is none yet'),
	objects.map(({ id, name }) => el('option', { value: id }, name)));
	const set = (value) => {
		const known = [...node.options].some((option) => option.value === String(value));
		if (value && !known)
			node.append(el('option', { value }, `${spell(schema['x-kind'])} ${value}`));
		node.value = value ?? (schema.minimum === 0 ? 0 : '');
	};
	return { node, set, get: () => (node.value === '' ? null : Number(node.value)) };
}

function twoDigits(number) {
	return String(number).padStart(2, '0');
}

// The browser's own control shows local time; the device keeps UTC.
function timeControl(schema, common) {
	const node = el('input', { ...common, type: 'datetime-local', step: 1 });
	const set = (value) => {
		const time = value ? new Date(value) : null;
		node.value = time ? `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${
			twoDigits(time.getDate())}T${[time.getHours(), time.getMinutes(),
			time.getSeconds()].map(twoDigits).join(':')}` : '';
	};
	return { node, set, get: () => {
		// Half a time is refused at this field and not taken for none.
		if (node.value === '')
			return node.validity.badInput ? 'incomplete' : '';
		return new Date(node.value).toISOString().replace('.000Z', 'Z');
	} };
}

function textControl(schema, common) {
	const node = el('input', { ...common, type: schema.writeOnly ? 'password' : 'text',
		maxlength: schema.maxLength,
		autocomplete: schema.writeOnly ? 'new-password' : 'off' });
	return { node, set: (value) => { node.value = value ?? ''; },
		// What cannot be read back stays as it is unless it is typed anew.
		get: () => (schema.writeOnly && node.value === '' ? null : node.value) };
}

// Pasted, or taken from a file; what is too long is refused by the device.
function linesControl(schema, common) {
	const area = el('textarea', { ...common, rows: 6, spellcheck: 'false', autocomplete: 'off' });
	const file = el('input', { type: 'file', 'aria-label': `File: ${schema.title}`,
		onchange: async () => {
			const [chosen] = file.files;
			if (chosen)
				area.value = await chosen.slice(0, schema.maxLength + 1).text();
			file.value = '';
		} });
	return { node: el('div', { class: 'lines' }, area, file), focus: area,
		set: (value) => { area.value = value ?? ''; },
		get: () => (schema.writeOnly && area.value === '' ? null : area.value) };
}

// choices has the {id, name} of each kind by its name.
export function makeControl(schema, common, choices) {
	if (schema.enum)
		return enumControl(schema, common);
	if (schema.type === 'boolean')
		return boolControl(schema, common);
	if (schema.type === 'integer' && SEARCHED.includes(schema['x-kind']))
		return picker(schema['x-kind'], common);
	if (schema.type === 'integer' && schema['x-kind'])
		return refControl(schema, common, choices[schema['x-kind']] ?? []);
	if (schema.type === 'integer')
		return numberControl(schema, common);
	if (schema.format === 'date-time')
		return timeControl(schema, common);
	return schema['x-lines'] ? linesControl(schema, common) : textControl(schema, common);
}
