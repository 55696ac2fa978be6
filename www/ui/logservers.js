// How the log servers are, and a test of them.

import { invoke } from './api.js';
import { el, whilePending } from './dom.js';
import { showDone, showFailure } from './form.js';
import { objectTable } from './objects.js';
import { timeText } from './spell.js';
import { live, subscribe } from './state.js';

const LOG_SERVERS = 8;

function waiting({ lag, age_s: age }, what) {
	return lag ? `${lag} ${what}, the oldest for ${age} s` : 'Nothing';
}

const moment = (us) => (us ? timeText(us / 1000) : '');

function rowOf(server) {
	return [server.name, `${server.host} (${server.transport})`, server.state,
		waiting(server, 'events'), String(server.rate ?? 0), String(server.sent ?? 0),
		moment(server.last_success_us), server.last_error ?? '',
		moment(server.certificate_expires_us)];
}

// How the entries of the journal are, which go over connections of their own.
function journalRowOf({ name, host, transport, journal }) {
	const isDeaf = ['connecting', 'up', 'down'].includes(journal.state) && !journal.is_reading;
	return [`${name}: journal`, `${host} (${transport})`,
		isDeaf ? `${journal.state}, cannot read` : journal.state, waiting(journal, 'entries'), '',
		String(journal.sent ?? 0), moment(journal.last_success_us), journal.last_error ?? '', ''];
}

function stateTable() {
	const table = objectTable({ label: 'State of the log servers', columns: ['Name', 'Host', 'State',
		'Waiting', 'Per second', 'Sent', 'Last receipt', 'Last error', 'Certificate until'],
	empty: () => 'No log servers yet.' });
	const show = () => {
		table.clear();
		for (let id = 1; id <= LOG_SERVERS; id++) {
			const server = live.get(`syslog.${id}`);
			if (!server)
				continue;
			table.add({ id }, rowOf(server), []);
			if (server.journal && server.journal.state !== 'off')
				table.add({ id: `${id}.journal` }, journalRowOf(server), []);
		}
		table.settle();
	};
	const end = subscribe((what, key) => {
		if (!table.node.isConnected)
			end();
		else if (what === 'live' && key.startsWith('syslog.'))
			show();
	});
	show();
	return table.node;
}

function resultOf({ name, good, steps }) {
	return el('li', {}, `${name}: ${good ? 'good' : 'failed'}`, el('ul', {},
		steps.map(({ step, result, detail, ms }) =>
			el('li', {}, `${step}: ${result}, ${detail} (${ms} ms)`))));
}

// Sends a message to a log server as it is given, which nobody has saved.
export async function testOf(server) {
	const { servers } = await invoke('syslog.test', { servers: [server] });
	return el('ul', { role: 'status', 'aria-label': 'Test' }, servers.map(resultOf));
}

export function logServerSection(session) {
	const message = el('p', { class: 'message', role: 'status' });
	const results = el('ul', {});
	const button = el('button', { type: 'button', class: 'primary',
		disabled: session.role !== 'administrator', onclick: async () => {
			try {
				const { servers } = await whilePending(button, 'Testing…',
					() => invoke('syslog.test'));
				results.replaceChildren(...servers.map(resultOf));
				showDone(message, servers.every(({ good }) => good)
					? 'Every log server takes messages.' : 'Not every log server takes messages.');
			} catch (error) {
				showFailure(message, error);
			}
		} }, 'Test all');
	return el('section', { class: 'panel' }, stateTable(), message, results,
		el('div', { class: 'actions' }, button));
}
