// What readers show and sound for each outcome, from a table that an operator edits.

import { invoke } from './api.js';
import { el, newId } from './dom.js';
import { openEditor } from './editor.js';
import { actionButton, liveTable } from './table.js';

function lightText(row) {
	const blink = row.on_time && row.off_time ? ` and ${row.colour_off}, ${row.on_time} and ${
		row.off_time} ms` : '';
	return row.colour === 'off' ? '–' : `${row.colour}${blink}`;
}

export function feedbackSection(say) {
	const titleId = newId('feedback');
	const place = el('div');
	const title = ({ outcome }) => outcome.replaceAll('_', ' ');
	const table = liveTable({ label: 'Feedback', empty: 'Loading…', columns: [
		{ title: 'Outcome', text: title },
		{ title: 'Light', text: lightText },
		{ title: 'Beeps', text: ({ beeps }) => (beeps === 255 ? 'as long as it lasts' : beeps) },
		{ title: 'Text', text: ({ text }) => text || '–' },
		{ title: 'For', text: ({ duration }) => (duration ? `${duration / 1000} s` : '–') },
		{ title: '', make: (id) => actionButton({ text: 'Change', pending: 'Opening…', say,
			label: (row) => `Change: ${title(row)}`, act: () => openEditor(place, 'feedback', id,
				{ title: (values) => `What readers show: ${title(values)}` }) }) },
	] });
	const load = async () => {
		try {
			const { objects } = await invoke('object.list', { kind: 'feedback' });
			table.update(objects);
		} catch (error) {
			say(error.message);
		}
	};
	place.addEventListener('submit', () => setTimeout(load, 500));
	load();
	return {
		node: el('section', { 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
			el('h2', { id: titleId }, 'What readers show')), table.node, place),
		update: () => {},
	};
}
