// What the browser and the controller refuse.

import assert from 'node:assert/strict';

import { csrfOf } from './helpers.mjs';
import { test } from './tap.mjs';

const COMMAND = { command: 'grant' };

test('a wrong or missing CSRF token is refused', async ({ context }) => {
	const csrf = await csrfOf(context);
	for (const headers of [{}, { 'X-CSRF-Token': csrf.replace(/^./, (c) =>
		(c === '0' ? '1' : '0')) }]) {
		const response = await context.request.post('/api/v1/doors/2/command',
			{ headers, data: COMMAND });
		assert.equal(response.status(), 403);
		assert.equal(response.headers()['content-type'], 'application/problem+json');
	}
});

test('another origin is refused even with the right token', async ({ context }) => {
	const response = await context.request.post('/api/v1/doors/2/command', {
		headers: { 'X-CSRF-Token': await csrfOf(context), Origin: 'https://evil.example' },
		data: COMMAND });
	assert.equal(response.status(), 403);
	assert.equal((await response.json()).code, 'cross_origin');
});

test('only JSON is taken, and no more than 64 KiB of it', async ({ context }) => {
	const headers = { 'X-CSRF-Token': await csrfOf(context), 'Content-Type': 'text/plain' };
	const text = await context.request.post('/api/v1/doors/2/command',
		{ headers, data: JSON.stringify(COMMAND) });
	assert.equal(text.status(), 415);
	const large = await context.request.post('/api/v1/doors/2/command',
		{ headers: { ...headers, 'Content-Type': 'application/json' },
			data: { command: 'x'.repeat(70000) } });
	assert.equal(large.status(), 413);
});

test('the policy blocks an inline script', async ({ page }) => {
	const isBlocked = await page.evaluate(() => new Promise((resolve) => {
		document.addEventListener('securitypolicyviolation', () => resolve(true));
		const script = document.createElement('script');
		script.textContent = 'globalThis.isInjected = true';
		document.body.append(script);
		setTimeout(() => resolve(false), 2000);
	}));
	assert.equal(isBlocked, true);
	assert.equal(await page.evaluate(() => globalThis.isInjected), undefined);
});

test('every answer carries the security headers', async ({ context }) => {
	for (const path of ['/', '/favicon.svg', '/api/v1/doors', '/api/v1/nothing', '/nothing']) {
		const response = await context.request.get(path);
		const headers = response.headers();
		assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors/);
		assert.equal(headers['x-content-type-options'], 'nosniff');
		assert.equal(headers['referrer-policy'], 'no-referrer');
		assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
		assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
		assert.equal(headers.server, undefined);
		assert.equal(headers['cache-control'],
			path.startsWith('/api/') || path === '/nothing' ? 'no-store' : 'no-cache');
	}
});

test('the console is small and asks for little', async ({ newContext }) => {
	const context = await newContext();
	const page = await context.newPage();
	let bytes = 0;
	let requests = 0;
	page.on('requestfinished', async (request) => {
		requests += 1;
		bytes += (await request.sizes()).responseBodySize;
	});
	await page.goto('/', { waitUntil: 'networkidle' });
	assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
	assert.ok(requests <= 10, `${requests} requests`);
	await context.close();
});

test('no page complained on its console', ({ complaints }) => {
	assert.deepEqual(complaints.filter((each) => !/inline script/.test(each)), []);
});
