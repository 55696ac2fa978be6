// How an event looks in a table.

import { el } from './dom.js';

// RFC 5424, table 2.
export const SEVERITIES = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Info',
	'Debug'];

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function timeOf(event) {
	const time = new Date(event.time_us / 1000);
	const utc = time.toISOString();
	return el('time', { datetime: utc, title: `UTC ${utc}${event.synced ? ''
		: ', clock not synchronised'}` }, local.format(time));
}

function levelOf(severity) {
	if (severity <= 3)
		return 'alarm';
	return severity <= 4 ? 'warning' : 'normal';
}

export function rowOf({ event }) {
	return el('tr', { 'data-seq': event.seq, 'data-level': levelOf(event.severity) },
		el('td', { class: 'when' }, timeOf(event)),
		el('td', { class: 'severity' }, el('span', { class: 'badge' },
			SEVERITIES[event.severity] ?? String(event.severity))),
		el('td', { class: 'text' }, event.text),
		el('td', { class: 'seq' }, `${event.seq}`));
}

export function eventTableOf(body) {
	return el('table', { class: 'events' },
		el('thead', {}, el('tr', {}, ['Time', 'Severity', 'Event', 'No.'].map((title) =>
			el('th', { scope: 'col' }, title)))), body);
}
