// Cards and settings: forms made from the schema.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { eventually, visit } from './helpers.mjs';
import { test } from './tap.mjs';

test('a card is added by its form', async ({ page, shoot }) => {
	await visit(page, 'Cards');
	await page.getByRole('button', { name: 'Add card' }).click();
	await page.getByLabel('Holder').fill('Grace <b>Hopper</b>');
	await page.getByLabel('Card number').fill('4711');
	await page.getByLabel('Facility code').fill('118');
	await page.getByLabel('Door 2').check();
	await shoot(page, 'card-form');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The card was added.').waitFor();
	await page.getByRole('cell', { name: 'Grace <b>Hopper</b>', exact: true }).waitFor();
	await shoot(page, 'cards');
});

test('a card that somebody holds is refused at its field', async ({ page }) => {
	await page.getByRole('button', { name: 'Add card' }).click();
	await page.getByLabel('Holder').fill('Somebody else');
	await page.getByLabel('Card number').fill('4711');
	await page.getByLabel('Facility code').fill('118');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.locator('.field-error').filter({ hasText: 'holds this card already' }).waitFor();
	await eventually(() => page.getByLabel('Card number').getAttribute('aria-invalid'), 'true');
	await page.getByRole('button', { name: 'Cancel' }).click();
});

test('removing a card asks first, and Escape keeps it', async ({ page }) => {
	const remove = page.getByRole('button', { name: /Remove the card of Grace/ });
	await remove.click();
	await page.getByRole('dialog').waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await remove.click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.getByText('The card was removed.').waitFor();
	await remove.waitFor({ state: 'detached' });
});

test('a setting is saved and shows in the header', async ({ page, shoot }) => {
	await visit(page, 'Settings');
	const form = page.getByRole('form', { name: 'Device' });
	await form.getByLabel('Name', { exact: true }).fill('North entrance');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await page.locator('.system-name').filter({ hasText: 'North entrance' }).waitFor();
	await shoot(page, 'settings');
});

test('the alarms of casing, motion and external tamper are a group of settings', async ({ page,
	context }) => {
	await visit(page, 'Settings');
	const form = page.getByRole('form', { name: 'Alarms' });
	for (const name of ['Casing open', 'Device motion', 'External tamper'])
		await eventually(() => form.getByRole('checkbox', { name }).isChecked(), false);
	await form.getByRole('checkbox', { name: 'Device motion' }).check();
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	const response = await context.request.get('/api/v1/settings');
	const { values } = await response.json();
	assert.equal(values['alarm.motion'], true);
	assert.equal(values['alarm.casing'], false);
	await form.getByRole('checkbox', { name: 'Device motion' }).uncheck();
	await form.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('form', { name: 'Jumpers and supplies' }).getByLabel('Jumper of the relay')
		.waitFor();
});

test('a wrong setting is refused at its field and nothing is stored', async ({ page, context }) => {
	const form = page.getByRole('form', { name: 'Temperature' });
	await form.getByLabel('Temperature warning').fill('90');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.locator('.field-error').filter({ hasText: 'Must be below' }).waitFor();
	const response = await context.request.get('/api/v1/settings');
	assert.equal((await response.json()).values['temperature.warning'], 65);
});

test('a password of SNMP that is set once is asked for once, and traps that ended are shown so',
	async ({ page, shoot }) => {
	const form = page.getByRole('form', { name: 'SNMP' });
	const password = form.getByLabel('Password of the account initial');
	const save = form.getByRole('button', { name: 'Save' });
	await form.getByLabel('SNMP', { exact: true }).selectOption('v1v2c');
	await form.getByLabel('Read community').fill('r3ad-once');
	await form.getByLabel('Activate traps').check();
	await form.getByLabel('Trap address').fill('127.0.0.1');
	await save.click();
	await form.getByText('Saved.').waitFor();
	await eventually(() => form.getByLabel('Read community').inputValue(), '');
	await form.getByLabel('SNMP', { exact: true }).selectOption('v3');
	await password.fill('short');
	await save.click();
	await form.locator('.field-error').filter({ hasText: '8 characters' }).waitFor();
	await password.fill('correct horse battery');
	await save.click();
	await password.waitFor({ state: 'detached' });
	await eventually(() => form.getByLabel('Activate traps').isChecked(), false);
	await shoot(page, 'snmp');
	await visit(page, 'Doors');
	await visit(page, 'Settings');
	await form.getByLabel('Privacy').waitFor();
	assert.equal(await password.count(), 0);
});

test('an inform of SNMP version 3 wants the engine ID of the server, and says so at its field',
	async ({ page, context, shoot }) => {
	const form = page.getByRole('form', { name: 'SNMP' });
	const engine = form.getByLabel('Engine ID of the server');
	const save = form.getByRole('button', { name: 'Save' });
	await form.getByLabel('Activate traps').check();
	await form.getByLabel('Send as').selectOption('inform');
	await form.getByLabel('User for informs').fill('monitor');
	await save.click();
	await form.locator('.field-error').filter({ hasText: 'Needed for informs with v3' }).waitFor();
	await engine.fill('80001f88');
	await save.click();
	await form.locator('.field-error').filter({ hasText: '5 to 32 octets' }).waitFor();
	await shoot(page, 'informs');
	await engine.fill('80001f8880a1b2c3d4');
	await form.getByLabel('Password for informs').fill('only for informs');
	await save.click();
	await form.getByText('Saved.').waitFor();
	const { values } = await (await context.request.get('/api/v1/settings')).json();
	assert.deepEqual([values['snmp.traps.kind'], values['snmp.traps.engine_id'],
		values['snmp.traps.password']], ['inform', '80001f8880a1b2c3d4', undefined]);
});

