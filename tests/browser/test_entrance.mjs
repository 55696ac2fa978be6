// First run, login, logout.

import assert from 'node:assert/strict';

import { ADMINISTRATOR, fillLogin } from './helpers.mjs';
import { test } from './tap.mjs';

test('a new controller asks for its first administrator and for nothing else', async ({ page,
	context, shoot }) => {
	const refused = await context.request.get('/api/v1/doors');
	assert.equal(refused.status(), 401);
	await page.goto('/');
	await page.getByRole('heading', { name: 'Create the administrator' }).waitFor();
	await shoot(page, 'first-run');
});

test('two different passwords are not taken', async ({ page }) => {
	await page.getByLabel('Account').fill(ADMINISTRATOR.account);
	await page.getByLabel('Password', { exact: true }).fill(ADMINISTRATOR.password);
	await page.getByLabel('Password again').fill('something else');
	await page.getByRole('button', { name: 'Create account' }).click();
	await page.getByText('The two passwords differ.').waitFor();
});

test('the first administrator is made and logged in', async ({ page, context }) => {
	await page.getByLabel('Password again').fill(ADMINISTRATOR.password);
	await page.getByRole('button', { name: 'Create account' }).click();
	await page.getByRole('heading', { level: 1, name: 'Doors' }).waitFor();
	const cookie = (await context.cookies()).find(({ name }) => name === '__Host-cardea');
	assert.ok(cookie.secure && cookie.httpOnly && cookie.sameSite === 'Strict');
	assert.equal(await page.evaluate(() => document.cookie), '');
});

test('there is no second first administrator', async ({ context }) => {
	const response = await context.request.post('/api/v1/setup', {
		data: { account: 'mallory', password: 'long enough for that' } });
	assert.equal(response.status(), 409);
	assert.equal((await response.json()).code, 'conflict');
});

test('logging out ends the session on the controller', async ({ page, context }) => {
	const before = await context.cookies();
	await page.getByRole('button', { name: 'Log out' }).click();
	await page.getByRole('heading', { name: 'Log in' }).waitFor();
	await context.addCookies(before);
	assert.equal((await context.request.get('/api/v1/doors')).status(), 401);
	await context.clearCookies();
});

test('a wrong password is refused without saying which part was wrong', async ({ page }) => {
	await fillLogin(page, { account: ADMINISTRATOR.account, password: 'guessed' });
	await page.getByText('The account or the password is wrong.').waitFor();
});

test('the right password opens the doors page', async ({ page, shoot }) => {
	await shoot(page, 'login');
	await fillLogin(page, ADMINISTRATOR);
	await page.getByRole('heading', { level: 1, name: 'Doors' }).waitFor();
});

test('a reload keeps the session', async ({ page }) => {
	await page.reload();
	await page.getByRole('heading', { level: 1, name: 'Doors' }).waitFor();
});
