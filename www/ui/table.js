// A table of live objects: rows are made once and only what differs is written, so that focus,
// selection and open forms survive every change.

import { el, setAttribute, setText } from './dom.js';

// columns: { title, text(item) } or { title, make(id) -> { node, set(item) } }; level(item) marks
// a row as "warning" or "alarm". Items need an id.
export function liveTable({ columns, level = () => null, empty, label }) {
	const body = el('tbody');
	const hint = el('p', { class: 'hint' }, empty);
	const rows = new Map();
	const table = el('table', { class: 'list', 'aria-label': label },
		el('thead', {}, el('tr', {}, columns.map(({ title }) => el('th', { scope: 'col' },
			title || el('span', { class: 'visually-hidden' }, 'Actions'))))), body);

	const makeRow = (id) => {
		const cells = columns.map((column) => {
			const made = column.make?.(id);
			const node = el('td', { 'data-label': column.title || null,
				class: column.title ? null : 'row-actions' }, made ? made.node : []);
			return { node, set: made ? made.set
				: (item) => setText(node, String(column.text(item) ?? '–')) };
		});
		const node = el('tr', { 'data-id': id }, cells.map((cell) => cell.node));
		return { node, set: (item) => {
			setAttribute(node, 'data-level', level(item));
			cells.forEach((cell) => cell.set(item));
		} };
	};
	return {
		node: el('div', { class: 'card table-panel' }, hint, table),
		update: (items) => {
			const wanted = new Set(items.map(({ id }) => id));
			for (const [id, row] of rows) {
				if (!wanted.has(id)) {
					row.node.remove();
					rows.delete(id);
				}
			}
			for (const item of items) {
				if (!rows.has(item.id)) {
					rows.set(item.id, makeRow(item.id));
					body.append(rows.get(item.id).node);
				}
				rows.get(item.id).set(item);
			}
			hint.hidden = items.length > 0;
			table.hidden = items.length === 0;
		},
	};
}

// A button whose text and readiness follow the item; act(item) may fail, which say() tells.
export function actionButton({ text, pending, label, isReady = () => true, isThere = () => true,
	act, say, kind }) {
	let last = null;
	const node = el('button', { type: 'button', class: kind ?? null, onclick: async () => {
		say('');
		node.disabled = true;
		node.setAttribute('aria-busy', 'true');
		setText(node, pending);
		try {
			await act(last);
		} catch (error) {
			say(error.message);
		} finally {
			node.removeAttribute('aria-busy');
			set(last);
		}
	} });
	const set = (item) => {
		last = item;
		if (node.hasAttribute('aria-busy'))
			return;
		setText(node, typeof text === 'function' ? text(item) : text);
		setAttribute(node, 'aria-label', label(item, node.textContent));
		node.disabled = !isReady(item);
		node.hidden = !isThere(item);
	};
	return { node, set };
}
