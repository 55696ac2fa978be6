// Doors, the virtual board, and the newest events.

import assert from 'node:assert/strict';

import { ADMINISTRATOR, VIEWER, csrfOf, doorCard, eventually, login, newestEvent, waitForDoor }
	from './helpers.mjs';
import { test } from './tap.mjs';

test('four doors appear with their live state and readers', async ({ page }) => {
	await doorCard(page, 4).waitFor();
	await eventually(() => page.locator('.door').count(), 4);
	for (const number of [1, 2, 3, 4]) {
		await waitForDoor(page, number, 'Locked');
		await doorCard(page, number).getByText('2 online').waitFor();
	}
});

test('an unknown card on the virtual board is a new row without a reload', async ({ page,
	context }) => {
	await page.evaluate(() => { globalThis.isSamePage = true; });
	await page.getByLabel('Card', { exact: true }).fill('1603');
	await page.getByRole('button', { name: 'Badge card' }).click();
	await page.locator('tr[data-seq]').filter({ hasText: 'Access denied' }).first().waitFor();
	const record = await newestEvent(context, 'access.unknown');
	const row = page.locator(`tr[data-seq="${record.event.seq}"]`);
	assert.equal(await row.locator('.text').textContent(), record.event.text);
	assert.equal(await page.evaluate(() => globalThis.isSamePage), true);
});

test('a known card opens the door and its row equals the event of the interface', async ({ page,
	context, shoot }) => {
	const created = await context.request.post('/api/v1/credentials', {
		headers: { 'X-CSRF-Token': await csrfOf(context) },
		data: { holder: 'Ada Lovelace', format: 'h10301', facility: 118, card: 1603,
			doors: [1, 2] } });
	assert.equal(created.status(), 201);
	await page.getByRole('button', { name: 'Badge card' }).click();
	await waitForDoor(page, 1, 'Access granted');
	await page.locator('tr[data-seq]').filter({ hasText: 'Access granted to Ada' }).waitFor();
	const { event, hash } = await newestEvent(context, 'access.granted');
	const row = page.locator(`tr[data-seq="${event.seq}"]`);
	assert.equal(await row.locator('.text').textContent(), event.text);
	assert.equal(await row.locator('time').getAttribute('datetime'),
		new Date(event.time_us / 1000).toISOString());
	assert.match(hash, /^[0-9a-f]{64}$/);
	await page.locator('.led[data-colour="green"]').first().waitFor();
	await shoot(page, 'doors');
});

// Everything that a badge sets off, on the real peers: relay, log, browser, SNMP and syslog.
test('one badge has the same number in browser, log, snmptrapd and rsyslogd', async ({ page,
	context, appliance }) => {
	await appliance.ask('forward');
	await appliance.call('door.command', { door: 2, command: 'lock' });
	await page.getByLabel('At', { exact: true }).selectOption({ label: 'Reader 3' });
	await page.getByRole('button', { name: 'Badge card' }).click();
	const row = page.locator('tr[data-seq]').filter({ hasText: 'Access granted to Ada Lovelace at Door 2' });
	const seq = Number(await row.getAttribute('data-seq'));
	await waitForDoor(page, 2, 'Access granted');
	const { event } = await newestEvent(context, 'access.granted');
	assert.equal(event.seq, seq);
	await eventually(async () => (await appliance.call('board.console',
		{ request: { method: 'show' } })).points['door2.lock'], 'on');
	const [trap] = await appliance.ask('received', 'snmptrapd', `cardeaEventSeq.0 = ${seq}|`);
	assert.match(trap, /= cardeaAccessGranted\|/);
	const [line] = await appliance.ask('received', 'rsyslogd', `[cardeaEvent@32473 seq="${seq}" `);
	assert.match(line, /^<86>1 .* AC100 .*holder="Ada Lovelace"/);
	await appliance.call('object.remove', { kind: 'log_server', id: 1 });
});

test('granting unlocks the door and it locks again by itself', async ({ page, context }) => {
	const response = await context.request.patch('/api/v1/doors/3', {
		headers: { 'X-CSRF-Token': await csrfOf(context) }, data: { access_time: 3 } });
	assert.equal(response.status(), 200);
	const card = doorCard(page, 3);
	await card.getByRole('button', { name: 'Grant access' }).click();
	await waitForDoor(page, 3, 'Access granted');
	await waitForDoor(page, 3, 'Locked');
	await eventually(() => card.locator('.message').textContent(), '');
});

test('unlock stays until lock', async ({ page }) => {
	const card = doorCard(page, 2);
	await card.getByRole('button', { name: 'Unlock' }).click();
	await waitForDoor(page, 2, 'Unlocked');
	await card.getByRole('button', { name: 'Lock', exact: true }).click();
	await waitForDoor(page, 2, 'Locked');
});

