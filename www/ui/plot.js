// A line with its range over time, as SVG: points {ago, min, mean, max} in seconds from now.

import { svg } from './dom.js';

const WIDTH = 720;
const HEIGHT = 200;
const LEFT = 56;
const BOTTOM = 24;
// A watt or a degree: what is smaller is noise.
const LEAST_RANGE = 1000;

const SPANS = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

function agoText(seconds) {
	const [size, unit] = SPANS.find(([least]) => seconds >= least) ?? SPANS[3];
	return seconds ? `${Math.round(seconds / size)} ${unit} ago` : 'now';
}

// 1, 2 or 5 times a power of ten, so that about four lines fit.
function stepOf(range) {
	const raw = range / 4 || 1;
	const power = 10 ** Math.floor(Math.log10(raw));
	return [1, 2, 5, 10].find((each) => each * power >= raw) * power;
}

function label(x, y, text, anchor) {
	return svg('text', { x, y, 'text-anchor': anchor, class: 'plot-label' }, text);
}

// format(value) makes the words of the scale; describe is what a screen reader says.
export function plot({ points, seconds, format, describe }) {
	const values = points.flatMap(({ min, max }) => [min, max]);
	const least = Math.min(0, ...values);
	const most = Math.max(least + LEAST_RANGE, ...values);
	const step = stepOf(most - least);
	const top = Math.ceil(most / step) * step;
	const bottom = Math.floor(least / step) * step;
	const x = (ago) => LEFT + (WIDTH - LEFT - 8) * (1 - Math.min(ago, seconds) / seconds);
	const y = (value) => 8 + (HEIGHT - BOTTOM - 8) * (1 - (value - bottom) / (top - bottom || 1));
	const node = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', role: 'img',
		'aria-label': describe });
	const ordered = points.toSorted((a, b) => b.ago - a.ago);

	for (let value = bottom; value <= top + step / 2; value += step)
		node.append(svg('path', { class: 'plot-grid', d: `M${LEFT} ${y(value)}H${WIDTH - 8}` }),
			label(LEFT - 8, y(value) + 4, format(value), 'end'));
	for (const part of [1, 0.5, 0])
		node.append(label(Math.min(Math.max(x(seconds * part), LEFT + 24), WIDTH - 24),
			HEIGHT - 6, agoText(seconds * part), 'middle'));
	if (ordered.length > 0) {
		const line = (name) => ordered.map((point) => `${x(point.ago)} ${y(point[name])}`);
		node.append(svg('path', { class: 'plot-range',
			d: `M${line('max').join('L')}L${line('min').reverse().join('L')}Z` }),
		svg('path', { class: 'plot-line', d: `M${line('mean').join('L')}` }));
	}
	return node;
}
