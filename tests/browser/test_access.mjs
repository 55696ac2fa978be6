// People, what they carry and what they are given, and why they are let in or not.

import assert from 'node:assert/strict';

import { ADMINISTRATOR, VIEWER, csrfOf, eventually, login, newestEvent, outside, settled,
	violations, visit } from './helpers.mjs';
import { test } from './tap.mjs';

const CARD = { facility: 118, card: 4712 };
const PIN = '408261';

async function tab(page, name) {
	await page.locator('.tabs').getByRole('link', { name, exact: true }).click();
	await page.locator('.tabs [aria-current]').filter({ hasText: name }).waitFor();
}

// Holds the card to a reader and returns the event of the decision.
async function badge(appliance, context, reader) {
	const before = (await newestEvent(context, 'access.granted'))?.event.seq ?? 0;
	const denied = (await newestEvent(context, 'access.denied'))?.event.seq ?? 0;
	await appliance.call('board.console', { request: { method: 'badge',
		params: { reader, format: 'h10301', ...CARD } } });
	const { event } = await eventually(async () => {
		const records = await Promise.all(['access.granted', 'access.denied'].map((kind) =>
			newestEvent(context, kind)));
		return records.find((record) => record?.event.seq > Math.max(before, denied));
	}, Boolean);
	return event;
}

async function explain(page, point) {
	await page.getByLabel('Access point').selectOption(String(point));
	await page.getByRole('button', { name: 'Explain', exact: true }).click();
	return page.locator('.explanation');
}

