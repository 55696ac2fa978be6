// Firmware for readers and modules: hand a file over once, or take one that came with the
// controller, then give it to one after the other.

import { invoke } from './api.js';
import { el, newId, whilePending } from './dom.js';
import { actionButton, liveTable } from './table.js';

const CHUNK_BYTES = 24000;

function hex(bytes) {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function handOver(file, progress) {
	const bytes = new Uint8Array(await file.arrayBuffer());
	await invoke('firmware.begin', { name: file.name, size: bytes.length });
	progress.max = bytes.length;
	for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
		await invoke('firmware.chunk', { offset,
			data: hex(bytes.subarray(offset, offset + CHUNK_BYTES)) });
		progress.value = Math.min(offset + CHUNK_BYTES, bytes.length);
	}
}

function progressText({ online, upgrade }) {
	if (upgrade?.state === 'failed')
		return `Failed: ${upgrade.why}`;
	if (upgrade?.bytes && upgrade.state !== 'done')
		return `${Math.floor(100 * upgrade.sent / upgrade.bytes)} %`;
	if (upgrade?.state)
		return upgrade.state === 'done' ? 'Done' : upgrade.state;
	return online ? 'Ready' : 'Offline: it cannot be upgraded';
}

// What came with the controller; nothing is shown when nothing did.
function bundledFiles(isHere, say) {
	const choice = el('select', { id: newId('bundled') });
	const take = el('button', { type: 'button', onclick: () => whilePending(take, 'Taking…',
		async () => {
			say('');
			try {
				await invoke('firmware.bundled', { name: choice.value });
				isHere(choice.value);
			} catch (error) {
				say(error.message);
			}
		}) }, 'Take');
	const node = el('span', { hidden: true }, el('label', { for: choice.id },
		'or one that came with the controller'), ' ', choice, ' ', take);
	invoke('firmware.list').then(({ files }) => {
		choice.replaceChildren(...files.map(({ name }) => el('option', { value: name }, name)));
		node.hidden = files.length === 0;
	}).catch((error) => say(error.message));
	return { node };
}

// of: { title, column, items(), nameOf(item), params(item), upgrade, cancel } with its methods.
function upgradeSection(of, say) {
	const titleId = newId('upgrade');
	const file = el('input', { type: 'file', id: newId('firmware') });
	const progress = el('progress', { 'aria-label': 'Handing over', max: 1, value: 0 });
	const done = el('p', { class: 'hint', role: 'status' });
	const isHere = (name) => { done.textContent = `${name} is here. Choose who gets it.`; };
	const send = el('button', { type: 'button', onclick: () => whilePending(send, 'Sending…',
		async () => {
			say('');
			done.textContent = '';
			if (!file.files.length) {
				say('Choose a firmware file first.');
				return;
			}
			try {
				await handOver(file.files[0], progress);
				isHere(file.files[0].name);
			} catch (error) {
				say(error.message);
			}
		}) }, 'Hand over');
	const bundled = bundledFiles(isHere, say);
	const isUnderWay = ({ upgrade }) => upgrade && !['done', 'failed'].includes(upgrade.state);
	const table = liveTable({ label: 'Upgrade', empty: 'Nothing to upgrade.', columns: [
		{ title: of.column, text: of.nameOf },
		{ title: 'Firmware', text: ({ firmware }) => firmware },
		{ title: 'Upgrade', text: progressText },
		{ title: '', make: () => actionButton({ pending: '…', say,
			text: (item) => (isUnderWay(item) ? 'Stop' : 'Upgrade'),
			label: (item, text) => `${text}: ${of.nameOf(item)}`,
			isReady: ({ online }) => online,
			act: (item) => invoke(isUnderWay(item) ? of.cancel : of.upgrade,
				of.params(item)) }) },
	] });
	return {
		node: el('section', { 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
			el('h2', { id: titleId }, of.title)), el('div', { class: 'toolbar' },
			el('label', { for: file.id }, 'Firmware file'), file, send, progress, bundled.node), done, table.node),
		update: () => table.update(of.items()),
	};
}

export function readerUpgrades(items, nameOf, say) {
	return upgradeSection({ title: 'Upgrade readers', column: 'Reader', items, nameOf,
		upgrade: 'reader.upgrade', cancel: 'reader.upgrade_cancel',
		params: ({ id }) => ({ reader: id }) }, say);
}

export function moduleUpgrades(items, say) {
	return upgradeSection({ title: 'Upgrade modules', column: 'Module', items,
		nameOf: ({ name }) => name, upgrade: 'module.upgrade', cancel: 'module.upgrade_cancel',
		params: ({ id }) => ({ module: id }) }, say);
}