test('a log server is shown as it is, and a test says that it takes messages', async ({ page,
	appliance, shoot }) => {
	await appliance.ask('forward');
	await visit(page, 'Log servers');
	await page.getByRole('cell', { name: 'Log server', exact: true }).waitFor();
	await page.getByRole('link', { name: 'State and test' }).click();
	await page.getByRole('cell', { name: 'up', exact: true }).waitFor();
	await page.getByRole('button', { name: 'Test all' }).click();
	await page.getByText('Every log server takes messages.').waitFor();
	await page.getByText('acknowledge: ok').waitFor();
	// Whether this machine has a journal that can be read is not the test's to say.
	const journal = page.getByRole('row').filter({ hasText: 'Log server: journal' });
	assert.equal(await journal.count(), 0);
	await appliance.call('object.change', { kind: 'log_server', id: 1,
		object: { journal: 'emergency' } });
	await journal.getByText(/^up/).waitFor();
	await appliance.call('object.change', { kind: 'log_server', id: 1, object: { journal: 'off' } });
	await journal.waitFor({ state: 'detached' });
	await page.getByRole('link', { name: 'Log servers' }).last().click();
	await page.getByRole('button', { name: 'Change Log server' }).click();
	const form = page.getByRole('form', { name: 'Change Log server' });
	const right = await form.getByLabel('Port', { exact: true }).inputValue();
	const test = form.getByRole('button', { name: 'Test' });
	await form.getByLabel('Port', { exact: true }).fill('1');
	await test.click();
	await form.getByText('Log server: failed').waitFor();
	await form.getByLabel('Port', { exact: true }).fill(right);
	await test.click();
	await form.getByText('Log server: good').waitFor();
	await shoot(page, 'log-server-test');
	await form.getByRole('button', { name: 'Cancel' }).click();
	const saved = await appliance.call('object.get', { kind: 'log_server', id: 1 });
	assert.equal(String(saved.port), right);
	await appliance.call('object.remove', { kind: 'log_server', id: 1 });
	await visit(page, 'Settings');
});

// One text with the certificate and its key.
function madeCertificate(subject) {
	return execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', subject, '-keyout', '-',
		'-out', '-'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

test('a certificate is pasted or taken from a file, and shows what is in it but its key', async ({
	page, appliance, shoot }) => {
	const text = madeCertificate('/CN=Site CA');
	const at = text.indexOf('-----BEGIN CERTIFICATE');
	const pem = at ? text.slice(at) : text.slice(0, text.indexOf('-----BEGIN', 1));
	const key = at ? text.slice(0, at) : text.slice(pem.length);
	await visit(page, 'Log servers');
	await page.getByRole('link', { name: 'Certificates' }).click();
	await page.getByRole('button', { name: 'Add certificate' }).click();
	const form = page.getByRole('form', { name: 'Add a certificate' });
	const area = form.getByLabel('Certificates', { exact: true });
	await form.getByLabel('Name').fill('Site');
	await area.fill('hello');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.locator('.field-error').filter({ hasText: 'There is no certificate in it' }).waitFor();
	assert.equal(await area.getAttribute('aria-invalid'), 'true');
	await form.getByLabel('File: Certificates').setInputFiles({ name: 'site.pem',
		mimeType: 'application/x-pem-file', buffer: Buffer.from(pem) });
	await form.getByLabel('Private key', { exact: true }).fill(key);
	await shoot(page, 'certificate');
	await form.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Added.').waitFor();
	const row = page.getByRole('row').filter({ hasText: 'CN=Site CA' });
	await row.getByRole('cell', { name: 'Yes', exact: true }).waitFor();
	await shoot(page, 'certificates');
	await page.getByRole('button', { name: 'Change Site' }).click();
	const change = page.getByRole('form', { name: 'Change Site' });
	assert.equal(await change.getByLabel('Private key', { exact: true }).inputValue(), '');
	await change.getByLabel('Name').fill('Site CA');
	await change.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	assert.equal((await appliance.call('object.get', { kind: 'certificate', id: 1 })).has_key, true);
	await page.getByRole('link', { name: 'Log servers' }).last().click();
	await page.getByRole('button', { name: 'Add log server' }).click();
	const server = page.getByRole('form', { name: 'Add a log server' });
	await server.getByLabel('Trusted CAs', { exact: true }).selectOption('Site CA');
	await server.getByLabel('Client certificate', { exact: true }).selectOption('Site CA');
	await server.getByRole('button', { name: 'Cancel' }).click();
	await appliance.call('object.remove', { kind: 'certificate', id: 1 });
	await visit(page, 'Settings');
});

test('a door is renamed everywhere', async ({ page }) => {
	const form = page.getByRole('form', { name: 'Door 1' });
	await form.getByLabel('Name', { exact: true }).fill('Front door');
	await form.getByRole('button', { name: 'Save' }).click();
	await form.getByText('Saved.').waitFor();
	await visit(page, 'Doors');
	await page.locator('.door h2').filter({ hasText: 'Front door' }).waitFor();
});
