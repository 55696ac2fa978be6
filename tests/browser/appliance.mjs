// A whole controller on the virtual board in a directory of its own, on a free loopback port.

import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const START_MS = 15000;

export class Appliance {
	constructor(buildDir, sourceDir) {
		this.build = buildDir;
		this.source = sourceDir;
		this.children = new Map();
		this.log = [];
		// Whatever ends this process, nothing it started outlives it.
		process.on('exit', () => {
			for (const child of this.children.values())
				child.kill('SIGKILL');
		});
	}

	async start() {
		this.dir = await mkdtemp(join(tmpdir(), 'cardea-browser-'));
		for (const name of ['run', 'state', 'www'])
			await mkdir(join(this.dir, name), { mode: 0o700 });
		this.spawn('board', 'cardea-board', []);
		this.spawnRole('door');
		this.spawnRole('store');
		const port = await this.startConsole();
		this.url = `https://localhost:${port}`;
		await this.until('setup.status', {});
	}

	spawnRole(role) {
		this.spawn(role, 'cardea-agent', [`--role=${role}`, `--state-dir=${this.dir}/state`,
			`--board=${this.source}/board/virtual.conf`]);
	}

	spawn(name, program, args) {
		const child = spawn(join(this.build, program), [`--run-dir=${this.dir}/run`, ...args],
			{ stdio: ['ignore', 'ignore', 'pipe'] });
		createInterface({ input: child.stderr }).on('line', (line) => {
			this.log.push(`${name}: ${line}`);
			child.emit('line', line);
		});
		this.children.set(name, child);
		return child;
	}

	startConsole() {
		const child = this.spawn('www', 'cardea-www', [`--state-dir=${this.dir}/www`,
			'--listen=127.0.0.1', '--port=0']);
		return new Promise((resolve, reject) => {
			child.on('line', (line) => {
				const found = line.match(/listening on port (\d+)/);
				if (found)
					resolve(Number(found[1]));
			});
			child.on('error', reject);
			child.on('exit', () => reject(new Error(this.log.join('\n'))));
		});
	}

	async kill(name) {
		const child = this.children.get(name);
		this.children.delete(name);
		if (!child || child.exitCode !== null)
			return;
		const exited = new Promise((resolve) => { child.on('exit', resolve); });
		child.kill('SIGTERM');
		await exited;
	}

	// One call to the store as the local administrator.
	call(method, params) {
		return new Promise((resolve, reject) => {
			const socket = createConnection(`${this.dir}/run/agent.sock`);
			const send = (id, name, what) => socket.write(
				`${JSON.stringify({ id, method: name, params: what })}\n`);
			socket.on('error', reject);
			socket.on('connect', () => {
				send(1, 'hello', { client: 'browser-tests', protocol: 1 });
				send(2, method, params);
			});
			const lines = createInterface({ input: socket });
			lines.on('error', reject);
			lines.on('line', (line) => {
				const answer = JSON.parse(line);
				if (answer.id === 1 && answer.result)
					return;
				socket.end();
				if (answer.result)
					resolve(answer.result);
				else
					reject(new Error(line));
			});
		});
	}

	async until(method, params) {
		const deadline = Date.now() + START_MS;
		for (;;) {
			try {
				return await this.call(method, params);
			} catch (error) {
				if (Date.now() > deadline)
					throw new Error(`${error.message}\n${this.log.join('\n')}`);
				await new Promise((resolve) => { setTimeout(resolve, 50); });
			}
		}
	}

	async stop() {
		for (const name of ['www', 'door', 'board', 'store'])
			await this.kill(name);
		await rm(this.dir, { recursive: true, force: true });
	}
}

export function buildDirectory() {
	const dir = process.env.CARDEA_BUILDDIR;
	if (!dir)
		throw new Error('set CARDEA_BUILDDIR to where the programs were built');
	return dir;
}
