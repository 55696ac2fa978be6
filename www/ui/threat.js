// The threat level of the site: profiles may end at a level, and more may be asked of people.

import { invoke } from './api.js';
import { confirmDialog, el } from './dom.js';
import { live } from './state.js';

const NAME = 'access.threat_level';
const LEVELS = [0, 1, 2, 3, 4];

export function threatControl(session) {
	const message = el('span', { class: 'message error', role: 'alert' });
	const select = el('select', { id: 'threat', disabled: session.role === 'viewer' },
		LEVELS.map((level) => el('option', { value: level }, level ? `${level}` : '0, normal')));
	const node = el('span', { class: 'threat' }, el('label', { for: 'threat' }, 'Threat level'),
		select, message);
	let isBusy = false;
	const current = () => live.get('settings')?.[NAME] ?? 0;
	const update = () => {
		if (!isBusy)
			select.value = String(current());
		node.dataset.level = current() > 0 ? 'warning' : 'normal';
	};
	select.addEventListener('change', async () => {
		const level = Number(select.value);
		isBusy = true;
		message.textContent = '';
		try {
			if (await confirmDialog(`Set threat level ${level}?`, level > current()
				? 'Profiles that end below it open nothing any more, and more may be asked of people.'
				: 'Profiles and what is asked of people follow the lower level.', 'Set'))
				await invoke('settings.set', { values: { [NAME]: level } });
		} catch (error) {
			message.textContent = error.message;
		} finally {
			isBusy = false;
			update();
		}
	});
	return { node, update };
}
