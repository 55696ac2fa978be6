// The event log: what was searched for is found, page by page, and comes as a file.

import assert from 'node:assert/strict';

import { eventually, login, outside, visit, ADMINISTRATOR } from './helpers.mjs';
import { test } from './tap.mjs';

async function pageOf(newContext) {
	const context = await newContext();
	const page = await context.newPage();
	await login(page, ADMINISTRATOR);
	await visit(page, 'Events');
	return { context, page, form: page.getByRole('search', { name: 'Search the log' }) };
}

async function sequence(page) {
	const rows = page.locator('.results tr[data-seq]');
	return rows.evaluateAll((all) => all.map((row) => Number(row.dataset.seq)));
}

test('a search shows its events and no others until it is cleared', async ({ newContext, appliance,
	shoot }) => {
	for (let i = 0; i < 60; i += 1)
		await appliance.call('settings.set', { values: { 'system.location': `Floor ${i}` } });
	const { context, page, form } = await pageOf(newContext);
	await form.getByLabel('Words').fill('location floor 59');
	await form.getByLabel('Severity').selectOption({ label: 'Notice and worse' });
	await form.getByRole('button', { name: 'Search' }).click();
	await page.locator('.results tr[data-seq]').filter({ hasText: 'Floor 59' }).waitFor();
	await eventually(async () => (await sequence(page)).length, 1);
	await form.getByLabel('Words').fill('no such word');
	await form.getByRole('button', { name: 'Search' }).click();
	await page.getByText('No event is like that.').waitFor();
	await form.getByRole('button', { name: 'Clear' }).click();
	await page.locator('tr[data-seq]').first().waitFor();
	await eventually(() => form.getByLabel('Words').inputValue(), '');
	await form.getByLabel('Kind').fill('setting.');
	await form.getByRole('button', { name: 'Search' }).click();
	await page.getByRole('button', { name: 'Older' }).waitFor();
	await shoot(page, 'events-search');
	assert.deepEqual(await outside(page, 1280), []);
	await context.close();
});

test('pages of a search go back and forth without a gap', async ({ newContext }) => {
	const { context, page, form } = await pageOf(newContext);
	await form.getByLabel('Kind').fill('setting.changed');
	await form.getByRole('button', { name: 'Search' }).click();
	await page.getByRole('button', { name: 'Older' }).waitFor();
	const first = await sequence(page);
	await page.getByRole('button', { name: 'Older' }).click();
	await page.waitForFunction((seq) => !document.querySelector(`.results tr[data-seq="${seq}"]`), first[0]);
	const second = await sequence(page);
	assert.ok(second[0] < first.at(-1));
	await page.getByRole('button', { name: 'Newer' }).click();
	await page.locator(`.results tr[data-seq="${first.at(-1)}"]`).waitFor();
	await eventually(() => sequence(page), first);
	await context.close();
});

test('a search that makes no sense says so at the form', async ({ newContext }) => {
	const { context, page, form } = await pageOf(newContext);
	await form.getByLabel('Kind').fill('nonsense');
	await form.getByRole('button', { name: 'Search' }).click();
	await page.locator('.message.error').filter({ hasText: 'no such kind' }).waitFor();
	await context.close();
});

test('the export is what was searched for', async ({ newContext }) => {
	const { context, page, form } = await pageOf(newContext);
	await form.getByLabel('Words').fill('floor 59');
	await form.getByRole('button', { name: 'Search' }).click();
	await page.locator('.results tr[data-seq]').filter({ hasText: 'Floor 59' }).first().waitFor();
	const href = await form.getByRole('link', { name: 'Export' }).getAttribute('href');
	const answer = await context.request.get(href);
	const [head, ...lines] = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line));
	assert.deepEqual(head, { filter: { text: 'floor 59' } });
	assert.deepEqual(lines.map(({ event }) => event.seq).reverse(), await sequence(page));
	await context.close();
});