test('a profile opens door 1 at any time', async ({ page, shoot }) => {
	await visit(page, 'Access');
	await page.getByText('No profiles yet.').waitFor();
	await shoot(page, 'access-empty');
	await page.getByRole('button', { name: 'Add access profile' }).click();
	await page.getByLabel('Name', { exact: true }).fill('Front');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('button', { name: 'Change Front' }).click();
	await page.getByRole('button', { name: 'Add rule' }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.locator('.field-error').filter({ hasText: 'Every rule names' }).waitFor();
	await page.getByRole('group', { name: 'Doors' }).getByRole('checkbox').first().check();
	await eventually(() => page.getByLabel('Schedule').inputValue(), '0');
	await shoot(page, 'access-profile-form');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	await page.getByRole('row', { name: /Front/ }).waitFor();
});

test('a person is added with a profile, and gets a card', async ({ page, shoot }) => {
	await visit(page, 'People');
	await page.getByText('No people yet.').waitFor();
	await page.getByRole('button', { name: 'Add person' }).click();
	await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
	await page.getByRole('button', { name: 'Add access profile' }).click();
	await page.getByLabel('Access profile', { exact: true }).selectOption({ label: 'Front' });
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('heading', { level: 1, name: 'Grace Hopper' }).waitFor();
	await page.getByText('Nothing yet. Add a card or a PIN').waitFor();
	await page.getByRole('button', { name: 'Add card' }).click();
	await page.getByLabel('Facility code').fill(String(CARD.facility));
	await page.getByLabel('Card number').fill(String(CARD.card));
	await shoot(page, 'person-card-form');
	const form = page.getByRole('form', { name: 'Add a card for Grace Hopper' });
	await form.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The card was added.').waitFor();
	await page.getByRole('cell', { name: String(CARD.card), exact: true }).waitFor();
});

test('a PIN is taken and never shown again', async ({ page, context, shoot }) => {
	await page.getByRole('button', { name: 'Add PIN' }).click();
	const form = page.getByRole('form', { name: 'Add a PIN for Grace Hopper' });
	await form.getByLabel('PIN', { exact: true }).fill('12');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.locator('.field-error').filter({ hasText: /\w/ }).first().waitFor();
	await form.getByLabel('PIN', { exact: true }).fill(PIN);
	await form.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The PIN was added.').waitFor();
	await page.getByRole('button', { name: 'Change the PIN of Grace Hopper' }).click();
	const change = page.getByRole('form', { name: 'Change the PIN of Grace Hopper' });
	assert.equal(await change.getByLabel('PIN', { exact: true }).inputValue(), '');
	await change.getByLabel('Status').selectOption('lost');
	await change.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The PIN was changed.').waitFor();
	await shoot(page, 'person');
	assert.ok(!(await page.content()).includes(PIN));
	const response = await context.request.get('/api/v1/credentials?person=1');
	const text = await response.text();
	assert.ok(!text.includes(PIN) && !text.includes('kept'));
	assert.equal(JSON.parse(text).credentials.length, 2);
});

test('what the card opens is what was explained', async ({ page, context, appliance, shoot }) => {
	await page.getByRole('link', { name: 'Explain access' }).click();
	await page.getByRole('heading', { level: 1, name: 'Explain' }).waitFor();
	const answer = await explain(page, 1);
	await answer.getByRole('heading', { name: 'Granted' }).waitFor();
	await eventually(() => answer.locator('tbody tr').count(), 14);
	assert.equal(await answer.locator('tr[data-result="failed"], tr[data-result="not reached"]')
		.count(), 0);
	await shoot(page, 'explain-granted');
	const { kind, data } = await badge(appliance, context, 1);
	assert.equal(kind, 'access.granted');
	assert.equal(data.holder, 'Grace Hopper');
	await visit(page, 'Events');
	await page.locator('tr[data-seq]').filter({ hasText: 'Access granted to Grace Hopper' })
		.first().waitFor();
});

test('for door 2 the step that fails is marked', async ({ page, context, appliance, shoot }) => {
	await page.goto('/#/explain/person/1');
	const answer = await explain(page, 3);
	await answer.getByRole('heading', { name: 'Denied: Unauthorized' }).waitFor();
	assert.equal(await answer.locator('tr[data-result="failed"]').getAttribute('data-step'), '8');
	await eventually(() => answer.locator('tr[data-result="not reached"]').count(), 6);
	await shoot(page, 'explain-denied');
	assert.equal((await badge(appliance, context, 3)).reason, 'Unauthorized');
});

test('a card by its number is explained, and a wrong one is refused at its field', async ({ page,
	shoot }) => {
	await page.getByLabel('By', { exact: true }).selectOption('card');
	await page.getByLabel('Card number').fill(String(CARD.card));
	await page.getByLabel('Facility code').fill(String(CARD.facility));
	const answer = await explain(page, 1);
	await answer.getByRole('heading', { name: 'Granted' }).waitFor();
	await page.getByLabel('By', { exact: true }).selectOption('person');
	const picker = page.getByRole('combobox', { name: 'Person' });
	await picker.fill('nobody of this name');
	await page.getByRole('option', { name: 'Nobody is found.' }).waitFor();
	await picker.fill('hop');
	await page.getByRole('option', { name: 'Grace Hopper' }).waitFor();
	await shoot(page, 'explain-picker');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await eventually(() => picker.inputValue(), 'Grace Hopper');
	await explain(page, 1);
	await answer.getByRole('heading', { name: 'Granted' }).waitFor();
});

test('a disabled person is refused', async ({ page, context, appliance }) => {
	await visit(page, 'People');
	await page.getByLabel('Search').fill('hopper');
	await page.getByRole('link', { name: 'Grace Hopper' }).click();
	const form = page.getByRole('form', { name: 'Person' });
	await form.getByLabel('Enabled').uncheck();
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	const { kind, reason } = await badge(appliance, context, 1);
	assert.equal(kind, 'access.denied');
	assert.equal(reason, 'CredentialNotEnabled');
	await page.getByRole('link', { name: 'Explain access' }).click();
	const answer = await explain(page, 1);
	await answer.getByRole('heading', { name: 'Denied: CredentialNotEnabled' }).waitFor();
});

test('a time of a credential is local here and UTC on the device', async ({ page, context }) => {
	await page.goto('/#/people/1');
	await page.getByRole('button', { name: 'Change the card of Grace Hopper' }).click();
	const form = page.getByRole('form', { name: 'Change the card of Grace Hopper' });
	await form.getByLabel('Valid to').fill('2031-07-01T12:00:30');
	await form.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The card was changed.').waitFor();
	const { credentials } = await (await context.request.get('/api/v1/credentials?person=1'))
		.json();
	const expected = await page.evaluate(() =>
		new Date('2031-07-01T12:00:30').toISOString().replace('.000Z', 'Z'));
	assert.equal(credentials[0].valid_to, expected);
});

test('a schedule is made of rows, and a wrong time is refused at its row', async ({ page, context,
	shoot }) => {
	await visit(page, 'Schedules');
	await page.getByRole('button', { name: 'Add schedule' }).click();
	await page.getByLabel('Name', { exact: true }).fill('Office hours');
	await page.getByRole('button', { name: 'Add entry' }).click();
	const row = page.getByRole('group', { name: 'entry 1' });
	for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'])
		await row.getByLabel(day).check();
	await row.getByLabel('From').fill('08:00');
	await row.getByLabel('To').fill('25:00');
	await page.getByRole('button', { name: 'Save' }).click();
	await row.locator('.field-error').filter({ hasText: 'time of the day' }).waitFor();
	await eventually(() => row.getByLabel('To').getAttribute('aria-invalid'), 'true');
	await row.getByLabel('To').fill('18:00');
	await shoot(page, 'schedule-form');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('cell', { name: 'Mon–Fri 08:00–18:00' }).waitFor();
	const { schedules } = await (await context.request.get('/api/v1/schedules')).json();
	assert.deepEqual(schedules[0].weekly, [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }]);
});

