// Accessibility of every page in both themes, and a phone of 360 pixels.

import assert from 'node:assert/strict';

import { ADMINISTRATOR, csrfOf, login, outside, settled, violations, visit } from './helpers.mjs';
import { test } from './tap.mjs';

const PAGES = ['Doors', 'Events', 'People', 'Cards and PINs', 'Access', 'Schedules', 'Explain',
	'Inputs and outputs', 'Readers',
	'Expansion modules', 'Power', 'Wiring', 'Log servers', 'Settings', 'Virtual board'];

for (const theme of ['light', 'dark']) {
	test(`every page is accessible in the ${theme} theme`, async ({ page, shoot }) => {
		await page.getByLabel('Theme').selectOption(theme);
		for (const name of PAGES) {
			await visit(page, name);
			if (name === 'Settings')
				await page.getByRole('form', { name: 'Door 4' }).waitFor();
			await settled(page);
			assert.deepEqual(await violations(page), [], name);
			await shoot(page, `${name.toLowerCase().replaceAll(' ', '-')}-${theme}`);
		}
		await page.getByLabel('Theme').selectOption('auto');
	});
}

test('the accessibility check finds a planted fault', async ({ page }) => {
	await page.evaluate(() => {
		const button = document.createElement('button');
		button.id = 'planted';
		document.querySelector('main').append(button);
	});
	assert.match((await violations(page)).join(), /button-name/);
	await page.evaluate(() => document.getElementById('planted').remove());
});

test('login is accessible', async ({ newContext }) => {
	const context = await newContext();
	const page = await context.newPage();
	await page.goto('/');
	await page.getByRole('heading', { name: 'Log in' }).waitFor();
	assert.deepEqual(await violations(page), []);
	await context.close();
});

test('a phone of 360 pixels shows every page within its width', async ({ newContext, shoot }) => {
	const context = await newContext({ viewport: { width: 360, height: 740 }, isMobile: true,
		hasTouch: true });
	const page = await context.newPage();
	await login(page, ADMINISTRATOR);
	await page.locator('.door').nth(3).waitFor();
	for (const name of PAGES) {
		await visit(page, name);
		if (name === 'Settings')
			await page.getByRole('form', { name: 'Door 4' }).waitFor();
		await shoot(page, `phone-${name.toLowerCase()}`);
		assert.deepEqual(await outside(page, 360), [], name);
	}
	await context.close();
});

test('a door is commanded with the keyboard alone', async ({ page, context, shoot }) => {
	const headers = { 'X-CSRF-Token': await csrfOf(context) };
	for (const [index, name] of ['Front door', 'Loading dock', 'Laboratory', 'Archive'].entries())
		await context.request.patch(`/api/v1/doors/${index + 1}`, { headers, data: { name } });
	await visit(page, 'Doors');
	for (let presses = 0; presses < 30; presses += 1) {
		await page.keyboard.press('Tab');
		if (await page.evaluate(() => document.activeElement.dataset.command === 'grant'))
			break;
	}
	await page.keyboard.press('Enter');
	await page.locator('.door[data-door="1"] .summary').filter({ hasText: 'Access granted' })
		.waitFor();
	await page.locator('.led[data-colour="green"]').first().waitFor();
	await shoot(page, 'console');
});
