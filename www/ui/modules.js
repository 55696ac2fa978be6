// Expansion modules on the reader lines: their key, their inputs and outputs, and floors of lifts.

import { call, invoke } from './api.js';
import { confirmDialog, el, newId, setText, whilePending } from './dom.js';
import { openEditor } from './editor.js';
import { makeFields, showDone, showError } from './form.js';
import { choicesFor } from './kinds.js';
import { live, numbersOf, subscribe } from './state.js';
import { actionButton, liveTable } from './table.js';
import { moduleUpgrades } from './upgrade.js';

const WARNING = 'Without this key nobody can reach the modules again that were paired under it. '
	+ 'Keep the exported file where you keep keys.';
const SECURITY = { secure: 'Encrypted', installing: 'Pairing…', key_mismatch: 'Wrong key, refused',
	no_key: 'Not paired', offline: 'Offline', clear: 'In clear' };

function modules() {
	return numbersOf('module').map((id) => ({ id, ...live.get(`module.${id}`) }))
		.filter(({ name }) => name !== undefined);
}

function pointsText(points) {
	const word = (point) => (typeof point === 'string' ? point : point ? 'active' : 'inactive');
	return (points ?? []).map((point, index) => `${index + 1}: ${word(point)}`).join(', ') || '–';
}

// A form that makes an object; done() when it was made.
async function openMaker(place, kind, title, done) {
	const schema = await call('GET', 'schema');
	const titleId = newId('new');
	const choices = await choicesFor(schema.objects[kind], schema);
	const fields = makeFields(schema.objects[kind], { choices });
	const message = el('p', { class: 'message', role: 'status' });
	const save = el('button', { type: 'submit', class: 'primary' }, 'OK');
	const form = el('form', { class: 'panel', novalidate: true, 'aria-labelledby': titleId,
		onsubmit: async (event) => {
			event.preventDefault();
			fields.clearErrors();
			try {
				await whilePending(save, 'Adding…',
					() => invoke('object.create', { kind, object: fields.get() }));
				showDone(message, 'Added.');
				form.remove();
				done();
			} catch (error) {
				showError(fields, message, error);
			}
		} },
	el('h2', { id: titleId }, title), el('div', { class: 'fields' }, fields.nodes), message,
	el('div', { class: 'actions' }, save,
		el('button', { type: 'button', onclick: () => form.remove() }, 'Cancel')));
	place.replaceChildren(form);
	form.querySelector('input, select')?.focus();
}

function download(name, text) {
	const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
	el('a', { href: url, download: name }).click();
	URL.revokeObjectURL(url);
}

function keySection(say) {
	const titleId = newId('key');
	const state = el('p', { role: 'status' });
	const field = el('input', { id: newId('key'), type: 'password', autocomplete: 'off',
		maxlength: 32, size: 34 });
	const isPresent = () => live.get('module_key')?.present === true;
	const mayReplace = async () => !isPresent() || confirmDialog('Replace the encryption key?',
		WARNING, 'Replace');
	const run = (button, pending, work) => whilePending(button, pending, async () => {
		say('');
		try {
			if (await mayReplace())
				await work(isPresent() ? { replace: true } : {});
		} catch (error) {
			say(error.message);
		}
	});
	const generate = el('button', { type: 'button', onclick: () => run(generate, 'Generating…',
		(params) => invoke('module.key_generate', params)) }, 'Generate key');
	const enter = el('button', { type: 'submit' }, 'OK');
	const exporter = el('button', { type: 'button', onclick: () => whilePending(exporter,
		'Exporting…', async () => {
			say('');
			try {
				const { key, fingerprint } = await invoke('module.key_export');
				download(`module-key-${fingerprint.replaceAll(/\W/g, '')}.txt`, `${key}\n`);
			} catch (error) {
				say(error.message);
			}
		}) }, 'Export key');
	return {
		node: el('section', { class: 'card', 'aria-labelledby': titleId },
			el('h2', { id: titleId }, 'Encryption key'), state, el('p', { class: 'hint' }, WARNING),
			el('form', { class: 'toolbar', onsubmit: (event) => {
				event.preventDefault();
				run(enter, 'Saving…', (params) => invoke('module.key_set',
					{ ...params, key: field.value })).then(() => { field.value = ''; });
			} }, el('label', { for: field.id }, 'Enter a key'), field, enter, generate, exporter)),
		update: () => {
			const key = live.get('module_key') ?? {};
			exporter.disabled = !key.present || key.exported === true;
			setText(state, key.present ? `Key ${key.fingerprint}, ${key.exported ? 'exported'
				: 'not exported yet'}.` : 'There is no key. Add one before the first module.');
		},
	};
}

