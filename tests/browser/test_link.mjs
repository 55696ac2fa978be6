// Losing the controller and getting it back.

import assert from 'node:assert/strict';

import { doorCard, waitForDoor } from './helpers.mjs';
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