test('all doors are locked down after asking, and each says who decides', async ({ page,
	shoot }) => {
	await page.getByRole('button', { name: 'Lock down all doors' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
	await waitForDoor(page, 1, /^Locked$/);
	await page.getByRole('button', { name: 'Lock down all doors' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Lock down' }).click();
	for (const number of [1, 2, 3, 4]) {
		await waitForDoor(page, number, 'Locked down');
		await doorCard(page, number).getByText('Lockdown', { exact: true }).waitFor();
	}
	await doorCard(page, 1).getByRole('button', { name: 'Grant access' }).click();
	await doorCard(page, 1).locator('.message').filter({ hasText: 'locked_down' }).waitFor();
	await shoot(page, 'lockdown');
	await page.getByRole('button', { name: 'End lockdown of all doors' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'End lockdown' }).click();
	await waitForDoor(page, 1, /^Locked$/);
});

test('the other commands of a door are behind one more click', async ({ page }) => {
	const card = doorCard(page, 3);
	await card.getByText('More commands').click();
	await card.getByRole('button', { name: 'One hour unlocked' }).click();
	await waitForDoor(page, 3, 'Unlocked');
	await card.getByText(/^Operator, until/).waitFor();
	await card.getByRole('button', { name: 'Block' }).click();
	await waitForDoor(page, 3, 'Blocked');
	await card.getByRole('button', { name: 'Back to schedule' }).click();
	await waitForDoor(page, 3, /^Locked$/);
	await card.getByText('Nobody', { exact: true }).waitFor();
	await card.getByText('More commands').click();
});

test('a fire alarm says so and is reset when its input is normal', async ({ page, appliance }) => {
	await appliance.call('object.change', { kind: 'door', id: 1, object: { fire_unlocks: true } });
	await appliance.call('settings.set', { values: { 'fire.input': 1 } });
	const wire = (state) => appliance.call('board.console', { request: { method: 'set',
		params: { point: 'input1', value: state } } });
	await wire('closed');
	await waitForDoor(page, 1, 'Unlocked by fire');
	const reset = page.getByRole('button', { name: 'Reset fire alarm' });
	await eventually(() => reset.isDisabled(), true);
	await wire('open');
	await reset.click();
	await waitForDoor(page, 1, /^Locked$/);
	await eventually(() => reset.count(), 0);
	await appliance.call('settings.set', { values: { 'fire.input': 0 } });
});

test('a door that is forced open is an alarm until it is closed', async ({ page, shoot }) => {
	const wires = page.locator('.wires li[data-door="4"]');
	await wires.getByRole('button', { name: 'Open door' }).click();
	await waitForDoor(page, 4, 'Forced open');
	await page.locator('tr[data-level="alarm"]').filter({ hasText: 'forced open' }).waitFor();
	await shoot(page, 'alarm');
	await wires.getByRole('button', { name: 'Close door' }).click();
	await waitForDoor(page, 4, 'Locked');
});

test('REX releases the lock without an alarm', async ({ page }) => {
	const wires = page.locator('.wires li[data-door="3"]');
	await wires.getByRole('button', { name: 'Press REX' }).click();
	await waitForDoor(page, 3, /Access granted|Unlocked/);
	await waitForDoor(page, 3, 'Locked');
});

test('a viewer sees everything and commands nothing', async ({ appliance, newContext, shoot }) => {
	await appliance.call('account.create', { ...VIEWER, role: 'viewer' });
	const context = await newContext();
	const page = await context.newPage();
	await login(page, VIEWER);
	const card = doorCard(page, 1);
	await card.waitFor();
	for (const name of ['Grant access', 'Lock', 'Unlock'])
		await eventually(() => card.getByRole('button', { name, exact: true }).isDisabled(), true);
	await card.getByText('A viewer may not command doors.').waitFor();
	assert.equal(await page.getByRole('button', { name: 'Badge card' }).count(), 0);
	await shoot(page, 'viewer');
	const headers = { 'X-CSRF-Token': await csrfOf(context) };
	for (const [path, data] of [['doors/1/command', { command: 'unlock' }],
		['credentials', { holder: 'x', card: 1 }], ['board', { method: 'show' }]]) {
		const refused = await context.request.post(`/api/v1/${path}`, { headers, data });
		assert.equal(refused.status(), 403, path);
	}
	await context.close();
});

test('two tabs share one stream and both follow', async ({ newContext }) => {
	const context = await newContext();
	let streams = 0;
	context.on('request', (request) => {
		streams += request.url().endsWith('/stream') ? 1 : 0;
	});
	const first = await context.newPage();
	await login(first, ADMINISTRATOR);
	await waitForDoor(first, 1, 'Locked');
	const second = await context.newPage();
	await second.goto('/');
	await waitForDoor(second, 2, 'Locked');
	await doorCard(first, 2).getByRole('button', { name: 'Unlock' }).click();
	await waitForDoor(second, 2, 'Unlocked');
	assert.equal(streams, 1);
	await first.close();
	await doorCard(second, 2).getByRole('button', { name: 'Lock', exact: true }).click();
	await waitForDoor(second, 2, 'Locked');
	await context.close();
});
