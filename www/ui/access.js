// What access is made of, a list for each kind: profiles, access points, areas ...; and when.

import { call } from './api.js';
import { calendarUpload } from './calendar.js';
import { el } from './dom.js';
import { showFailure } from './form.js';
import { insideSection } from './inside.js';
import { kindsOf } from './kinds.js';
import { kindSection } from './objects.js';
import { logServerSection, testOf } from './logservers.js';
import { openPreview } from './preview.js';

// What there is beside the list, and for each of its rows.
const MORE = { special_days: calendarUpload };
const LOOK = { schedule: { text: 'When', open: openPreview } };
// What can be tried before it is saved.
const TRIAL = { log_server: { text: 'Test', pending: 'Testing…', run: testOf } };

// Tabs that are no list of objects.
const OTHERS = { access: [{ kind: 'inside', title: 'Who is inside', open: insideSection }],
	logservers: [{ kind: 'state', title: 'State and test', open: logServerSection }] };

function kindPage(page) {
	return (main, session, { rest }) => {
		const message = el('p', { class: 'message', role: 'status' });
		const open = async () => {
			const kinds = kindsOf(page, await call('GET', 'schema')).concat(OTHERS[page] ?? []);
			const chosen = kinds.find(({ kind }) => kind === rest[0]) ?? kinds[0];
			main.append(el('ul', { class: 'tabs', 'aria-label': 'Kinds' }, kinds.map((each) =>
				el('li', {}, el('a', { href: `#/${page}/${each.kind}`,
					'aria-current': each === chosen ? 'page' : null }, each.title)))));
			main.append(chosen.open?.(session)
				?? kindSection(session, { ...chosen, more: MORE[chosen.kind],
					look: LOOK[chosen.kind], trial: TRIAL[chosen.kind] }));
		};
		main.append(message);
		open().catch((error) => showFailure(message, error));
	};
}

export const accessPage = kindPage('access');
export const logServersPage = kindPage('logservers');
export const schedulesPage = kindPage('schedules');
