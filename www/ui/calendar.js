// Holidays from a calendar file: it goes to the device in pieces, which reads it.

import { invoke } from './api.js';
import { el, newId } from './dom.js';
import { showDone, showFailure } from './form.js';
import { listOf } from './kinds.js';

const PIECE = 16 * 1024;

// Characters, not bytes: the device counts bytes.
async function send(text, rest) {
	const encoder = new TextEncoder();
	let offset = 0;
	for (let at = 0; at < text.length || at === 0;) {
		// Both halves of a surrogate pair go together.
		let end = Math.min(at + PIECE, text.length);
		if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]))
			end += 1;
		const piece = text.slice(at, end);
		const isLast = end === text.length;
		const answer = await invoke('special_days.import', { text: piece, offset,
			...(isLast ? rest : { more: true }) });
		if (isLast)
			return answer;
		offset += encoder.encode(piece).length;
		at = end;
	}
	return null;
}

// A file of the same name replaces the days of its group.
async function take(file) {
	const name = file.name.replace(/\.\w+$/, '').slice(0, 64) || 'Calendar';
	const { objects } = await listOf('special_days', { limit: 200 });
	const known = objects.find((each) => each.name === name);
	return send(await file.text(), known ? { group: known.id } : { name });
}

export function calendarUpload(session, message, refresh) {
	const input = el('input', { id: newId('calendar'), type: 'file', accept: '.ics,text/calendar',
		disabled: session.role !== 'administrator', onchange: async () => {
			const [file] = input.files;
			if (!file)
				return;
			try {
				const { taken, passed_over: passed, reasons: [first] } = await take(file);
				showDone(message, `${taken} of its events are special days now${passed
					? `, ${passed} are passed over, such as ${first.summary}: ${first.reason}`
					: ''}.`);
				refresh();
			} catch (error) {
				showFailure(message, error);
			} finally {
				input.value = '';
			}
		} });
	return el('span', { class: 'upload' }, el('label', { for: input.id },
		'Take a calendar (.ics)'), input);
}
