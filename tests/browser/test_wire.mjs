// Bytes that no browser sends: framing, sizes, paths, slowness.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';

import { test } from './tap.mjs';

const DEADLINE_MS = 20000;

// Sends bytes and returns all that comes back until the connection ends.
function exchange(url, bytes) {
	const { port } = new URL(url);
	return new Promise((resolve, reject) => {
		let answer = '';
		const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false },
			() => socket.write(bytes, 'latin1'));
		socket.setTimeout(DEADLINE_MS, () => {
			socket.destroy();
			reject(new Error('no end'));
		});
		socket.on('data', (chunk) => { answer += chunk.toString('latin1'); });
		socket.on('error', () => resolve(answer));
		socket.on('close', () => resolve(answer));
	});
}

function status(answer) {
	return Number(answer.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0);
}

function get(path, extra = '') {
	return `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${extra}\r\n`;
}

const POST = 'POST /api/v1/session HTTP/1.1\r\nHost: h\r\nConnection: close\r\n'
	+ 'Content-Type: application/json\r\n';

const ODD = [
	['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, 400],
	['two different lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
	['length and chunks', `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`, 411],
	['chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 411],
	['space before the colon', get('/', 'Content-Length : 0\r\n'), 400],
	['a name that is no token', get('/', 'X(Y): 0\r\n'), 400],
	['two hosts', get('/', 'Host: other\r\n'), 400],
	['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
	['no length', `${POST}\r\n`, 411],
	['a negative length', `${POST}Content-Length: -2\r\n\r\n{}`, 400],
	['a huge length', `${POST}Content-Length: 9999999\r\n\r\n`, 413],
	['a body for GET', `${get('/', 'Content-Length: 2\r\n')}{}`, 400],
	['an absolute target', get('https://h/'), 400],
	['a long target', get(`/${'a'.repeat(1500)}`), 414],
	['a long head', get('/', `X: ${'a'.repeat(20000)}\r\n`), 431],
	['an unknown method', 'BREW / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n', 405],
	['a body that is no object', `${POST}Content-Length: 2\r\n\r\n[]`, 400],
	['an empty body', `${POST}Content-Length: 0\r\n\r\n`, 400],
	['traversal', get('/../../etc/passwd'), 404],
	['encoded traversal', get('/%2e%2e/%2e%2e/etc/passwd'), 404],
	['traversal below assets', get('/assets/..%2f..%2fetc/passwd'), 404],
	['an encoded NUL', get('/%00'), 404],
	['two slashes', get('//'), 404],
];

for (const [name, bytes, expected] of ODD) {
	test(`${name}: ${expected}`, async ({ appliance }) => {
		assert.equal(status(await exchange(appliance.url, bytes)), expected);
	});
}

test('a method that a path does not have is answered with those it has', async ({ appliance }) => {
	const answer = await exchange(appliance.url, get('/api/v1/doors/1').replace('GET', 'DELETE'));
	assert.equal(status(answer), 405);
	assert.match(answer, /\r\nAllow: GET, PATCH\r\n/);
});

test('an unchanged file is not sent again', async ({ appliance }) => {
	const first = await exchange(appliance.url, get('/', 'Accept-Encoding: gzip\r\n'));
	const tag = first.match(/\r\nETag: (.*)\r\n/)[1];
	assert.match(first, /\r\nContent-Encoding: gzip\r\n/);
	const second = await exchange(appliance.url, get('/', `If-None-Match: ${tag}\r\n`));
	assert.equal(status(second), 304);
});

async function cpuTicks(pid) {
	const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
	return Number(fields[11]) + Number(fields[12]);
}

test('who stops in the handshake or the head costs nothing and is cut off', async ({
	appliance }) => {
	const pid = await appliance.ask('pid', 'www');
	const { port } = new URL(appliance.url);
	const before = await cpuTicks(pid);
	const started = Date.now();
	const half = new Promise((resolve) => {
		const socket = connectTcp({ host: '127.0.0.1', port: Number(port) },
			() => socket.write(Buffer.from([0x16])));
		socket.on('error', () => {});
		socket.on('close', resolve);
		socket.resume();
	});
	await Promise.all([half, exchange(appliance.url, 'GET / HTTP/1.1\r\nHost: h\r\nX: ')]);
	const seconds = (Date.now() - started) / 1000;
	assert.ok(seconds > 8 && seconds < 15, `${seconds} s`);
	// In hundredths of a second: a loop that spins would have used all of them.
	assert.ok(await cpuTicks(pid) - before < 30 * seconds);
});

test('the console stops at once with a stream and requests under way', async ({ appliance }) => {
	assert.ok(await appliance.ask('stop', 'www') < 5);
	assert.doesNotMatch(await appliance.ask('log', 'www'), /Sanitizer|panic|assert/i);
});
