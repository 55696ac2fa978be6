// When a schedule is next active, as the device works it out.

import { invoke } from './api.js';
import { el, newId } from './dom.js';
import { showFailure } from './form.js';
import { WEEKDAYS } from './spell.js';

const DAYS = 14;

// "2026-12-24T18:00:00+01:00" is shown as it stands, by the device's clock on the wall.
function wallText(text) {
	const [, date, time, seconds] = /^(\S+)T(\d\d:\d\d):(\d\d)/.exec(text);
	const day = WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
	return { day: `${day} ${date}`, time: `${time}${seconds === '00' ? '' : `:${seconds}`}` };
}

function intervalText({ from, to }) {
	const begin = wallText(from);
	const end = wallText(to);
	return `${begin.day} ${begin.time} – ${end.day === begin.day ? '' : `${end.day} `}${end.time}`;
}

export async function openPreview(place, schedule) {
	const titleId = newId('preview');
	const message = el('p', { class: 'message', role: 'alert' });
	const list = el('ul', { class: 'intervals' });
	const zone = el('p', { class: 'hint' });
	const panel = el('section', { class: 'panel preview', 'aria-labelledby': titleId },
		el('h2', { id: titleId, tabindex: -1 }, `When ${schedule.name} is active`), zone, list,
		message, el('div', { class: 'actions' }, el('button', { type: 'button',
			onclick: () => panel.remove() }, 'Close')));
	place.replaceChildren(panel);
	try {
		const answer = await invoke('schedule.preview', { id: schedule.id, days: DAYS });
		list.append(...answer.intervals.map((interval) =>
			el('li', {}, intervalText(interval))));
		zone.textContent = `${answer.intervals.length ? '' : 'Not at all. '}The next ${DAYS} days, `
			+ `in the zone ${answer.zone || 'UTC'}.${answer.more ? ' There is more.' : ''}`;
	} catch (error) {
		showFailure(message, error);
	}
	panel.querySelector('h2').focus();
}
