// Who is where, as accesses that were taken say.

import { call, invoke } from './api.js';
import { confirmDialog, el, whilePending } from './dom.js';
import { showDone, showFailure } from './form.js';
import { choicesFor } from './kinds.js';
import { objectTable } from './objects.js';
import { timeText } from './spell.js';

const PAGE = 50;

export function insideSection(session) {
	const message = el('p', { class: 'message', role: 'status' });
	const area = el('select', { id: 'area' }, el('option', { value: '' }, 'Everywhere'));
	const table = objectTable({ label: 'Who is inside', columns: ['Person', 'Area', 'Since'],
		empty: () => 'Nobody is known to be anywhere. People are known to be in an area once they '
			+ 'have gone through an access point that leads to one, at a door with a contact.' });
	let names = [];
	let next = 0;
	const forgetOne = ({ person, name }) => el('button', { type: 'button',
		'aria-label': `Forget where ${name} is`,
		onclick: () => forget({ person }, `Forget where ${name} is?`) }, 'Forget');
	const load = async (after) => {
		const page = await invoke('presence.list', { after, limit: PAGE,
			...(area.value ? { area: Number(area.value) } : {}) });
		if (!after)
			table.clear();
		for (const row of page.persons)
			table.add({ id: row.person }, [el('a', { href: `#/people/${row.person}` }, row.name),
				row.area ? names.find(({ id }) => id === row.area)?.name ?? `Area ${row.area}`
					: 'Outside', timeText(row.since * 1000)],
			session.role === 'viewer' ? [] : [forgetOne(row)]);
		next = page.next ?? 0;
		more.hidden = !next;
		table.settle();
	};
	const refresh = () => load(0).catch((error) => showFailure(message, error));
	const forget = async (params, title) => {
		if (!await confirmDialog(title, 'For anti-passback they may be anywhere again.', 'Forget'))
			return;
		try {
			await invoke('presence.forget', params);
			showDone(message, 'Forgotten.');
		} catch (error) {
			showFailure(message, error);
		}
		await refresh();
	};
	const more = el('button', { type: 'button', hidden: true, onclick: () => whilePending(more,
		'Loading…', () => load(next)).catch((error) => showFailure(message, error)) },
	'Show more');
	const open = async () => {
		const whole = await call('GET', 'schema');
		names = (await choicesFor(whole.objects.access_point, whole)).area ?? [];
		area.append(...names.map(({ id, name }) => el('option', { value: id }, name)),
			el('option', { value: 0 }, 'Outside'));
		area.addEventListener('change', refresh);
		await load(0);
	};
	open().catch((error) => showFailure(message, error));
	return el('section', { 'aria-label': 'Who is inside' }, el('div', { class: 'toolbar' },
		el('label', { for: 'area' }, 'Area'), area,
		el('button', { type: 'button', onclick: refresh }, 'Look again'),
		session.role === 'viewer' ? null : el('button', { type: 'button', class: 'danger',
			onclick: () => forget({}, 'Forget where everybody is?') }, 'Forget all')),
	message, table.node, el('div', { class: 'actions table-more' }, more));
}
