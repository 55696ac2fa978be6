// What several tests do.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const ADMINISTRATOR = { account: 'ada', password: 'correct horse battery' };
export const VIEWER = { account: 'vera', password: 'only looking here' };

// As long as anything may take that a busy machine delays; playwright waits as long.
export const PATIENCE_MS = 30000;

// Reads until the value is the expected one, or until expected(value) when that is a function, and
// returns it. For whatever a request, the stream or the board's wires bring after an action.
export async function eventually(read, expected) {
	const isGood = typeof expected === 'function' ? expected
		: (value) => isDeepStrictEqual(value, expected);
	const deadline = performance.now() + PATIENCE_MS;
	for (;;) {
		const value = await read();
		if (isGood(value))
			return value;
		if (performance.now() > deadline)
			assert.fail(`waited in vain for ${typeof expected === 'function' ? expected
				: JSON.stringify(expected)}, it is ${JSON.stringify(value)}`);
		await new Promise((resolve) => { setTimeout(resolve, 20); });
	}
}

export async function fillLogin(page, { account, password }) {
	await page.getByLabel('Account').fill(account);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Log in' }).click();
}

export async function login(page, who) {
	await page.goto('/');
	await fillLogin(page, who);
	await page.getByRole('heading', { level: 1, name: 'Doors' }).waitFor();
}

export async function visit(page, name) {
	await page.getByRole('navigation').getByRole('link', { name }).click();
	await page.getByRole('heading', { level: 1, name }).waitFor();
}

export function doorCard(page, number) {
	return page.locator(`.door[data-door="${number}"]`);
}

export async function waitForDoor(page, number, text) {
	await doorCard(page, number).locator('.summary').filter({ hasText: text }).waitFor();
}

export async function csrfOf(context) {
	const response = await context.request.get('/api/v1/session');
	assert.equal(response.status(), 200);
	return (await response.json()).csrf;
}

export async function newestEvent(context, kind) {
	const response = await context.request.get('/api/v1/events?limit=50');
	const { events } = await response.json();
	return events.find(({ event }) => event.kind === kind);
}

// Every visible control and text must lie within the width that was configured.
export async function outside(page, width) {
	return page.evaluate((limit) => {
		// Text that was squeezed to a letter a line is within the width and still unreadable.
		const isSqueezed = (node, box) => node.children.length === 0
			&& node.textContent.length > 4 && box.width < 40 && box.height > 3 * box.width;
		return [...document.querySelectorAll('body *')].filter((node) => {
			const box = node.getBoundingClientRect();
			const style = getComputedStyle(node);
			return box.width > 1 && box.height > 1 && style.visibility !== 'hidden'
				&& !node.closest('.visually-hidden, .skip, thead')
				&& (box.right > limit + 0.5 || box.left < -0.5 || isSqueezed(node, box));
		})
			.map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 30)}`);
	}, width);
}

// Through the debugger, so that the page's own policy stays as it is.
export async function violations(page) {
	await page.evaluate(await readFile(AXE, 'utf8'));
	const results = await page.evaluate(() => globalThis.axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	assert.ok(results.passes.length > 10);
	return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

export async function settled(page) {
	await page.waitForFunction(() => document.getAnimations().length === 0);
}
