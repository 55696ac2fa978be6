// The console in a real browser, against a real controller on the virtual board.
//
//	CARDEA_BUILDDIR=... node run.mjs
//
// Prints TAP. Screenshots go to $CARDEA_ARTEFACTS, else to browser-artefacts in the build.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';

import { Appliance } from './appliance.mjs';
import { PATIENCE_MS } from './helpers.mjs';
import { runAll } from './tap.mjs';
import './test_entrance.mjs';
import './test_doors.mjs';
import './test_events.mjs';
import './test_forms.mjs';
import './test_access.mjs';
import './test_hardware.mjs';
import './test_link.mjs';
import './test_looks.mjs';
import './test_security.mjs';
import './test_wire.mjs';

const build = process.env.CARDEA_BUILDDIR;
if (!build)
	throw new Error('set CARDEA_BUILDDIR to where the programs were built');
const artefacts = process.env.CARDEA_ARTEFACTS ?? join(build, 'browser-artefacts');

// What Chromium writes about answers that the tests provoke on purpose.
const EXPECTED = /status of (401|403|404|409|422|503)|ERR_INTERNET_DISCONNECTED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_REFUSED/;

function watch(page, complaints) {
	page.on('console', (message) => {
		if (message.type() === 'error' && !EXPECTED.test(message.text()))
			complaints.push(message.text());
	});
	page.on('pageerror', (error) => complaints.push(String(error)));
}

await mkdir(artefacts, { recursive: true });
const appliance = new Appliance();
await appliance.start();
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
const complaints = [];
const newContext = async (options = {}) => {
	const context = await browser.newContext({ baseURL: appliance.url,
		ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 }, ...options });
	context.setDefaultTimeout(PATIENCE_MS);
	context.on('page', (page) => watch(page, complaints));
	return context;
};
const fixture = { appliance, browser, newContext, complaints,
	context: await newContext(),
	shoot: (page, name) => page.screenshot({ path: join(artefacts, `${name}.png`),
		fullPage: true }) };
fixture.page = await fixture.context.newPage();
try {
	await runAll(fixture, (number) => fixture.shoot(fixture.page, `failure-${number}`));
} finally {
	await browser.close();
	await appliance.stop();
}
