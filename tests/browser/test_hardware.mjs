// Inputs, relays and outputs, wiring: what the virtual board does, the pages show, and back.

import assert from 'node:assert/strict';

import { VIEWER, csrfOf, eventually, login, visit } from './helpers.mjs';
import { test } from './tap.mjs';

function row(page, table, text) {
	return page.getByRole('table', { name: table }).locator('tr').filter({ hasText: text });
}

function board(appliance, method, params) {
	return appliance.call('board.console', { request: { method, params } });
}

// What the wires of the board carry.
async function pointOf(appliance, name) {
	const { points } = await board(appliance, 'show');
	return points[name];
}

test('the relay is switched from the page and its row follows', async ({ page, appliance,
	shoot }) => {
	await visit(page, 'Inputs and outputs');
	const relay = row(page, 'Relays and outputs', 'relay').first();
	await relay.getByRole('button', { name: 'Activate Relay' }).click();
	await relay.getByText('Active', { exact: true }).waitFor();
	await eventually(() => pointOf(appliance, 'relay'), 'on');
	await shoot(page, 'io');
	await relay.getByRole('button', { name: 'Deactivate Relay' }).click();
	await relay.getByText('Inactive', { exact: true }).waitFor();
});

test('a cut wire is an alarm in its row until it is mended', async ({ page, appliance }) => {
	await visit(page, 'Inputs and outputs');
	await board(appliance, 'set', { point: 'input1', value: 'wired', argument: 'serial_4k7' });
	const input = row(page, 'Inputs', 'input1');
	await input.getByRole('button', { name: 'Settings of Input 1' }).click();
	const form = page.getByRole('form', { name: 'Settings of Input 1' });
	await form.getByLabel('Supervision').selectOption('serial_4k7');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await board(appliance, 'set', { point: 'input1', value: 'cut' });
	await input.getByText('Cut').waitFor();
	await eventually(() => input.getAttribute('data-level'), 'alarm');
	await board(appliance, 'set', { point: 'input1', value: 'open' });
	await input.getByText('Open').first().waitFor();
	await eventually(() => input.getAttribute('data-level'), null);
	await form.getByLabel('Supervision').selectOption('board');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await form.getByRole('button', { name: 'Close' }).click();
});

test('an AUX port becomes an output and an input again', async ({ page }) => {
	await visit(page, 'Inputs and outputs');
	await row(page, 'Inputs', 'aux1').getByRole('button', { name: 'Use as output: AUX input or output 1' })
		.click();
	const port = row(page, 'Relays and outputs', 'aux1');
	await port.getByText('Inactive', { exact: true }).waitFor();
	await row(page, 'Inputs', 'aux1').waitFor({ state: 'detached' });
	await port.getByRole('button', { name: 'Settings of AUX input or output 1' }).click();
	const form = page.getByRole('form', { name: 'Settings of AUX input or output 1' });
	await form.getByLabel('Direction').selectOption('input');
	await form.getByRole('button', { name: 'Save' }).click();
	await row(page, 'Inputs', 'aux1').waitFor();
	await port.waitFor({ state: 'detached' });
});

test('a wrong setting is shown at its field and changes nothing', async ({ page }) => {
	await visit(page, 'Inputs and outputs');
	await row(page, 'Relays and outputs', 'output1')
		.getByRole('button', { name: 'Settings of Output 1' }).click();
	const form = page.getByRole('form', { name: 'Settings of Output 1' });
	await form.getByLabel('Pulse').fill('9999');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Not saved').waitFor();
	await form.getByRole('button', { name: 'Close' }).click();
});

test('the settings of an output say how a program switches it, those of an input do not',
	async ({ page, appliance }) => {
		await visit(page, 'Inputs and outputs');
		await row(page, 'Relays and outputs', 'relay').first()
			.getByRole('button', { name: 'Settings of Relay' }).click();
		const form = page.getByRole('form', { name: 'Settings of Relay' });
		const said = await form.getByText(/"toggle"/).textContent();
		const [, url, body] = /^POST (\S+) (\{.*\})$/.exec(said);
		const headers = { 'X-CSRF-Token': await csrfOf(page.context()) };
		for (const state of ['on', 'off']) {
			const response = await page.context().request.post(url,
				{ headers, data: JSON.parse(body) });
			assert.equal(response.status(), 200);
			await eventually(() => pointOf(appliance, 'relay'), state);
		}
		await form.getByRole('button', { name: 'Close' }).click();
		await row(page, 'Inputs', 'input1')
			.getByRole('button', { name: 'Settings of Input 1' }).click();
		const input = page.getByRole('form', { name: 'Settings of Input 1' });
		assert.equal(await input.getByText('/command').count(), 0);
		await input.getByRole('button', { name: 'Close' }).click();
	});

