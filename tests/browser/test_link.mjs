// Losing the controller and getting it back.

import assert from 'node:assert/strict';

import { VIEWER, doorCard, login, waitForDoor } from './helpers.mjs';
import { test } from './tap.mjs';

const banner = (page) => page.getByText('No connection to the controller');

test('a lost network shows a banner and recovers by itself', async ({ page, context, shoot }) => {
	await context.setOffline(true);
	await banner(page).waitFor();
	await shoot(page, 'offline');
	await context.setOffline(false);
	await banner(page).waitFor({ state: 'hidden' });
	await waitForDoor(page, 1, 'Locked');
});

test('a store that restarts is found again and its state is read anew', async ({ page, context,
	appliance }) => {
	await appliance.ask('hold', 'store');
	await banner(page).waitFor();
	const response = await context.request.get('/api/v1/doors');
	assert.equal(response.status(), 503);
	assert.ok(response.headers()['retry-after']);
	await appliance.ask('release', 'store');
	await banner(page).waitFor({ state: 'hidden' });
	await doorCard(page, 1).getByRole('button', { name: 'Unlock' }).click();
	await waitForDoor(page, 1, 'Unlocked');
	await doorCard(page, 1).getByRole('button', { name: 'Lock', exact: true }).click();
	await waitForDoor(page, 1, 'Locked');
});

test('a session that is ended elsewhere ends here too', async ({ newContext, appliance }) => {
	const context = await newContext();
	const page = await context.newPage();
	await login(page, VIEWER);
	await doorCard(page, 1).waitFor();
	await appliance.call('account.remove', { account: VIEWER.account });
	// The controller looks at the sessions of its streams every 10 s.
	await page.getByText('Your session has ended.').waitFor({ timeout: 20000 });
	await context.close();
});
