// Chooses one of very many objects by typing: a combobox whose list is what the device finds.

import { invoke } from './api.js';
import { el, newId, setAttribute } from './dom.js';
import { listOf, nameOf } from './kinds.js';

const FOUND = 10;
const PAUSE_MS = 200;

function detailOf(object) {
	if (object.reference)
		return `${nameOf(object)} (${object.reference})`;
	return object.card === undefined ? nameOf(object)
		: `${nameOf(object)} (card ${object.card})`;
}

export function picker(kind, common) {
	const listId = newId('list');
	const input = el('input', { ...common, type: 'text', role: 'combobox', autocomplete: 'off',
		'aria-expanded': 'false', 'aria-controls': listId, 'aria-autocomplete': 'list',
		placeholder: 'Type to search' });
	const list = el('ul', { id: listId, role: 'listbox', class: 'picker-list', hidden: true,
		'aria-label': 'Found' });
	let chosen = 0;
	let chosenName = '';
	let active = -1;
	let asked = 0;
	let timer = null;

	const close = () => {
		list.hidden = true;
		active = -1;
		setAttribute(input, 'aria-expanded', 'false');
		setAttribute(input, 'aria-activedescendant', null);
	};
	const choose = (object) => {
		chosen = object.id;
		chosenName = nameOf(object);
		input.value = chosenName;
		close();
		input.dispatchEvent(new Event('change', { bubbles: true }));
	};
	const show = (objects) => {
		list.replaceChildren(...objects.map((object) => el('li', { role: 'option',
			id: newId('option'), 'aria-selected': 'false',
			onmousedown: (event) => event.preventDefault(),
			onclick: () => choose(object) }, detailOf(object))));
		if (objects.length === 0)
			list.append(el('li', { class: 'hint', role: 'option', 'aria-disabled': 'true' },
				'Nobody is found.'));
		list.hidden = false;
		active = -1;
		setAttribute(input, 'aria-expanded', 'true');
	};
	// Only the newest answer counts, however late older ones come.
	const search = async () => {
		asked += 1;
		const mine = asked;
		try {
			const { objects } = await listOf(kind, { search: input.value.trim(), limit: FOUND });
			if (mine === asked && document.activeElement === input)
				show(objects);
		} catch {
			close();
		}
	};
	const move = (step) => {
		const options = [...list.querySelectorAll('[aria-selected]')];
		if (options.length === 0)
			return;
		active = (active + step + options.length) % options.length;
		options.forEach((option, index) => setAttribute(option, 'aria-selected',
			index === active ? 'true' : 'false'));
		setAttribute(input, 'aria-activedescendant', options[active].id);
		options[active].scrollIntoView({ block: 'nearest' });
	};
	const KEYS = {
		ArrowDown: () => (list.hidden ? search() : move(1)),
		ArrowUp: () => move(-1),
		Enter: () => list.querySelector('[aria-selected="true"]')?.click(),
		Escape: close,
	};
	input.addEventListener('keydown', (event) => {
		if (!KEYS[event.key] || (list.hidden && event.key !== 'ArrowDown')
			|| (event.key === 'Enter' && active < 0))
			return;
		event.preventDefault();
		KEYS[event.key]();
	});
	input.addEventListener('input', () => {
		chosen = 0;
		clearTimeout(timer);
		timer = setTimeout(search, PAUSE_MS);
	});
	input.addEventListener('blur', () => {
		close();
		// What is half typed is nobody.
		input.value = chosen ? chosenName : '';
	});
	return {
		node: el('div', { class: 'picker' }, input, list), focus: input,
		get: () => chosen,
		set: async (id) => {
			chosen = id ?? 0;
			chosenName = chosen ? `${chosen}` : '';
			input.value = chosenName;
			if (!chosen)
				return;
			const object = await invoke('object.get', { kind, id: chosen }).catch(() => null);
			if (object && chosen === id) {
				chosenName = nameOf(object);
				input.value = chosenName;
			}
		},
	};
}