test('the device says when a schedule is next active', async ({ page, shoot }) => {
	await page.getByRole('button', { name: 'When Office hours' }).click();
	const panel = page.getByRole('region', { name: 'When Office hours is active' });
	await panel.getByText(/in the zone/).waitFor();
	assert.match(await panel.getByRole('listitem').last().textContent(),
		/^(Mon|Tue|Wed|Thu|Fri) \d{4}-\d\d-\d\d 08:00 – 18:00$/);
	await shoot(page, 'schedule-preview');
	await panel.getByRole('button', { name: 'Close' }).click();
});

test('holidays are taken from a calendar', async ({ page, shoot }) => {
	await tab(page, 'Special days');
	const year = new Date().getUTCFullYear() + 1;
	const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', 'BEGIN:VEVENT', 'UID:1',
		`DTSTAMP:${year}0101T000000Z`, `DTSTART;VALUE=DATE:${year}1225`, 'SUMMARY:Christmas',
		'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
	await page.getByLabel('Take a calendar').setInputFiles({ name: 'holidays.ics',
		mimeType: 'text/calendar', buffer: Buffer.from(text) });
	await page.getByText('1 of its events').waitFor();
	await page.getByRole('cell', { name: /Christmas/ }).waitFor();
	await shoot(page, 'special-days');
});