function outputCell(session, say) {
	const number = el('input', { type: 'number', min: 1, value: 1, 'aria-label': 'Output' });
	const toggle = actionButton({ text: 'Toggle', pending: '…', say,
		label: ({ name }, text) => `${text} an output of ${name}`,
		isReady: ({ online }) => online === true,
		act: ({ id }) => invoke('module.output', { module: id, output: Number(number.value),
			command: 'toggle' }) });
	return session.role === 'viewer' ? null : { node: [number, toggle.node], set: toggle.set };
}

function moduleTable(session, place, say) {
	const columns = [
		{ title: 'Name', text: ({ name }) => name },
		{ title: 'Port', text: ({ bus }) => bus },
		{ title: 'Address', text: ({ address }) => address },
		{ title: 'Line', text: ({ security, why }) => `${SECURITY[security] ?? security}${
			why ? `: ${why}` : ''}` },
		{ title: 'Firmware', text: ({ firmware }) => firmware || '–' },
		{ title: 'Inputs', text: ({ inputs }) => pointsText(inputs) },
		{ title: 'Outputs', text: ({ outputs }) => pointsText(outputs) },
	];
	const label = ({ name }, text) => `${text}: ${name}`;
	const buttons = () => [
		outputCell(session, say),
		...(session.role === 'administrator' ? [
			actionButton({ text: 'Pair', pending: '…', say, label,
				act: ({ id }) => invoke('module.install', { module: id }) }),
			actionButton({ text: 'Settings', pending: '…', say, label,
				act: ({ id }) => openEditor(place, 'module', id) }),
			actionButton({ text: 'Remove', pending: '…', say, label, kind: 'danger',
				act: async ({ id, name }) => await confirmDialog(`Remove ${name}?`,
					'Floors that it serves go with it.', 'Remove')
					&& invoke('object.remove', { kind: 'module', id }) }),
		] : [])].filter(Boolean);
	if (session.role !== 'viewer')
		columns.push({ title: '', make: () => {
			const made = buttons();
			return { node: made.flatMap(({ node }) => node),
				set: (module) => made.forEach(({ set }) => set(module)) };
		} });
	return liveTable({ label: 'Modules', empty: 'No expansion modules.', columns,
		level: ({ online }) => (online ? null : 'alarm') });
}

function floorSection(session, say) {
	const titleId = newId('floors');
	const place = el('div');
	const isAdministrator = session.role === 'administrator';
	const label = ({ name }, text) => `${text}: ${name}`;
	const columns = [
		{ title: 'Floor', text: ({ name }) => name },
		{ title: 'Module', text: ({ module }) => live.get(`module.${module}`)?.name ?? module },
		{ title: 'Output', text: ({ output }) => output },
		{ title: 'Cabin reader', text: ({ reader }) => live.get(`reader.${reader}`)?.name ?? reader },
		{ title: 'Enabled for', text: ({ pulse }) => `${pulse} s` },
	];
	if (isAdministrator)
		columns.push({ title: '', make: (id) => {
			const made = [actionButton({ text: 'Settings', pending: '…', say, label,
				act: () => openEditor(place, 'floor', id) }),
			actionButton({ text: 'Remove', pending: '…', say, label, kind: 'danger',
				act: async () => {
					await invoke('object.remove', { kind: 'floor', id });
					await load();
				} })];
			return { node: made.map(({ node }) => node),
				set: (floor) => made.forEach(({ set }) => set(floor)) };
		} });
	const table = liveTable({ label: 'Floors', empty: 'No floors. A cabin reader and the outputs of '
		+ 'modules control who may go where.', columns });
	const load = async () => {
		try {
			const { objects } = await invoke('object.list', { kind: 'floor' });
			table.update(objects);
		} catch (error) {
			say(error.message);
		}
	};
	const add = el('button', { type: 'button', onclick: () => openMaker(place, 'floor',
		'Add a floor', load) }, 'Add floor');
	load();
	return el('section', { 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
		el('h2', { id: titleId }, 'Floors'), isAdministrator ? add : []), table.node, place);
}

export function modulesPage(main, session) {
	const message = el('p', { class: 'message error', role: 'alert' });
	const say = (text) => { message.textContent = text; };
	const place = el('div');
	const isAdministrator = session.role === 'administrator';
	const key = isAdministrator ? keySection(say) : null;
	const table = moduleTable(session, place, say);
	const upgrades = isAdministrator ? moduleUpgrades(modules, say) : null;
	const add = el('button', { type: 'button', onclick: () => openMaker(place, 'module',
		'Add an expansion module', () => {}) }, 'Add expansion module');
	const update = (what) => {
		if (what === 'events')
			return;
		table.update(modules());
		key?.update();
		upgrades?.update();
		add.disabled = live.get('module_key')?.present !== true;
	};

	main.append(message, key?.node ?? '', el('section', { 'aria-labelledby': 'modules' },
		el('div', { class: 'section-head' }, el('h2', { id: 'modules' }, 'Expansion modules'),
			isAdministrator ? add : []), table.node, place), upgrades?.node ?? '',
	floorSection(session, say));
	const unsubscribe = subscribe(update);
	update('live');
	return unsubscribe;
}
