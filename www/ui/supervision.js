// How a supervised input is wired: the two circuits, what is measured, and what the cable needs.

import { el, svg } from './dom.js';

// Closed, open: what the controller measures, by the scheme's own names.
const MEASURED = [
	['Parallel first, 22 kΩ and 4.7 kΩ', '3.87 kΩ', '22 kΩ'],
	['Serial first, 1 kΩ twice', '1 kΩ', '2 kΩ'],
	['Serial first, 2.2 kΩ twice', '2.2 kΩ', '4.4 kΩ'],
	['Serial first, 4.7 kΩ twice', '4.7 kΩ', '9.4 kΩ'],
	['Serial first, 10 kΩ twice', '10 kΩ', '20 kΩ'],
];

function words(x, y, text, anchor = 'middle') {
	return svg('text', { x, y, 'text-anchor': anchor }, text);
}

function resistorAcross(x, y, text) {
	return [svg('rect', { x: x - 22, y: y - 7, width: 44, height: 14 }), words(x, y - 12, text)];
}

function resistorDown(x, y, text) {
	return [svg('rect', { x: x - 7, y: y - 22, width: 14, height: 44 }),
		words(x - 14, y + 4, text, 'end')];
}

// An open switch whose contacts are at y - 10 and y + 10.
function switchDown(x, y) {
	return [svg('path', { d: `M${x} ${y + 10}L${x + 12} ${y - 10}` }),
		words(x + 18, y + 4, 'switch', 'start')];
}

function circuit(describe, ...parts) {
	return svg('svg', { viewBox: '0 0 340 130', class: 'circuit', role: 'img',
		'aria-label': describe }, words(8, 29, 'IN', 'start'), words(8, 109, 'GND', 'start'),
	...parts.flat());
}

function parallelFirst() {
	return circuit('Parallel first: 22 kΩ between input and ground; in parallel to it 4.7 kΩ and '
		+ 'the switch, in series.',
	svg('path', { d: 'M40 25H240V31M240 75V79M240 99V105H40M140 25V43M140 87V105' }),
	resistorDown(140, 65, '22 kΩ'), resistorDown(240, 53, '4.7 kΩ'), switchDown(240, 89));
}

function serialFirst() {
	return circuit('Serial first: a resistor in series with the input; behind it a second one of '
		+ 'the same value in parallel to the switch.',
	svg('path', { d: 'M40 25H78M122 25H260V55M260 75V105H40M200 25V43M200 87V105' }),
	resistorAcross(100, 25, 'R'), resistorDown(200, 65, 'R'), switchDown(260, 65));
}

function figure(node, caption) {
	return el('figure', {}, node, el('figcaption', {}, caption));
}

export function supervisionPanel() {
	return el('details', { class: 'card place', 'data-place': 'supervision' }, el('summary', {},
		el('span', { class: 'place-name' }, 'Supervised inputs'), ' ',
		el('span', { class: 'hint' }, 'end-of-line resistors')),
	el('p', { class: 'wiring-note' }, 'A supervised input needs its resistors at the end of the '
		+ 'line, within 5 %, in one of these two ways; the settings of the input say which. It '
		+ 'tells open and closed from a short circuit (no resistance to ground), a cut wire (no '
		+ 'path to ground) and wrong resistors, which are alarms.'),
	el('div', { class: 'circuits' },
		figure(parallelFirst(), 'Parallel first: 22 kΩ and 4.7 kΩ'),
		figure(serialFirst(), 'Serial first: two of 1, 2.2, 4.7 or 10 kΩ')),
	el('table', { class: 'list', 'aria-label': 'What is measured' }, el('thead', {}, el('tr', {},
		['Wiring', 'Closed', 'Open'].map((text) => el('th', { scope: 'col' }, text)))),
	el('tbody', {}, MEASURED.map(([wiring, closed, opened]) => el('tr', {},
		el('td', { 'data-label': 'Wiring' }, wiring), el('td', { 'data-label': 'Closed' }, closed),
		el('td', { 'data-label': 'Open' }, opened))))),
	el('p', { class: 'wiring-note' }, 'Use twisted and shielded cable, with the shield connected '
		+ 'to 0 V DC.'));
}
