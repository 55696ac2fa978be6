// Firmware for readers: hand the file over once, then give it to one reader after the other.

import { el, newId, whilePending } from './dom.js';
import { invoke } from './editor.js';
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

export function upgradeSection(readers, nameOf, say) {
	const titleId = newId('upgrade');
	const file = el('input', { type: 'file', id: newId('firmware') });
	const progress = el('progress', { 'aria-label': 'Handing over', max: 1, value: 0 });
	const done = el('p', { class: 'hint', role: 'status' });
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
				done.textContent = `${file.files[0].name} is here. Choose the readers for it.`;
			} catch (error) {
				say(error.message);
			}
		}) }, 'Hand over');
	const isUnderWay = ({ upgrade }) => upgrade && !['done', 'failed'].includes(upgrade.state);
	const table = liveTable({ label: 'Upgrade', empty: 'No readers.', columns: [
		{ title: 'Reader', text: nameOf },
		{ title: 'Firmware', text: ({ firmware }) => firmware },
		{ title: 'Upgrade', text: progressText },
		{ title: '', make: () => actionButton({ pending: '…', say,
			text: (reader) => (isUnderWay(reader) ? 'Stop' : 'Upgrade'),
			label: (reader, text) => `${text}: ${nameOf(reader)}`,
			isReady: ({ online }) => online,
			act: (reader) => invoke(isUnderWay(reader) ? 'reader.upgrade_cancel'
				: 'reader.upgrade', { reader: reader.id }) }) },
	] });
	return {
		node: el('section', { 'aria-labelledby': titleId }, el('div', { class: 'section-head' },
			el('h2', { id: titleId }, 'Upgrade readers')), el('div', { class: 'toolbar' },
			el('label', { for: file.id }, 'Firmware file'), file, send, progress), done, table.node),
		update: () => table.update(readers()),
	};
}
