// Fields that hold several: numbers as boxes to tick, and lists of objects with a form for each.

import { el, newId } from './dom.js';
import { isWeekdays, WEEKDAYS } from './spell.js';

function frame(name, schema, ...content) {
	const hint = el('p', { class: 'hint', id: newId('hint') }, schema.description ?? '');
	const error = el('p', { class: 'field-error', id: newId('error') });
	const node = el('fieldset', { class: 'field', 'aria-describedby': `${hint.id} ${error.id}` },
		el('legend', {}, schema.title ?? name), hint, content, error);
	return { name, node, error };
}

// What there is to tick; empty when there is nothing.
export function choicesOf(name, schema, choices) {
	if (isWeekdays(name, schema))
		return WEEKDAYS.map((text, index) => ({ id: index + 1, name: text }));
	return choices[schema['x-kind'] ?? name] ?? [];
}

export function numbersField(name, schema, objects) {
	const boxes = objects.map(({ id, name: label }) => {
		const box = el('input', { type: 'checkbox', id: newId('choice'), value: id });
		return { box, row: el('div', { class: 'check' }, box,
			el('label', { for: box.id }, label)) };
	});
	return {
		...frame(name, schema, el('div', { class: objects.every(({ name: label }) =>
			String(label).length < 5) ? 'choices short' : 'choices' }, boxes.map(({ row }) => row))),
		focus: boxes[0]?.box,
		set: (value) => boxes.forEach(({ box }) => {
			box.checked = (value ?? []).includes(Number(box.value));
		}),
		get: () => boxes.filter(({ box }) => box.checked).map(({ box }) => Number(box.value)),
	};
}

// "Rules" is a list of rules.
function oneOf(title) {
	return title.endsWith('s') ? title.slice(0, -1).toLowerCase() : 'entry';
}

// make() gives the fields of one entry, as makeFields() does.
export function listField(name, schema, make) {
	const word = oneOf(schema.title ?? name);
	const rows = [];
	const list = el('div', { class: 'entries' });
	const add = el('button', { type: 'button', onclick: () => {
		const row = append({});
		row.node.querySelector('input, select')?.focus();
	} }, `Add ${word}`);
	const number = () => {
		rows.forEach((row, index) => {
			row.node.setAttribute('aria-label', `${word} ${index + 1}`);
			row.up.hidden = index === 0;
			row.up.setAttribute('aria-label', `Up: ${word} ${index + 1}`);
			row.remove.setAttribute('aria-label', `Remove ${word} ${index + 1}`);
		});
		add.disabled = rows.length >= schema.maxItems;
	};
	const take = (row) => {
		row.node.remove();
		rows.splice(rows.indexOf(row), 1);
		number();
		add.focus();
	};
	const lift = (row) => {
		const index = rows.indexOf(row);
		rows[index - 1].node.before(row.node);
		rows.splice(index - 1, 2, row, rows[index - 1]);
		number();
		(row.up.hidden ? row.remove : row.up).focus();
	};
	const append = (entry) => {
		const fields = make();
		const row = { entry, fields,
			up: el('button', { type: 'button', onclick: () => lift(row) }, 'Up'),
			remove: el('button', { type: 'button', onclick: () => take(row) },
				`Remove ${word}`) };
		row.node = el('div', { class: 'entry', role: 'group' },
			el('div', { class: 'fields' }, fields.nodes),
			el('div', { class: 'actions' }, row.up, row.remove));
		fields.set(entry);
		rows.push(row);
		list.append(row.node);
		number();
		return row;
	};
	const field = { ...frame(name, schema, list, el('div', { class: 'actions' }, add)), focus: add };
	return {
		...field,
		set: (value) => {
			rows.splice(0).forEach(({ node }) => node.remove());
			(value ?? []).forEach(append);
			number();
		},
		// What the form does not show of an entry is kept.
		get: () => rows.map(({ entry, fields }) => ({ ...entry, ...fields.get() })),
		clear: () => rows.forEach(({ fields }) => fields.clearErrors()),
		// "entry 2, to: later than from" belongs to a field of the second entry.
		show: (text) => {
			const [, index, inner, rest] = /^entry (\d+), (?:\w+ \d+, )?(\w+): (.*)$/i.exec(text)
				?? [];
			return rows[index - 1]?.fields.showError(inner,
				rest.charAt(0).toUpperCase() + rest.slice(1)) === true;
		},
	};
}