test('the wiring page says how locks and supervised inputs are connected', async ({ page,
	appliance }) => {
	const connect = async (text) => {
		await visit(page, 'Doors');
		await visit(page, 'Wiring');
		const place = page.locator('[data-place="16"]');
		await place.locator('summary').click();
		await place.getByText(text).first().waitFor();
	};
	await connect('fail-secure lock between NO and GND');
	await appliance.call('object.change', { kind: 'door', id: 4,
		object: { lock_type: 'fail_safe' } });
	await connect('fail-safe lock between NC and GND');
	await appliance.call('object.change', { kind: 'door', id: 4,
		object: { lock_type: 'fail_secure' } });
	const supervised = page.locator('[data-place="supervision"]');
	await supervised.locator('summary').click();
	await supervised.getByRole('img', { name: /^Parallel first: 22 kΩ/ }).waitFor();
	await supervised.getByRole('img', { name: /^Serial first/ }).waitFor();
	await supervised.getByText(/twisted and shielded cable/).waitFor();
	for (const text of ['3.87 kΩ', '9.4 kΩ'])
		await supervised.getByRole('cell', { name: text }).waitFor();
});

test('the wiring page names every pin and what is there now', async ({ page, appliance, shoot }) => {
	await visit(page, 'Wiring');
	await page.getByText('Hardware: Virtual board.').waitFor();
	const relay = page.locator('.place').filter({ hasText: 'Relay connector' }).first();
	await relay.locator('summary').click();
	await relay.getByText('NO,COM,NC').waitFor();
	await relay.getByText('30 V, 2000 mA').waitFor();
	const inputs = page.locator('.place').filter({ hasText: 'Input connector' });
	await inputs.locator('summary').click();
	await board(appliance, 'set', { point: 'input2', value: 'fault' });
	await inputs.getByText('Does not work').waitFor();
	await shoot(page, 'wiring');
	await board(appliance, 'set', { point: 'input2', value: 'open' });
	await inputs.getByText('Does not work').waitFor({ state: 'detached' });
});

test('power shows the supply, an over-current and its end, and the lights', async ({ page,
	appliance, shoot }) => {
	await visit(page, 'Power');
	await page.getByText('PoE+').first().waitFor();
	const fact = (name, value) => page.locator('.facts > div')
		.filter({ has: page.getByText(name, { exact: true }) }).getByText(value).waitFor();
	await board(appliance, 'do', { words: 'load door2.bus_12v 500' });
	await fact('Door 2', '6.00 W');
	await fact('Reader ports', '6.00 W');
	await board(appliance, 'do', { words: 'load door2.bus_12v 0' });
	await fact('Door 2', '0.00 W');
	await page.getByText('Not on this board').waitFor();
	const branch = row(page, 'Branches', 'Supply of door sensors');
	await branch.getByText('Good').waitFor();
	await board(appliance, 'do', { words: 'load door1.12v 450' });
	await branch.getByText('Too much current, switched off').waitFor();
	await eventually(() => branch.getAttribute('data-level'), 'alarm');
	await page.getByLabel('Show').selectOption('door_sensors');
	await page.getByRole('img', { name: /Supply of door sensors, an hour: [1-9]/ }).waitFor();
	await shoot(page, 'power');
	await board(appliance, 'do', { words: 'load door1.12v 0' });
	await branch.getByText('Good').waitFor({ timeout: 30000 });
	await page.locator('.led[data-colour="green"]').first().waitFor();
});

test('the virtual board is played from its page: a wire, a reader, and words', async ({ page,
	appliance, shoot }) => {
	await visit(page, 'Virtual board');
	const wire = page.locator('[data-point="input3"]');
	await wire.locator('summary').click();
	const form = wire.locator('form').first();
	await form.getByLabel('what').selectOption('closed');
	await form.getByRole('button', { name: 'Do' }).click();
	await wire.getByText('closed, 0 ohms').waitFor();
	await page.getByLabel('Say to the board').fill('set input3 open');
	await page.locator('.word-line').getByRole('button', { name: 'Do' }).click();
	await wire.getByText('open, 1000000 ohms').waitFor();
	await page.getByLabel('Say to the board').fill('set input3 ajar');
	await page.locator('.word-line').getByRole('button', { name: 'Do' }).click();
	await page.getByRole('alert').filter({ hasText: 'set input3 ajar' }).waitFor();
	await page.locator('[data-reader="1"] summary').click();
	await shoot(page, 'board');
	await eventually(() => pointOf(appliance, 'input3'), (state) => /^open/.test(state));
});

