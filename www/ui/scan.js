// Searching a reader line: which devices answer, at which address and speed.

import { invoke } from './api.js';
import { el, newId, setText, whilePending } from './dom.js';
import { live, numbersOf } from './state.js';
import { actionButton, liveTable } from './table.js';

export function scanSection(say) {
	const titleId = newId('scan');
	const bus = el('select', { id: newId('bus') });
	const reader = el('select', { id: newId('as') });
	const progress = el('progress', { 'aria-label': 'Search', max: 1, value: 0, hidden: true });
	const state = el('p', { class: 'hint', role: 'status' });
	const start = el('button', { type: 'button', onclick: () => whilePending(start, 'Searching…',
		async () => {
			say('');
			try {
				await invoke('reader.scan', { bus: Number(bus.value) });
			} catch (error) {
				say(error.message);
			}
		}) }, 'Search the line');
	const stop = el('button', { type: 'button', hidden: true, onclick: () => whilePending(stop,
		'Stopping…', async () => {
			say('');
			try {
				await invoke('reader.scan_stop', { bus: Number(bus.value) });
			} catch (error) {
				say(error.message);
			}
		}) }, 'Stop searching');
	const found = liveTable({ label: 'Found', empty: 'Nothing was searched yet.', columns: [
		{ title: 'Address', text: ({ address }) => address },
		{ title: 'Speed', text: ({ baud }) => `${baud} baud` },
		{ title: 'Device', text: ({ vendor, model, serial, firmware }) =>
			`${vendor} model ${model}, serial ${serial}, firmware ${firmware}` },
		{ title: '', make: () => actionButton({ text: 'Use as the reader chosen', say,
			pending: 'Saving…', label: ({ address }, text) => `${text}: address ${address}`,
			act: ({ address, baud }) => invoke('reader.adopt',
				{ reader: Number(reader.value), address, baud }) }) },
	] });
	bus.addEventListener('change', () => update());

	const fill = (select, kind, text) => {
		const numbers = numbersOf(kind);
		if (select.options.length !== numbers.length)
			select.replaceChildren(...numbers.map((number) =>
				el('option', { value: number }, text(number))));
	};
	const update = () => {
		fill(bus, 'line', (number) => `Line ${number}`);
		fill(reader, 'reader', (number) => live.get(`reader.${number}`).name ?? `Reader ${number}`);
		const line = live.get(`line.${bus.value}`) ?? {};
		const finds = line.found ?? [];
		stop.hidden = !line.scanning;
		progress.hidden = !line.scanning;
		progress.max = line.questions || 1;
		progress.value = line.asked ?? 0;
		setText(state, line.scanning ? `${line.asked} of ${line.questions} questions asked; the `
			+ 'readers of this line are not served meanwhile.' : '');
		found.update(finds.map((find) => ({ id: `${find.baud}-${find.address}-${find.serial}`,
			...find })));
	};
	return {
		node: el('section', { 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
			el('h2', { id: titleId }, 'Find readers')), el('div', { class: 'toolbar' },
			el('label', { for: bus.id }, 'Line'), bus, start, stop, progress,
			el('label', { for: reader.id }, 'Reader'), reader), state, found.node),
		update,
	};
}
