// A whole controller on the virtual board: rig.py, which runs tools/appliance.py.

import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export class Appliance {
	constructor() {
		this.waiting = [];
	}

	async start() {
		const rig = fileURLToPath(new URL('rig.py', import.meta.url));
		this.child = spawn(process.env.PYTHON3 ?? 'python3', [rig],
			{ stdio: ['pipe', 'pipe', 'inherit'] });
		this.exited = new Promise((resolve) => { this.child.on('exit', resolve); });
		createInterface({ input: this.child.stdout }).on('line', (line) => {
			const { result, error } = JSON.parse(line);
			const { resolve, reject } = this.waiting.shift();
			if (error === undefined)
				resolve(result);
			else
				reject(new Error(error));
		});
		const { url } = await this.next();
		this.url = url.replace(/\/$/, '');
	}

	next() {
		return new Promise((resolve, reject) => {
			this.waiting.push({ resolve, reject });
			this.exited.then(() => reject(new Error('the appliance ended')));
		});
	}

	// rig.py names the commands.
	ask(...command) {
		this.child.stdin.write(`${JSON.stringify(command)}\n`);
		return this.next();
	}

	// One call to the store as the local administrator.
	call(method, params) {
		return this.ask('call', method, params);
	}

	async stop() {
		this.child.stdin.end();
		await this.exited;
	}
}
