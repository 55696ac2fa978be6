// Runs tests one after another and prints TAP.

import process from 'node:process';

const tests = [];

export function test(name, run) {
	tests.push({ name, run });
}

// fixture is passed to every test; onFailure(number) may keep evidence.
export async function runAll(fixture, onFailure) {
	let failed = 0;
	console.log(`1..${tests.length}`);
	for (const [index, { name, run }] of tests.entries()) {
		const number = index + 1;
		try {
			await run(fixture);
			console.log(`ok ${number} - ${name}`);
		} catch (error) {
			failed += 1;
			console.log(`not ok ${number} - ${name}`);
			for (const line of String(error.stack ?? error).split('\n').slice(0, 12))
				console.log(`  # ${line}`);
			await onFailure(number).catch(() => {});
		}
	}
	process.exitCode = failed === 0 ? 0 : 1;
}
