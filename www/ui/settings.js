// Settings and doors as forms made from the schema; each group is saved on its own.

import { call } from './api.js';
import { el, newId, whilePending } from './dom.js';
import { makeFields, showDone, showError, showFailure } from './form.js';
import { choicesFor } from './kinds.js';

const GROUPS = [
	{ prefix: 'system.', title: 'Device' },
	{ prefix: 'snmp.', title: 'SNMP' },
	{ prefix: 'alarm.', title: 'Alarms' },
	{ prefix: 'power.', title: 'Jumpers and supplies' },
	{ prefix: 'temperature.', title: 'Temperature' },
	{ prefix: 'access.', title: 'Access' },
	{ prefix: 'cards.', title: 'Cards' },
	{ prefix: 'degraded.', title: 'Degraded mode' },
	{ prefix: 'fire.', title: 'Fire alarm' },
	{ prefix: 'log.', title: 'Event log' },
	{ prefix: 'time.', title: 'Time' },
	{ prefix: 'web.', title: 'Console' },
];
const ORDER = { 'snmp.': ['snmp.mode', 'snmp.port', 'snmp.read_community', 'snmp.write_community',
	'snmp.traps.active', 'snmp.traps.address', 'snmp.traps.port', 'snmp.traps.version',
	'snmp.traps.community', 'snmp.traps.kind', 'snmp.traps.timeout', 'snmp.traps.retries',
	'snmp.traps.engine_id', 'snmp.traps.user', 'snmp.traps.password', 'snmp.traps.cold_start',
	'snmp.traps.link_up', 'snmp.traps.link_down', 'snmp.traps.authentication', 'snmp.v3.privacy',
	'snmp.v3.authentication', 'snmp.v3.password'],
	'system.': ['system.name', 'system.location'] };
const DOOR_ORDER = ['name', 'access_time', 'held_open_time', 'pre_alarm_time'];

// Every setting has a form: what no group claims gets one of its own.
function groupsOf(schema) {
	const names = Object.keys(schema.properties);
	const groups = GROUPS.map((group) => ({ ...group, names: (ORDER[group.prefix] ?? [])
		.concat(names).filter((name, index, all) => name.startsWith(group.prefix)
			&& names.includes(name) && all.indexOf(name) === index) }));
	const rest = names.filter((name) => !GROUPS.some(({ prefix }) => name.startsWith(prefix)));
	return groups.concat({ title: 'Other', names: rest }).filter((each) => each.names.length);
}

function changed(before, after) {
	return Object.fromEntries(Object.entries(after).filter(([name, value]) =>
		JSON.stringify(before[name]) !== JSON.stringify(value)));
}

// save(values) gets only what differs from values and returns what is true afterwards.
function groupForm({ title, schema, names, values, choices, mayChange, save }) {
	const titleId = newId('group');
	const fields = makeFields(schema, { names, choices, isReadOnly: !mayChange });
	const message = el('p', { class: 'message', role: 'status' });
	const button = el('button', { type: 'submit', class: 'primary', disabled: !mayChange },
		'Save');
	let known = values;
	fields.set(values);
	return el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			const difference = changed(known, fields.get());
			if (Object.keys(difference).length === 0) {
				showDone(message, 'Nothing has changed.');
				return;
			}
			try {
				const after = await whilePending(button, 'Saving…', () => save(difference));
				known = { ...known, ...difference, ...after };
				fields.set(known);
				Object.keys(difference).filter((name) => schema.properties[name].writeOnly)
					.forEach((name) => {
						delete known[name];
						fields.forget(name);
					});
				showDone(message, 'Saved.');
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, title), el('div', { class: 'fields' }, fields.nodes), message,
	el('div', { class: 'actions' }, button));
}

export function settingsPage(main, session) {
	const mayChange = session.role === 'administrator';
	const message = el('p', { class: 'message', role: 'status' }, 'Loading…');
	const forms = el('div', { class: 'groups' });

	const open = async () => {
		const [schema, { values }, { doors }] = await Promise.all([call('GET', 'schema'),
			call('GET', 'settings'), call('GET', 'doors')]);
		const choices = await choicesFor(schema.objects.door, schema);
		const doorNames = DOOR_ORDER.concat(Object.keys(schema.objects.door.properties))
			.filter((name, index, all) => all.indexOf(name) === index);
		forms.append(...groupsOf(schema.settings).map((group) => groupForm({
			...group, schema: schema.settings, values, mayChange,
			// A setting may take another one with it.
			save: async (difference) => {
				await call('PATCH', 'settings', difference);
				return (await call('GET', 'settings')).values;
			},
		})), ...doors.map((door) => groupForm({
			title: `Door ${door.id}`, schema: schema.objects.door, names: doorNames,
			values: door, choices, mayChange,
			save: async (difference) => {
				await call('PATCH', `doors/${door.id}`, difference);
			},
		})));
		message.textContent = mayChange ? '' : 'Only an administrator may change settings.';
	};
	main.append(message, forms);
	open().catch((error) => showFailure(message, error));
}