test('what others refer to stays, and says who', async ({ page }) => {
	await visit(page, 'Access');
	await page.getByRole('button', { name: 'Remove Front' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.locator('.message.error').filter({ hasText: 'Grace Hopper' }).waitFor();
});

test('every kind has its list', async ({ page, shoot }) => {
	for (const name of ['Access points', 'Areas', 'Authentications', 'Door groups', 'Floor groups',
		'Interlocks', 'Card formats']) {
		await tab(page, name);
		await page.locator('.table-panel .hint:visible, .table-panel tbody tr:visible').first().waitFor();
		await shoot(page, `access-${name.toLowerCase().replaceAll(' ', '-')}`);
	}
	await tab(page, 'Interlocks');
	await page.getByRole('button', { name: 'Add interlock' }).click();
	await page.getByLabel('Name', { exact: true }).fill('Lobby');
	for (const index of [0, 1])
		await page.getByRole('group', { name: 'Doors' }).getByRole('checkbox').nth(index).check();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('row', { name: /Lobby/ }).waitFor();
});

// Each page with its forms open: [name, where, what to press, what has to be there then].
const OPEN = [
	['people', 'people', ['Add person', 'Add access profile'], '.entry'],
	['person', 'people/1', ['Add PIN', 'Add access profile'], '.entry'],
	['credentials', 'credentials', ['Add card'], 'form'],
	['profiles', 'access/access_profile', ['Change Front'], '.entry'],
	['points', 'access/access_point', ['Change Access point 1'], 'form'],
	['authentications', 'access/authentication', ['Add authentication', 'Add entry'], '.entry'],
	['schedules', 'schedules/schedule', ['Change Office hours', 'Add event', 'Add special day',
		'Add time'], '.entry .entry'],
	['special-days', 'schedules/special_days', ['Change holidays'], '.entry'],
	['explain', 'explain/person/1', ['Explain'], '.explanation'],
];

async function openEach(page, see) {
	for (const [name, where, presses, wanted] of OPEN) {
		await page.goto(`/#/${where}`);
		for (const press of presses)
			await page.getByRole('button', { name: press, exact: true }).first().click();
		await page.locator(wanted).first().waitFor();
		await settled(page);
		await see(name);
	}
}

for (const theme of ['light', 'dark']) {
	test(`forms of people and access are accessible in the ${theme} theme`, async ({ page,
		shoot }) => {
		await page.getByLabel('Theme').selectOption(theme);
		await openEach(page, async (name) => {
			await shoot(page, `form-${name}-${theme}`);
			assert.deepEqual(await violations(page), [], name);
		});
		await page.getByLabel('Theme').selectOption('auto');
	});
}

test('forms of people and access fit a phone of 360 pixels', async ({ newContext, shoot }) => {
	const context = await newContext({ viewport: { width: 360, height: 740 }, isMobile: true,
		hasTouch: true });
	const page = await context.newPage();
	await login(page, ADMINISTRATOR);
	await openEach(page, async (name) => {
		await shoot(page, `form-${name}-phone`);
		assert.deepEqual(await outside(page, 360), [], name);
	});
	await context.close();
});

test('who is inside is a list, and is forgotten', async ({ page, context, appliance, shoot }) => {
	const headers = { 'X-CSRF-Token': await csrfOf(context) };
	await context.request.post('/api/v1/areas', { headers, data: { name: 'Hall' } });
	await context.request.patch('/api/v1/access-points/1', { headers, data: { area_to: 1 } });
	await context.request.patch('/api/v1/persons/1', { headers, data: { enabled: true } });
	const { seq } = await badge(appliance, context, 1);
	const set = (state) => appliance.call('board.console', { request: { method: 'set',
		params: { point: 'door1.contact', value: state } } });
	// An opening must last as long as the contact's debounce.
	await set('open');
	await eventually(() => newestEvent(context, 'access.taken'),
		(taken) => taken?.event.seq > seq);
	await set('closed');
	await visit(page, 'Access');
	await tab(page, 'Who is inside');
	const row = page.getByRole('row', { name: /Grace Hopper.*Hall/ });
	await eventually(async () => {
		await page.getByRole('button', { name: 'Look again' }).click();
		return row.count();
	}, 1);
	await shoot(page, 'inside');
	const { persons } = await (await context.request.get('/api/v1/access/presence?area=1')).json();
	assert.equal(persons[0].name, 'Grace Hopper');
	await page.getByRole('button', { name: 'Forget where Grace Hopper is' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
	await page.getByText('Nobody is known to be anywhere.').waitFor();
});

test('long lists come page by page', async ({ page, context }) => {
	const headers = { 'X-CSRF-Token': await csrfOf(context) };
	for (let number = 1; number <= 60; number += 1)
		await context.request.post('/api/v1/persons', { headers,
			data: { name: `Somebody ${String(number).padStart(2, '0')}` } });
	await visit(page, 'People');
	await page.getByText('50 shown of 61.').waitFor();
	await page.getByRole('button', { name: 'Show more' }).click();
	await page.getByRole('link', { name: 'Somebody 60' }).waitFor();
	await eventually(() => page.locator('tbody tr').count(), 61);
	await page.getByLabel('Search').fill('somebody 5');
	await page.getByRole('link', { name: 'Somebody 60' }).waitFor({ state: 'detached' });
	await page.getByRole('link', { name: 'Somebody 51' }).waitFor();
});

test('a person is removed with all that it carries', async ({ page, context }) => {
	await page.goto('/#/people/1');
	await page.getByRole('button', { name: 'Remove person' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
	const { credentials } = await (await context.request.get('/api/v1/credentials')).json();
	assert.ok(!credentials.some(({ card }) => card === CARD.card));
});

test('an operator raises the threat level and changes no other setting', async ({ newContext,
	appliance, shoot }) => {
	const operator = { account: 'olga', password: 'keeps the site safe' };
	await appliance.call('account.create', { ...operator, role: 'operator' });
	const context = await newContext();
	const page = await context.newPage();
	await login(page, operator);
	await page.getByLabel('Threat level', { exact: true }).selectOption('2');
	await page.getByRole('dialog').getByRole('button', { name: 'Set' }).click();
	await page.locator('.threat[data-level="warning"]').waitFor();
	await shoot(page, 'doors-threat');
	const headers = { 'X-CSRF-Token': await csrfOf(context) };
	const refused = await context.request.patch('/api/v1/settings', { headers,
		data: { 'access.threat_level': 0, 'system.name': 'Mine' } });
	assert.equal(refused.status(), 403);
	const { values } = await (await context.request.get('/api/v1/settings')).json();
	assert.equal(values['access.threat_level'], 2);
	await page.getByLabel('Threat level', { exact: true }).selectOption('0');
	await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
	await page.waitForFunction(() => document.querySelector('#threat').value === '2');
	await page.getByLabel('Threat level', { exact: true }).selectOption('0');
	await page.getByRole('dialog').getByRole('button', { name: 'Set' }).click();
	await page.locator('.threat[data-level="normal"]').waitFor();
	await context.close();
});

test('a viewer looks and changes nothing', async ({ newContext, appliance }) => {
	await appliance.call('account.create', { ...VIEWER, role: 'viewer' }).catch(() => {});
	const context = await newContext();
	const page = await context.newPage();
	await login(page, VIEWER);
	await visit(page, 'Access');
	await page.getByText('Only an administrator may change this.').waitFor();
	await page.getByRole('row', { name: /Front/ }).waitFor();
	assert.equal(await page.getByRole('button', { name: /^(Change|Remove) / }).count(), 0);
	await visit(page, 'People');
	await eventually(() => page.getByRole('button', { name: 'Add person' }).isDisabled(), true);
	await page.getByRole('link', { name: 'Somebody 01' }).click();
	await eventually(() => page.getByRole('textbox', { name: 'Name', exact: true }).isDisabled(),
		true);
	await visit(page, 'Explain');
	await page.getByText('Only an administrator may ask this.').waitFor();
	await context.close();
});
