// How the log servers are, and a test of them.

import { invoke } from './api.js';
import { el, whilePending } from './dom.js';
import { showDone, showFailure } from './form.js';
import { objectTable } from './objects.js';
import { timeText } from './spell.js';
import { live, subscribe } from './state.js';

const LOG_SERVERS = 8;

function waiting({ lag, age_s: age }) {
	return lag ? `${lag} events, the oldest for ${age} s` : 'Nothing';
}

function stateTable() {
	const table = objectTable({ label: 'State of the log servers', columns: ['Name', 'Host', 'State',
		'Waiting', 'Per second', 'Last receipt', 'Last error', 'Certificate until'],
	empty: () => 'No log servers yet.' });
	const show = () => {
		table.clear();
		for (let id = 1; id <= LOG_SERVERS; id++) {
			const server = live.get(`syslog.${id}`);
			if (!server)
				continue;
			table.add({ id }, [server.name, `${server.host} (${server.transport})`, server.state,
				waiting(server), String(server.rate ?? 0),
				server.last_success_us ? timeText(server.last_success_us / 1000) : '',
				server.last_error ?? '', server.certificate_expires_us
					? timeText(server.certificate_expires_us / 1000) : ''], []);
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