test('a reader is paired anew, diagnosed and traced from its page', async ({ page, appliance,
	shoot }) => {
	await visit(page, 'Readers');
	const reader = row(page, 'Readers', 'Reader 8');
	await reader.getByText('Encrypted').waitFor();
	await board(appliance, 'do', { words: 'reader 8 key forget' });
	await reader.getByText('Wrong key, refused').waitFor({ timeout: 30000 });
	const guide = page.getByRole('region', { name: 'Readers to be paired' });
	await guide.getByText(/^Reset the reader Reader 8, then press Pair within five minutes/).waitFor();
	await reader.getByRole('button', { name: 'Pair' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Open the window' }).click();
	await reader.getByText('Encrypted').waitFor({ timeout: 60000 });
	await guide.waitFor({ state: 'hidden' });
	await reader.getByRole('button', { name: 'Diagnostics' }).click();
	const panel = page.getByRole('region', { name: 'Diagnostics of Reader 8' });
	await panel.getByText('Time to a reply').waitFor();
	await shoot(page, 'readers');
	const download = page.waitForEvent('download');
	await reader.getByRole('button', { name: 'Trace' }).click();
	const file = await (await download).createReadStream();
	const lines = Buffer.concat(await file.toArray()).toString().trim().split('\n');
	assert.ok(lines.length > 1);
	assert.ok('data' in JSON.parse(lines[0]));
	await panel.getByRole('button', { name: 'Close' }).click();
});

test('a line is tested from the page of readers', async ({ page, shoot }) => {
	await visit(page, 'Readers');
	await row(page, 'Readers', 'Reader 5').getByRole('button', { name: 'Test line' }).click();
	const result = row(page, 'Line tests', 'Reader 5');
	await result.getByText('Testing…').waitFor();
	await result.getByText('Stay at 115200').waitFor({ timeout: 60000 });
	await result.getByText(/115200: \d of 2\d\d lost/).waitFor();
	await eventually(() => result.getByRole('button', { name: 'Stop' }).isHidden(), true);
	await shoot(page, 'lines');
});

test('a reader is renamed, and one that a search has found takes its place', async ({ page,
	appliance }) => {
	await visit(page, 'Readers');
	await row(page, 'Readers', 'Reader 5').getByRole('button', { name: 'Settings' }).click();
	const form = page.getByRole('form', { name: 'Settings of Reader 5' });
	await form.getByLabel('Name').fill('Gate');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await row(page, 'Readers', 'Gate').waitFor();
	await form.getByLabel('Name').fill('Reader 5');
	await form.getByRole('button', { name: 'Save' }).click();
	await row(page, 'Readers', 'Reader 5').waitFor();
	await form.getByRole('button', { name: 'Close' }).click();
	await page.getByLabel('Line', { exact: true }).selectOption({ label: 'Line 3' });
	await page.getByRole('button', { name: 'Search the line' }).click();
	const found = page.getByRole('table', { name: 'Found' });
	const use = found.getByRole('button', { name: 'Use as the reader chosen: address 0' });
	await use.first().waitFor({ timeout: 60000 });
	await page.getByRole('button', { name: 'Stop searching' }).click();
	await page.getByRole('button', { name: 'Stop searching' }).waitFor({ state: 'hidden' });
	await page.getByLabel('Reader', { exact: true }).selectOption({ label: 'Reader 5' });
	await use.first().click();
	// The row still says what was before.
	await eventually(async () => (await appliance.call('object.get', { kind: 'reader', id: 5 }))
		.address, 0);
	await row(page, 'Readers', 'Reader 5').getByText('Encrypted').waitFor({ timeout: 60000 });
	await appliance.call('object.change', { kind: 'reader', id: 5,
		object: { address: 127, baud: 'board' } });
});

test('a reader that is there takes a firmware, one that is not cannot', async ({ page,
	appliance }) => {
	await visit(page, 'Readers');
	await board(appliance, 'do', { words: 'reader 7 unplugged' });
	const away = row(page, 'Upgrade', 'Reader 7');
	await away.getByText('Offline: it cannot be upgraded').waitFor({ timeout: 30000 });
	await eventually(() => away.getByRole('button', { name: 'Upgrade' }).isDisabled(), true);
	await board(appliance, 'do', { words: 'reader 7 plugged' });
	await page.getByLabel('Firmware file').setInputFiles({ name: 'reader.bin',
		mimeType: 'application/octet-stream', buffer: Buffer.alloc(3000, 7) });
	await page.getByRole('button', { name: 'Hand over' }).click();
	await page.getByText('reader.bin is here.').waitFor();
	const reader = row(page, 'Upgrade', 'Reader 6');
	await reader.getByRole('button', { name: 'Upgrade' }).click();
	await reader.getByText('Done').waitFor({ timeout: 60000 });
	await row(page, 'Readers', 'Reader 7').getByText('Encrypted').waitFor({ timeout: 60000 });
});

test('a module is added after its key, comes on line and switches', async ({ page, appliance,
	shoot }) => {
	await visit(page, 'Expansion modules');
	const add = page.getByRole('button', { name: 'Add expansion module' });
	await eventually(() => add.isDisabled(), true);
	await page.getByRole('button', { name: 'Generate key' }).click();
	await page.getByText('not exported yet').waitFor();
	await page.getByText(/Without this key nobody can reach the modules/).waitFor();
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export key' }).click();
	const key = Buffer.concat(await (await (await download).createReadStream()).toArray());
	assert.match(key.toString(), /^[0-9A-Fa-f]{32}\n$/);
	await page.getByText(', exported.').waitFor();
	await board(appliance, 'do', { words: 'module add 1 5' });
	await add.click();
	const form = page.getByRole('form', { name: 'Add an expansion module' });
	await form.getByLabel('Name').fill('Lift');
	await form.getByLabel('Port').fill('1');
	await form.getByLabel('Address').fill('5');
	await form.getByRole('button', { name: 'OK' }).click();
	const module = row(page, 'Modules', 'Lift');
	await module.getByText('Encrypted').waitFor({ timeout: 60000 });
	await module.getByRole('button', { name: 'Toggle an output of Lift' }).click();
	await module.getByText('1: active').waitFor();
	await shoot(page, 'modules');
	await page.getByLabel('Firmware file').setInputFiles({ name: 'module.bin',
		mimeType: 'application/octet-stream', buffer: Buffer.alloc(3000, 9) });
	await page.getByRole('button', { name: 'Hand over' }).click();
	await page.getByText('module.bin is here.').waitFor();
	const upgrade = row(page, 'Upgrade', 'Lift');
	await upgrade.getByRole('button', { name: 'Upgrade' }).click();
	await upgrade.getByText('Done').waitFor({ timeout: 60000 });
	await module.getByText('Encrypted').waitFor({ timeout: 60000 });
	await module.getByRole('button', { name: 'Remove' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.getByText('No expansion modules.').waitFor();
	await page.getByLabel('Enter a key').fill('5e1190a733c2480d6f82e91477bb05d1');
	await page.getByRole('button', { name: 'OK' }).click();
	const warning = page.getByRole('dialog');
	await warning.getByText(/nobody can reach the modules again/).waitFor();
	await warning.getByRole('button', { name: 'Replace' }).click();
	await page.getByText('not exported yet').waitFor();
});

test('what readers show is edited in a table', async ({ page, appliance }) => {
	await visit(page, 'Readers');
	await row(page, 'Feedback', 'granted').getByRole('button', { name: 'Change' }).click();
	const form = page.getByRole('form', { name: 'What readers show: granted' });
	await form.getByLabel('Text').fill('Welcome');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await row(page, 'Feedback', 'granted').getByText('Welcome').waitFor();
	await form.getByRole('button', { name: 'Close' }).click();
	const { objects } = await appliance.call('object.list', { kind: 'feedback' });
	assert.equal(objects.find(({ outcome }) => outcome === 'granted').text, 'Welcome');
});

test('a viewer sees the outputs and has no buttons for them', async ({ newContext }) => {
	const context = await newContext();
	const page = await context.newPage();
	await login(page, VIEWER);
	await visit(page, 'Inputs and outputs');
	await row(page, 'Relays and outputs', 'relay').first().waitFor();
	assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
	await context.close();
});

test('what belongs to the console itself cannot be called by name', async ({ page,
	context }) => {
	await visit(page, 'Doors');
	const session = await (await context.request.get('/api/v1/session')).json();
	for (const method of ['follow', 'ack', 'report', 'session.login', 'setup.create', 'nothing']) {
		const response = await context.request.post('/api/v1/call', {
			headers: { 'X-CSRF-Token': session.csrf }, data: { method, params: {} } });
		assert.equal(response.status(), 501, method);
	}
	const forged = await context.request.post('/api/v1/call', { data: { method: 'output.command',
		params: { output: 1, command: 'activate' } } });
	assert.equal(forged.status(), 403);
});
