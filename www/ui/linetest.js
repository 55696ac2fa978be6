// How good the lines of readers are: what is lost at each speed, while a test runs and afterwards.

import { invoke } from './api.js';
import { el, newId, setText } from './dom.js';
import { live, numbersOf } from './state.js';
import { actionButton, liveTable } from './table.js';

const WORDS = { waiting: 'waits', running: 'is tested', refused: 'the reader does not take it',
	lost: 'the reader went there and was not heard', left_out: 'not tried' };

function tests() {
	return numbersOf('line').map((bus) => ({ id: bus, ...live.get(`line.${bus}`).test }))
		.filter(({ reader }) => reader !== undefined);
}

function speedText({ baud, state, asked, lost, mean_us: mean }) {
	if (state !== 'tested' && !asked)
		return `${baud}: ${WORDS[state]}`;
	return `${baud}: ${lost} of ${asked} lost, replies after ${(mean / 1000).toFixed(1)} ms`;
}

function verdict({ running, back, baud, best }) {
	if (running)
		return 'Testing…';
	const advice = !best ? 'No speed was tested to its end' : best === baud ? `Stay at ${baud}`
		: `${best} is better than ${baud}`;
	return back ? advice : `${advice}. The reader did not come back: search the line`;
}

export function lineTestSection(nameOf, say) {
	const titleId = newId('linetest');
	const state = el('p', { class: 'hint', role: 'status' });
	const name = ({ reader }) => nameOf({ id: reader, ...live.get(`reader.${reader}`) });
	const table = liveTable({ label: 'Line tests', empty: 'No line was tested yet.',
		level: ({ back }) => (back ? null : 'alarm'), columns: [
			{ title: 'Reader', text: name },
			{ title: 'Speeds', text: ({ speeds }) => speeds.map(speedText).join('; ') },
			{ title: 'Result', text: verdict },
			{ title: '', make: () => actionButton({ text: 'Stop', pending: 'Stopping…', say,
				label: (test, text) => `${text}: ${name(test)}`,
				isThere: ({ running }) => running,
				act: ({ reader }) => invoke('reader.line_test_stop', { reader }) }) },
		] });
	const section = el('section', { 'aria-labelledby': titleId },
		el('div', { class: 'section-head' }, el('h2', { id: titleId }, 'Line tests')), state,
		table.node);
	return {
		node: section,
		update: () => {
			const found = tests();
			section.hidden = !found.length;
			table.update(found);
			setText(state, found.some(({ running }) => running)
				? 'Cards are taken meanwhile; the speed of a reader with a line of its own changes.'
				: '');
		},
	};
}
